/**
 * How a message shows the key of a file, which may hold any character.
 */
import { CONTROLS } from "./unseen.ts";

const UNSHOWN = new RegExp(String.raw`[${CONTROLS}\p{Cs}]`, "gu");

/** A key for people's eyes: as it is, or in quotes, with what cannot be seen in it written out. */
export function shownKey(key: string): string {
  if (key.search(UNSHOWN) < 0 && key.trim() === key) return key;
  return JSON.stringify(key).replace(UNSHOWN, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
