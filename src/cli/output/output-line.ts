/**
 * A text for a terminal or a pipe, as one line of limited length.
 */
import { toLine } from "../../text/to-line.ts";

/** Enough for paths and keys. */
const LONGEST_LINE = 4_000;

export function toOutputLine(text: string): string {
  return toLine(text, LONGEST_LINE);
}
