/**
 * A line for a terminal or a pipe: one line, of bounded length, whatever names and keys it holds.
 */
import { toLine } from "../../text/one-line.ts";

/** Room for paths and keys, and no more. */
const LONGEST_LINE = 4_000;

export function toOutputLine(text: string): string {
  return toLine(text, LONGEST_LINE);
}
