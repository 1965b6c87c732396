/**
 * A row of a job with shapes: its cells by the file's names and the job's settings in, what is read of it out. The reading goes
 * through JSON, as the ledger keeps it.
 */
import type { ParsedRow } from "../../../src/read/change.ts";
import { readHeader } from "../../../src/read/header/read-header.ts";
import { DEFAULT_READ_SETTINGS, type Reading, type ReadSettings } from "../../../src/read/reading.ts";
import { parseRow } from "../../../src/read/row/parse-row.ts";

export function readingOf(names: readonly string[], settings: Partial<ReadSettings>): Reading {
  const read = readHeader(names, { ...DEFAULT_READ_SETTINGS, ...settings }, ",");
  if (read.kind === "rejected") throw new Error(`${read.rejection.code}: ${read.rejection.message}`);
  return JSON.parse(JSON.stringify(read.reading)) as Reading;
}

export function rowOf(cells: Readonly<Record<string, string>>, settings: Partial<ReadSettings>): ParsedRow {
  const all = { client_account_id: "c1", ...cells };
  return parseRow({ row: 2, byteOffset: 0, cells: Object.values(all) }, readingOf(Object.keys(all), settings));
}

/** The values of a valid row but for its key; else as `["status: value_unmapped"]`. */
export function valuesOf(
  cells: Readonly<Record<string, string>>,
  settings: Partial<ReadSettings>,
): Readonly<Record<string, unknown>> | readonly string[] {
  const row = rowOf(cells, settings);
  if (row.kind !== "desired") return row.issues.map(({ code, column }) => `${column}: ${code}`);
  const { client_account_id: _, ...values } = row.desired;
  return values;
}
