/**
 * Reads bytes through readCsv to its end, for tests: what it gave, in one value.
 */
import { expect } from "chai";
import type { Rejection } from "../../src/errors/rejection.ts";
import type { ParsedRow } from "../../src/read/change.ts";
import type { RowsEnd } from "../../src/read/file-rows.ts";
import { readCsv } from "../../src/read/read-csv.ts";
import {
  DEFAULT_LIMITS,
  DEFAULT_READ_SETTINGS,
  type Limits,
  type Reading,
  type ReadSettings,
} from "../../src/read/reading.ts";

export interface Seen {
  readonly reading?: Reading;
  readonly rows: readonly ParsedRow[];
  readonly batches: readonly number[];
  readonly rejection?: Rejection;
  readonly end?: Omit<RowsEnd, "kind" | "endsWithLineEnd" | "stated">;
  readonly stated?: RowsEnd["stated"];
  readonly endsWithLineEnd?: boolean;
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
  const all = { ...DEFAULT_READ_SETTINGS, ...settings };
  const rows: ParsedRow[] = [];
  const batches: number[] = [];
  let reading: Reading | undefined;
  let rejection: Rejection | undefined;
  let end: Seen["end"];
  let stated: Seen["stated"];
  let endsWithLineEnd: boolean | undefined;
  for await (const event of readCsv(inChunks(bytes, chunkBytes), all, batchRows)) {
    expect(rejection ?? end, "nothing follows a rejection or the end").to.equal(undefined);
    if (event.kind === "header") reading = event.reading;
    else if (event.kind === "rejected") rejection = event.rejection;
    else if (event.kind === "end") {
      const { kind: _, endsWithLineEnd: ends, stated: ofTrailer, ...told } = event;
      end = told;
      stated = ofTrailer;
      endsWithLineEnd = ends;
    } else {
      rows.push(...event.rows);
      batches.push(event.rows.length);
    }
  }
  expect(rejection === undefined, "a file ends or is rejected").to.equal(end !== undefined);
  if (end !== undefined) expect(end.rows).to.equal(rows.length);
  return {
    rows,
    batches,
    ...(reading && { reading }),
    ...(rejection && { rejection }),
    ...(end && { end }),
    ...(stated && { stated }),
    ...(endsWithLineEnd !== undefined && { endsWithLineEnd }),
  };
}

export const cellsOf = ({ rows }: Seen) => rows.map(({ source }) => source.cells);
export const codesOf = ({ rows }: Seen) =>
  rows.map((row) => (row.kind === "desired" ? "desired" : row.issues.map(({ code }) => code).join()));
export const limits = (changed: Partial<Limits>): ReadOptions => ({ limits: { ...DEFAULT_LIMITS, ...changed } });
