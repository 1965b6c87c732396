/**
 * A text of the bank's in; the same text without what it is about out. Values of the row, ids, numbers, times and quoted words
 * become one sign, so that the texts about many rows are one text, and no cell is shown by it. Pure.
 *
 * A value is found as whole words, in whichever case, accents and punctuation; so a value of one letter takes none out of another word.
 * Words of the contract and the small words of English are no values: they say nothing about a row.
 */
import {
  CAPABILITIES,
  CONSENT_DOCUMENT_TYPES,
  DELIVERY_METHODS,
  DISCLOSURE_DOCUMENT_TYPES,
  HOLDER_TYPES,
  REPORT_SOURCES,
  STATUS_REASONS,
  STATUSES,
} from "../account.ts";
import { columnOfPath } from "../plan/diff/column-of-path.ts";
import { COLUMNS } from "../read/columns.ts";
import { CONTROLS } from "../text/unseen.ts";

/** In the place of what is taken out. */
const SIGN = "…";
/** In UTF-16 units, as are the others. */
export const LONGEST_REASON = 200;
const LONGEST_TEXT = 2_000;
const LONGEST_VALUE = 1_000;
/** No word of a language is longer. */
const LONGEST_WORD = 24;

const OF_THE_CONTRACT: ReadonlySet<string> = new Set([
  ...[...STATUSES, ...STATUS_REASONS, ...CAPABILITIES, ...HOLDER_TYPES, ...REPORT_SOURCES, ...DELIVERY_METHODS],
  ...[...CONSENT_DOCUMENT_TYPES, ...DISCLOSURE_DOCUMENT_TYPES, ...Object.keys(COLUMNS), "true", "false", "null"],
]);
const SMALL_WORDS: ReadonlySet<string> = new Set(
  "a an and any are as at be by can for from has have if in is it its may me must my no not of ok on one only or out so than that the this to was with yes".split(
    " ",
  ),
);

