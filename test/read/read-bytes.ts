/**
 * Reads bytes through readCsv to its end, for tests: what it gave, in one value.
 */
import { expect } from "chai";
import type { ParsedRow } from "../../src/read/change.ts";
import type { Rejection } from "../../src/read/header.ts";
import { DEFAULT_LIMITS, type Limits, type Reading, type ReadSettings } from "../../src/read/layout.ts";
import { readCsv } from "../../src/read/read-csv.ts";

export interface Seen {
  readonly reading?: Reading;
  readonly rows: readonly ParsedRow[];
  readonly batches: readonly number[];
  readonly rejection?: Rejection;
}

export interface ReadOptions extends Partial<ReadSettings> {
  readonly chunkBytes?: number;
  readonly batchRows?: number;
}

async function* inChunks(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

export async function readBytes(
  file: string | Uint8Array,
  { chunkBytes = 65536, batchRows, ...settings }: ReadOptions = {},
): Promise<Seen> {
  const bytes = typeof file === "string" ? Buffer.from(file) : file;
  const all = { columns: {}, unknownColumns: "reject", defaults: {}, limits: DEFAULT_LIMITS, ...settings } as const;
  const rows: ParsedRow[] = [];
  const batches: number[] = [];
  let reading: Reading | undefined;
  let rejection: Rejection | undefined;
  for await (const event of readCsv(inChunks(bytes, chunkBytes), all, batchRows)) {
    expect(rejection, "nothing follows a rejection").to.equal(undefined);
    if (event.kind === "header") reading = event.reading;
    else if (event.kind === "rejected") rejection = event.rejection;
    else {
      rows.push(...event.rows);
      batches.push(event.rows.length);
    }
  }
  return { rows, batches, ...(reading && { reading }), ...(rejection && { rejection }) };
}

export const cellsOf = ({ rows }: Seen) => rows.map(({ source }) => source.cells);
export const codesOf = ({ rows }: Seen) =>
  rows.map((row) => (row.kind === "desired" ? "desired" : row.issues.map(({ code }) => code).join()));
export const limits = (changed: Partial<Limits>): ReadOptions => ({ limits: { ...DEFAULT_LIMITS, ...changed } });
