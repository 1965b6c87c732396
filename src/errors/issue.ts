/**
 * What is wrong with a row, as a value: never thrown, and a row carries all of its issues.
 */
import type { Code } from "./registry.ts";

/** `column` is the file's own column name, or "" for the row as a whole; `message` is one sentence for an operator. */
export interface Issue {
  readonly code: Code;
  readonly column: string;
  readonly message: string;
}