/** Scripts that set no spaces between words: each of their characters counts as a word. */
const UNSPACED = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}`;
const LETTER = String.raw`[[[\p{L}\p{M}_]--[${UNSPACED}]]\p{N}]`;
/** A name with dots, such as `details.credit.limit`, is one. */
const TOKEN = new RegExp(
  String.raw`[a-z][a-z_]*(?:\.[a-z][a-z_]*)+(?!${LETTER})|${LETTER}+|[${UNSPACED}\p{So}]\p{M}*`,
  "gv",
);
const JOINED = new RegExp(String.raw`${LETTER}+(?:[\/+\-]${LETTER}+)*=*`, "gv");
const CUT_WORD = new RegExp(`${LETTER}+${SIGN}$`, "v");
const UNFIT = new RegExp(String.raw`[${CONTROLS}\s]+`, "gu");

const QUOTED = [
  /"(?:[^"\\]|\\.)*"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|‹[^›]*›|「[^」]*」|`[^`]*`/gu,
  /\\"[^"\\]*\\"/gu,
  /(?<![\p{L}\p{M}\p{N}])(?:'(?:[^']|(?<=\p{L})'(?=\p{L}))*'|‘(?:[^’]|(?<=\p{L})’(?=\p{L}))*’)(?![\p{L}\p{M}\p{N}])/gu,
];
const UNCLOSED = /["“„«‹「`‘][^"“„«‹「`‘]*$/u;
/** What is written without spaces, and is an address or has characters written as codes. */
const CHUNK = /[^\s<>"'()]+/gu;
const CODED = /.@.|:\/\/|%[0-9a-f]{2}|\\u[0-9a-f]{4}|&#?\w{2,8};/iu;

/** Beside a number these belong to a time or an amount. */
const BESIDE_NUMBERS = [
  "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?",
  "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC",
  "Mon(?:day)?|Tue(?:s(?:day)?)?|Wed(?:nesday)?|Thu(?:rs(?:day)?)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?",
  "[ap]m|[AP]M|UTC|GMT|USD|EUR|GBP|CAD|AUD|NZD|CHF|JPY|CNY|MXN|INR|BRL|SEK|NOK|DKK",
].join("|");
/** What joins signs, or belongs to one, and so goes with it. */
const AROUND: readonly RegExp[] = [
  new RegExp(String.raw`(?<![\p{L}\p{M}])(?:${BESIDE_NUMBERS})[ ,\-\/]{0,2}${SIGN}`, "gu"),
  new RegExp(String.raw`${SIGN}[ ,\-\/]{0,2}(?:${BESIDE_NUMBERS})(?![\p{L}\p{M}])`, "gu"),
  new RegExp(String.raw`(?:\p{Sc}|[#±~]|(?<=^|[\s\(])[+\-−])\s?${SIGN}|${SIGN}\s?[\p{Sc}%‰°]`, "gu"),
  new RegExp(String.raw`["'\x60“„«‹‘]${SIGN}["'\x60”“»›’]`, "gu"),
  new RegExp(String.raw`${SIGN}(?:(?:[\s,;:.'’\|\/+–—\-]|\band\b|\bor\b)*${SIGN})+`, "gu"),
];

interface TextWord {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** The same for all ways of writing it. */
  readonly folded: string;
}

type Stretch = readonly [start: number, end: number];

/** At most LONGEST_REASON long, on one line, and without a digit. */
export function withoutValues(given: string, values: Iterable<string>): string {
  const cut = given.length > LONGEST_TEXT ? `${given.slice(0, LONGEST_TEXT)}${SIGN}` : given;
  const text = cut.normalize("NFC").replace(UNFIT, " ").trim();
  const isCut = text.endsWith(SIGN);
  const tokens = tokensOf(text);
  const lost = [...quotedIn(text, isCut), ...codedIn(text), ...valuesIn(tokens, new Set(values), isCut)];
  const last = CUT_WORD.exec(text);
  if (last !== null) lost.push([last.index, text.length]);
  return shorten(joinSigns(leaveOut(text, lost)));
}

function tokensOf(text: string): TextWord[] {
  return Array.from(text.matchAll(TOKEN), ({ 0: token, index }) => {
    const folded = token.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().toUpperCase();
    return { start: index, end: index + token.length, text: token, folded };
  });
}

function* quotedIn(text: string, isCut: boolean): Generator<Stretch> {
  let rest = text;
  for (const pattern of QUOTED)
    for (const { 0: quoted, index } of text.matchAll(pattern)) {
      rest = rest.slice(0, index) + " ".repeat(quoted.length) + rest.slice(index + quoted.length);
      if (!isOfContract(quoted.slice(1, -1))) yield [index, index + quoted.length];
    }
  const unclosed = isCut ? UNCLOSED.exec(rest) : null;
  if (unclosed !== null) yield [unclosed.index, text.length];
}

function isOfContract(word: string): boolean {
  return OF_THE_CONTRACT.has(word.toLowerCase()) || Object.hasOwn(COLUMNS, columnOfPath(word));
}

/** Ids, numbers, times and the like, by their form alone. */
function* codedIn(text: string): Generator<Stretch> {
  for (const { 0: chunk, index } of text.matchAll(CHUNK)) if (CODED.test(chunk)) yield [index, index + chunk.length];
  for (const { 0: joined, index } of text.matchAll(JOINED)) if (isOpaque(joined)) yield [index, index + joined.length];
}

function isOpaque(joined: string): boolean {
  if (/\p{N}/u.test(joined) || /^[a-z]+_[a-z]*[A-Z][A-Za-z]*$/.test(joined)) return true;
  return joined.split(/[^\p{L}\p{M}]+/u).some((word) => {
    const humps = word.match(/\p{Ll}\p{Lu}/gu)?.length ?? 0;
    return (
      word.length > LONGEST_WORD || /^(?:[a-f]{8,}|[A-F]{8,})$/.test(word) || (humps > 1 && word.length < 3 * humps + 3)
    );
  });
}

/** Of a value of several words, each that may be a name is taken out too. */
function* valuesIn(tokens: readonly TextWord[], values: ReadonlySet<string>, isCut: boolean): Generator<Stretch> {
  const places = Map.groupBy(tokens.keys(), (index) => tokens[index]?.folded ?? "");
  const last = isCut ? tokens.at(-1) : undefined;
  for (const value of values) {
    const sought = tokensOf(value.slice(0, LONGEST_VALUE).normalize("NFC"));
    if (sought.length === 0 || sought.every(({ text }) => isPlain(text))) continue;
    for (const from of places.get(sought[0]?.folded ?? "") ?? []) {
      const found = tokens.slice(from, from + sought.length);
      const isFound = found.every((token, index) => isSame(token, sought[index], token === last));
      if (isFound && (found.length === sought.length || isCut)) yield stretchOf(found);
    }
    if (sought.length === 1) continue;
    for (const { text, folded } of sought.filter(mayBeName))
      for (const at of places.get(folded) ?? [])
        if (tokens[at]?.text === text) yield stretchOf(tokens.slice(at, at + 1));
  }
}

/** The last word of a text that was cut may be the beginning of one. */
function isSame({ folded }: TextWord, sought: TextWord | undefined, isLast: boolean): boolean {
  return isLast ? sought?.folded.startsWith(folded) === true : sought?.folded === folded;
}

const stretchOf = (found: readonly TextWord[]): Stretch => [found[0]?.start ?? 0, found.at(-1)?.end ?? 0];

function isPlain(word: string): boolean {
  return SMALL_WORDS.has(word.toLowerCase()) || OF_THE_CONTRACT.has(word.toLowerCase());
}

function mayBeName({ text }: TextWord): boolean {
  return text.length > 2 && /\p{Lu}|[^\p{ASCII}]/u.test(text) && !isPlain(text);
}

function leaveOut(text: string, lost: readonly Stretch[]): string {
  let [kept, at] = ["", 0];
  for (const [start, end] of lost.toSorted(([a], [b]) => a - b)) {
    if (end <= at) continue;
    kept += `${text.slice(at, Math.max(at, start))}${SIGN}`;
    at = end;
  }
  return kept + text.slice(at);
}

function joinSigns(text: string): string {
  const joined = AROUND.reduce((before, pattern) => before.replace(pattern, SIGN), text);
  return joined === text ? text.replace(/\s+/gu, " ").trim() : joinSigns(joined);
}

function shorten(text: string): string {
  if (text.length <= LONGEST_REASON) return text;
  const head = text.slice(0, LONGEST_REASON - 2).toWellFormed();
  const space = head.lastIndexOf(" ");
  return joinSigns(`${space > 0 ? head.slice(0, space) : head} ${SIGN}`);
}
