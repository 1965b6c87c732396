/**
 * What is wrong with a row, as a value: never thrown, and a row keeps all of its issues.
 */
import type { Code } from "./codes/codes.ts";

/**
 * `column` is the file's own column name, or "" for the row as a whole; `message` is one sentence for an operator. An issue
 * that comes from the bank has the bank's own code as well, and its column may be a path in the bank's words until the
 * results are written.
 */
export interface Issue {
  readonly code: Code;
  readonly column: string;
  readonly message: string;
  /** Such as `parameters_invalid`; absent where the bank gave none. */
  readonly bankCode?: string;
  /** What a spreadsheet program had made of the cell, such as `date`; only of cell_restored. */
  readonly damage?: string;
}
