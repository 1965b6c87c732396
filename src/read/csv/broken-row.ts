/**
 * Whether two records are the halves of one row, which a line end in an unquoted cell has cut in two. Judges by line
 * ends and numbers of cells; looks into no cell.
 *
 * Rows may end in LF, CRLF and CR, also mixed in one file, as where files were joined. So a line end of another kind than
 * the file's own, which is that of the last whole row, is no fault on its own, only together with the cells. A row of n
 * cells that is cut in its k-th cell gives k cells and n - k + 1: one more together than the header has, and never twice
 * the header's, which two whole rows have. One of the halves may well look whole: the first one when the last cell is cut,
 * the second one when it is the key.
 *
 * In a file of one column both look whole, and in a file with line ends of one kind only a cut row looks like a
 * ragged one.
 */
import type { LineEnds } from "../reading.ts";
import type { CsvRecord } from "./record-splitter.ts";

type Half = Pick<CsvRecord, "cells" | "lineEnd">;

/** `width` is the number of the header's cells, `own` the line ends that seem to be the file's, as far as it is known. */
export function isBrokenRow(first: Half, second: Half, width: number, own: readonly LineEnds[]): boolean {
  if (width === 1 || first.cells.length + second.cells.length !== width + 1) return false;
  return own.some((lineEnd) => lineEnd !== first.lineEnd);
}
