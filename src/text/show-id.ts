/**
 * How a message shows an id or a cell: never the whole of what may be personal, and nothing that cannot be seen.
 */
import { UNSEEN } from "./unseen.ts";

const ID_PREFIX = /^(?:(?:subledgered_|partner_ledgered_)?account|application|entity|document)_/;

/** The bar, which joins messages, as well. */
const NAMED = new RegExp(String.raw`[[${UNSEEN}\|]--\u0020]`, "gv");

/** An id whole, for messages that set one beside another; what cannot be seen is named, as `core-1<U+00A0>`. */
export function showId(id: string): string {
  const named = id.replace(NAMED, (character) => {
    const name = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
    return `<U+${name}>`;
  });
  return `"${named.length > 300 ? `${named.slice(0, 300)}…` : named}"`;
}

/**
 * A cell as a message may show it: the prefix of an id, else the first two characters, in quotes.
 * Characters that cannot be seen, and the bar that joins messages, become `?`.
 */
export function mask(value: string): string {
  const shown = ID_PREFIX.exec(value)?.[0] ?? [...value.slice(0, 4)].slice(0, value.length > 2 ? 2 : 1).join("");
  return `"${inMessage(shown)}…"`;
}

/** A job's own word as a message may show it: in one line, and without the bar that joins messages. */
export function inMessage(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}|]/gu, "?");
}
