/**
 * The fingerprint of a row as results gave it out: a short hash for each of the input's cells. It shows whether a row that comes
 * back still has the numbers of its own origin, and which cells are others, also where no ledger knows the row.
 *
 * The hashes are plain, as the cells are in the same file. Each is over the run, the row and the column too, so that none fits
 * another cell. A program leaves them alone, since a text of several words is neither a number nor a date.
 */
import { hash } from "node:crypto";
import type { CsvRow } from "../csv-row.ts";
import { isOfResults } from "../header/read-header.ts";

const FIRST_WORD = "cells";
/** Hex digits of each hash: of a million changed cells one in sixteen is not seen. */
const DIGITS = 6;

/** As `cells 3fa901 9b3c22`. `cells` are null for a row that could not be split into cells. */
export function fingerprintOf(
  run: string,
  { row, cells }: Pick<CsvRow, "row" | "cells">,
  header: readonly string[],
): string {
  const hashes = header.flatMap((column, at) =>
    isOfResults(column) ? [] : [hash("sha256", JSON.stringify([run, row, column, cells?.[at] ?? ""])).slice(0, DIGITS)],
  );
  return [FIRST_WORD, ...hashes].join(" ");
}

/** The columns of a row that comes back whose cells are others than the fingerprint says: none where there is no fingerprint, all where it is none of ours. */
export function changedSince(
  fingerprint: string,
  run: string,
  { row, cells }: Pick<CsvRow, "row" | "cells">,
  header: readonly string[],
): readonly string[] {
  if (fingerprint.trim() === "") return [];
  const given = hashesOf(fingerprint);
  const [, ...now] = fingerprintOf(run, { row, cells }, header).split(" ");
  return header.filter((column) => !isOfResults(column)).filter((_, at) => !given.has(now[at] ?? ""));
}

/** Whether the cell of that column was empty when the row was given out. */
export function wasEmpty(fingerprint: string, run: string, row: number, column: string): boolean {
  const [, empty = ""] = fingerprintOf(run, { row, cells: [""] }, [column]).split(" ");
  return hashesOf(fingerprint).has(empty);
}

function hashesOf(fingerprint: string): ReadonlySet<string> {
  const [first, ...hashes] = fingerprint.trim().split(" ");
  return new Set(first === FIRST_WORD ? hashes : []);
}
