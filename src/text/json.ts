/**
 * JSON that others wrote: read without throwing, and only as deep as our own code may walk through it.
 */

/** Of JSON within JSON; the bank's own answers have about six. */
const MOST_LEVELS = 100;

/** The JSON value of a text; `undefined` when it is none, or is nested so deep that no code could walk through it. */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Counts brackets without recursion, and none within strings. Most texts have too few brackets for so many levels. */
function isTooDeep(text: string): boolean {
  if (!holdsMore(text, MOST_LEVELS)) return false;
  let levels = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at);
    else if (char === "]" || char === "}") levels -= 1;
    else if (char === "[" || char === "{") levels += 1;
    if (levels > MOST_LEVELS) return true;
  }
  return false;
}

/** Whether more than so many brackets open, those within strings included. */
function holdsMore(text: string, most: number): boolean {
  let opened = 0;
  for (const bracket of ["{", "["]) {
    for (let at = text.indexOf(bracket); at >= 0 && opened <= most; at = text.indexOf(bracket, at + 1)) opened += 1;
  }
  return opened > most;
}

/** Where the string that begins at `start` ends; the last place of the text if it does not. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
