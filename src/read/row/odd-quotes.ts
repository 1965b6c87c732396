/**
 * Quotes that no CSV and no JSON knows, as web pages and word processors print them around ids: a cell's text in, which
 * quote it is out. Quotes inside a value are part of it, and are left alone.
 */

/** By name; each character is one of the pair. */
const KINDS: readonly (readonly [string, string])[] = [
  ["a curly quote", "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f"],
  ["an angle quote", "\u00ab\u00bb\u2039\u203a"],
  ["a prime", "\u2032\u2033\u2034\u2035\u2036\u2037"],
  ["a backtick", "\u0060"],
  ["an acute accent", "\u00b4"],
  ["a wide quote", "\uff02\uff07\u300c\u300d\u300e\u300f\u301d\u301e\u301f"],
];

const QUOTES = KINDS.map(([, characters]) => characters).join("");
const AT_END = new RegExp(`^[${QUOTES}]|[${QUOTES}]$`, "u");
const AROUND = new RegExp(`^(?=.*["'${QUOTES}]$)[${QUOTES}]|(?<=^["'].*)[${QUOTES}]$`, "su");
/** Where a value of a list or of JSON begins or ends. */
const AT_VALUE = new RegExp(`(?:^|[[{,;:])\\s*([${QUOTES}])|([${QUOTES}])\\s*(?:$|[\\]},;:])`, "u");

/** The first such quote that a text begins or ends with, as `a curly quote (“ U+201C)`; undefined for none. */
export function findOddQuote(text: string): string | undefined {
  const [quote] = AT_END.exec(text) ?? [];
  return quote === undefined ? undefined : nameOf(quote);
}

/** The same, where only a text counts that has a quote of any kind on both sides. */
export function findOddQuotes(text: string): string | undefined {
  const [quote] = AROUND.exec(text) ?? [];
  return quote === undefined ? undefined : nameOf(quote);
}

/** The same of a list or of JSON that cannot be read, where a value in it begins or ends. */
export function findOddQuoteOfValue(text: string): string | undefined {
  const [, opening, closing] = AT_VALUE.exec(text) ?? [];
  const quote = opening ?? closing;
  return quote === undefined ? undefined : nameOf(quote);
}

function nameOf(quote: string): string {
  const name = KINDS.find(([, characters]) => characters.includes(quote))?.[0];
  const code = quote.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
  return `${name} (${quote} U+${code})`;
}
