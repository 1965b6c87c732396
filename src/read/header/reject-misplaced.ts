/**
 * The rows of a file's beginning in, of which one should be the header and names no known column; out: why the header is
 * elsewhere or missing, or nothing when it is there and merely wrong. Shows no cell.
 */
import { STATUSES } from "../../account.ts";
import type { Rejection } from "../../errors/rejection.ts";
import type { ReadSettings } from "../reading.ts";
import { readHeader } from "./read-header.ts";
import { splitAccounts, splitHeader } from "./split-header.ts";

/** What cells of accounts look like and names of columns do not: an id of the bank's, an instant, a day, a number. */
const VALUES: readonly RegExp[] = [
  /^\W*(?:account|application|entity)_(?=\w*\d)\w+/,
  /^\d{4}-\d{2}-\d{2}(?:T|$)/,
  /^-?\d+(?:\.\d+)?$/,
];

/** `row` is the one that should be the header, the first of `lines` being row 1. */
export function rejectMisplaced(lines: readonly Buffer[], row: number, settings: ReadSettings): Rejection | undefined {
  const elsewhere = lines.findIndex((line, at) => at !== row - 1 && isHeader(line, settings)) + 1;
  if (elsewhere > 0) {
    return {
      code: "header_elsewhere",
      message: `row ${row}, where the header should be, names no known column, and row ${elsewhere} does`,
      hint: `set header in the job to ${elsewhere}, or remove the rows above it from the file`,
      row,
    };
  }
  const line = lines[row - 1];
  if (line === undefined) {
    return {
      code: "header_missing",
      message: `the header should be row ${row}, and the file ends with row ${lines.length}`,
      hint: "correct header in the job, or export the complete file again",
      row,
    };
  }
  if (!looksLikeAccounts(line, settings)) return undefined;
  return {
    code: "header_missing",
    message: `row ${row}, where the header should be, looks like a row of accounts`,
    hint: "export the file with a header, or give the columns' names as header in the job",
    row,
  };
}

/** Whether a file could have this as its header. */
export function isHeader(line: Buffer, settings: ReadSettings): boolean {
  // Every header has a key, so most rows need not be split.
  const keys = ["account_id", ...Object.keys(settings.columns)];
  if (!keys.some((key) => line.includes(key))) return false;
  const split = splitHeader(line, settings);
  return split !== undefined && readHeader(split.cells, settings, split.delimiter).kind === "reading";
}

function looksLikeAccounts(line: Buffer, settings: ReadSettings): boolean {
  const cells = splitAccounts(line, settings)?.cells ?? [];
  return cells.some((cell) => VALUES.some((value) => value.test(cell)) || STATUSES.some((status) => status === cell));
}
