/**
 * Text of others made safe for one line of a message.
 */
import { CONTROLS } from "./unseen.ts";

const UNFIT = new RegExp(String.raw`[${CONTROLS}\s]+`, "gu");

export const LONGEST_LINE = 500;

/** At most `limit` characters on one line: control and invisible characters become spaces. */
export function toLine(text: string, limit: number = LONGEST_LINE): string {
  // Cut first, so that a body of megabytes costs no more than a line does.
  const flat = text
    .slice(0, 4 * limit)
    .replace(UNFIT, " ")
    .trim();
  return (flat.length > limit ? `${flat.slice(0, limit - 1)}…` : flat).toWellFormed();
}
