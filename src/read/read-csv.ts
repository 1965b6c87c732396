/**
 * A file's bytes in, its header and then its rows in batches out, or why the file is rejected. The rows are true to
 * the bytes: nothing is guessed, replaced or skipped unseen, and memory does not grow with the file.
 */
import type { ParsedRow } from "./change.ts";
import { FileRows, rejectTrouble } from "./file-rows.ts";
import { type Rejection, readHeader } from "./header.ts";
import { bomLength, findHeaderEnd, splitHeader } from "./header-line.ts";
import type { Reading, ReadSettings } from "./layout.ts";

const SLICE_BYTES = 64 * 1024;

/** First the header, then rows in file order, then the end; or, at any point, rejected and the end. */
export type ReadEvent =
  | { readonly kind: "header"; readonly reading: Reading }
  | { readonly kind: "rows"; readonly rows: readonly ParsedRow[] }
  | { readonly kind: "rejected"; readonly rejection: Rejection };

/**
 * Reads a CSV file (RFC 4180; UTF-8 with or without byte order mark; lines ended by CRLF, LF or CR; delimiter as set,
 * else as the header tells). Rows are counted from the header, which is row 1; one blank line at the file's end is no
 * row. A row that is ragged or not UTF-8 is an InvalidRow without cells. Rejections are those of `readHeader` and
 * file_empty, file_not_utf8, file_not_csv, file_row_too_long, file_too_many_rows. Errors of `bytes` pass through.
 */
export async function* readCsv(
  bytes: AsyncIterable<Uint8Array>,
  settings: ReadSettings,
  batchRows = 500,
): AsyncGenerator<ReadEvent> {
  let waiting: readonly ParsedRow[] = [];
  for await (const event of readSlices(bytes, settings)) {
    if (event.kind === "rows") {
      waiting = [...waiting, ...event.rows];
      const full = waiting.length - (waiting.length % batchRows);
      for (let at = 0; at < full; at += batchRows) yield { kind: "rows", rows: waiting.slice(at, at + batchRows) };
      waiting = waiting.slice(full);
      continue;
    }
    if (waiting.length > 0) yield { kind: "rows", rows: waiting };
    waiting = [];
    yield event;
  }
  if (waiting.length > 0) yield { kind: "rows", rows: waiting };
}

/** The events of the file, with the rows in as many parts as the bytes come in. */
async function* readSlices(bytes: AsyncIterable<Uint8Array>, settings: ReadSettings): AsyncGenerator<ReadEvent> {
  let head: Buffer = Buffer.alloc(0);
  let file: FileRows | undefined;
  try {
    for await (const slice of sliceEvenly(bytes)) {
      let body = slice;
      if (file === undefined) {
        head = Buffer.concat([head, slice]);
        const opened = openRows(head, settings, false);
        if (opened === undefined) continue;
        if ("code" in opened) return yield { kind: "rejected", rejection: opened };
        file = opened;
        body = head.subarray(file.origin);
        yield { kind: "header", reading: file.reading };
      }
      const { rows, rejection } = file.take(await file.splitter.split(body));
      yield { kind: "rows", rows };
      if (rejection !== undefined) return yield { kind: "rejected", rejection };
    }
    if (file === undefined) {
      const opened = openRows(head, settings, true);
      if (opened === undefined || "code" in opened) return yield { kind: "rejected", rejection: opened ?? EMPTY };
      file = opened;
      return yield { kind: "header", reading: file.reading };
    }
    const { rows, rejection } = file.take(await file.splitter.finish());
    yield { kind: "rows", rows };
    if (rejection !== undefined) yield { kind: "rejected", rejection };
  } finally {
    file?.splitter.close();
  }
}

const EMPTY: Rejection = {
  code: "file_empty",
  message: "the file has no bytes, not even a header",
  hint: "export it again; a day without changes is a header without rows",
};

/** The file once its header is read; nothing while more bytes are needed. `head` is its beginning, BOM included. */
function openRows(head: Buffer, settings: ReadSettings, isWhole: boolean): FileRows | Rejection | undefined {
  const origin = bomLength(head);
  if (isWhole && head.length === origin) return EMPTY;
  const found = findHeaderEnd(head.subarray(origin));
  const length = found < 0 ? head.length - origin : found;
  if (length > settings.limits.rowBytes) return rejectTrouble("too_long", 1, settings);
  if (found < 0 && !isWhole) return undefined;
  const split = splitHeader(head.subarray(origin, origin + length), settings);
  if ("code" in split) return split;
  const reading = readHeader(split.cells, settings, split.delimiter);
  return "code" in reading ? reading : new FileRows(reading, settings, origin);
}

/** The same bytes in slices of one size, so that neither a huge chunk nor many tiny ones make a difference. */
async function* sliceEvenly(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let slice = Buffer.allocUnsafe(SLICE_BYTES);
  let length = 0;
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; ) {
      const taken = Math.min(SLICE_BYTES - length, chunk.length - at);
      slice.set(chunk.subarray(at, at + taken), length);
      length += taken;
      at += taken;
      if (length < SLICE_BYTES) continue;
      yield slice;
      slice = Buffer.allocUnsafe(SLICE_BYTES);
      length = 0;
    }
  }
  if (length > 0) yield slice.subarray(0, length);
}
