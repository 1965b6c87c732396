/**
 * Whether the cells of a row mean something else to the job that it is given to than to the job that it comes from: two readings in, the column
 * in which they differ out. Pure.
 */
import { COLUMNS, type ColumnName } from "../columns.ts";
import type { CsvRow } from "../csv-row.ts";
import { fileColumn } from "../header/read-header.ts";
import type { Reading } from "../reading.ts";
import { placesOf, wholeOf } from "../shape/places.ts";

/** The file's name of the first column that would be read in another way; null where all cells mean the same. */
export function readsOtherwise({ cells }: CsvRow, reading: Reading, earlier: Reading): string | null {
  const constant = otherConstant(reading, earlier);
  if (constant !== undefined) return constant;
  const found = reading.columns.find((column, at) => {
    const whole = wholeOf(column ?? "");
    const kind = COLUMNS[whole as ColumnName]?.kind;
    const cell = cells?.[at]?.trim() ?? "";
    if (cell === "") {
      const isWhole = placesOf(reading, whole).every((place) => (cells?.[place] ?? "").trim() === "");
      return isWhole && meaningOfEmpty(whole, reading) !== meaningOfEmpty(whole, earlier);
    }
    if (shapeOf(column, reading) !== shapeOf(column, earlier)) return true;
    if (kind === "money" && reading.money !== earlier.money) return true;
    if (kind === "money" && reading.money === "decimal" && reading.currency !== earlier.currency) return true;
    return leavesAlone(cell, reading) !== leavesAlone(cell, earlier);
  });
  return found === undefined || found === null ? null : fileColumn(reading, found);
}

/** All that the job says of how the column's cells are written, as a text that can be compared. */
function shapeOf(name: string | null, { forms }: Reading): string {
  const column = wholeOf(name ?? "");
  const { values, split, join, dates, numbers, amounts } = forms?.shapes ?? {};
  const isMoney = COLUMNS[column as ColumnName]?.kind === "money";
  const given = [values?.[column], split?.[column], join?.[column], dates?.[column], amounts?.[column]];
  return JSON.stringify([
    ...given,
    isMoney ? numbers : undefined,
    column === "status_reason" ? values?.status : undefined,
  ]);
}

/** A column that every row of one of the two has, and the other otherwise or not at all. */
function otherConstant(reading: Reading, earlier: Reading): string | undefined {
  const [now, then] = [reading.forms?.shapes?.constants ?? {}, earlier.forms?.shapes?.constants ?? {}];
  return [...Object.keys(now), ...Object.keys(then)].find((column) => now[column] !== then[column]);
}

const leavesAlone = (cell: string, { forms }: Reading) => forms?.leaveAlone.includes(cell) ?? false;

const LISTS: readonly (string | null)[] = ["account_holders", "authorized_signers", "documents"];

function meaningOfEmpty(column: string | null, { forms }: Reading): string {
  const mapped = forms?.shapes?.values?.[column ?? ""]?.cells[""];
  if (mapped) return `value ${mapped}`;
  if (column === "authorized_users") return forms?.emptyAuthorizedUsers ?? "keep";
  return LISTS.includes(column) ? (forms?.emptyMeans ?? "keep") : "keep";
}
