/**
 * Whether the cells of a row mean something else to the job that it is given to than to the job that it comes from: two readings in, the column
 * in which they differ out. Pure.
 */
import { COLUMNS, type ColumnName } from "../columns.ts";
import type { CsvRow } from "../csv-row.ts";
import { fileColumn } from "../header/read-header.ts";
import type { Reading } from "../reading.ts";

/** The file's name of the first column that would be read in another way; null where all cells mean the same. */
export function readsOtherwise({ cells }: CsvRow, reading: Reading, earlier: Reading): string | null {
  const found = reading.columns.find((column, at) => {
    const kind = COLUMNS[(column ?? "") as ColumnName]?.kind;
    const cell = cells?.[at]?.trim() ?? "";
    if (cell === "") return meaningOfEmpty(column, reading) !== meaningOfEmpty(column, earlier);
    if (kind === "money" && reading.money !== earlier.money) return true;
    if (kind === "money" && reading.money === "decimal" && reading.currency !== earlier.currency) return true;
    return leavesAlone(cell, reading) !== leavesAlone(cell, earlier);
  });
  return found === undefined || found === null ? null : fileColumn(reading, found);
}

const leavesAlone = (cell: string, { forms }: Reading) => forms?.leaveAlone.includes(cell) ?? false;

const LISTS: readonly (string | null)[] = ["account_holders", "authorized_signers", "documents"];

function meaningOfEmpty(column: string | null, { forms }: Reading): string {
  if (column === "authorized_users") return forms?.emptyAuthorizedUsers ?? "keep";
  return LISTS.includes(column) ? (forms?.emptyMeans ?? "keep") : "keep";
}
