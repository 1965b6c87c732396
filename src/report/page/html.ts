/**
 * Html: text that is safe as a part of a page. A template escapes all that it takes in, unless that is Html already, so that nothing can be
 * forgotten. Pure.
 */

export interface Html {
  readonly html: string;
}

/** What a template takes in; null leaves nothing. */
export type HtmlPart = Html | string | number | null | readonly HtmlPart[];

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const SPECIAL = /[&<>"']/g;
/** No parser of HTML takes these as they are. */
const UNFIT = /[^\P{Cc}\t\n\r]/gu;

export function html(texts: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return { html: texts.reduce((whole, text, index) => whole + render(parts[index - 1] ?? null) + text) };
}

function render(part: HtmlPart): string {
  if (part === null) return "";
  if (typeof part === "string") return escaped(part);
  if (typeof part === "number") return String(part);
  return isList(part) ? part.map(render).join("") : part.html;
}

const isList = (part: Html | readonly HtmlPart[]): part is readonly HtmlPart[] => Array.isArray(part);

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(UNFIT, "\u{FFFD}")
    .replace(SPECIAL, (sign) => ESCAPES[sign] ?? "");
}

/** Text of our own that is no Html, such as a style sheet: never anything that was read. */
export function verbatim(text: string): Html {
  return { html: text };
}
