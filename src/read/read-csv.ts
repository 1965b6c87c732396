/**
 * A file's bytes in, its header and then its rows in batches out, or why the file is rejected. The rows are exactly
 * what the bytes say: nothing is guessed, replaced or silently skipped. Memory does not grow with the file.
 */
import { type Rejected, type Rejection, rejected } from "../errors/rejection.ts";
import type { ParsedRow } from "./change.ts";
import { RecordSplitter } from "./csv/record-splitter.ts";
import { FileRows, type RowsEnd } from "./file-rows.ts";
import { findHeader } from "./header/find-header.ts";
import { readHeader } from "./header/read-header.ts";
import type { Reading, ReadSettings } from "./reading.ts";
import { encodedBytes } from "./text/decoder.ts";
import { type FileBytes, FileText } from "./text/file-text.ts";

/** First the header, then rows in file order, then the end of a file that is whole; or, at any point, rejected and no more. */
export type ReadEvent =
  | { readonly kind: "header"; readonly reading: Reading }
  | { readonly kind: "rows"; readonly rows: readonly ParsedRow[] }
  | RowsEnd
  | Rejected;

/**
 * Reads a CSV file (RFC 4180), plain, gzip or zip, in the encoding of its byte order mark or of the job, else UTF-8;
 * lines end in CRLF, LF or CR, or as set; the delimiter is as set, else as in the header. Rows have their number in the file,
 * from 1, and their place in its bytes, once expanded; blank lines at the file's end are no rows, nor is the trailer.
 * A row that is ragged, undecodable, broken or has a stray quote is an InvalidRow without cells. Rejections are those of
 * `FileText`, `findHeader`, `readHeader`, `readTrailer` and file_empty, file_not_csv, file_row_too_long,
 * file_too_many_rows, file_without_rows, header_changes. Errors of `bytes` pass through.
 */
export async function* readCsv(bytes: FileBytes, settings: ReadSettings, batchRows = 500): AsyncGenerator<ReadEvent> {
  const batch = new RowBatch(batchRows);
  for await (const event of readParts(new FileText(bytes, settings), settings, batch)) {
    if (event.kind !== "rows") yield* batch.rest();
    yield event;
  }
}

type RowsEvent = Extract<ReadEvent, { readonly kind: "rows" }>;

/** Rows that wait until there are enough of them. */
class RowBatch {
  readonly #size: number;
  #rows: ParsedRow[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  /** Yields full batches only. */
  *fill<Result>(rows: Generator<ParsedRow, Result>): Generator<RowsEvent, Result> {
    for (;;) {
      const next = rows.next();
      if (next.done) return next.value;
      this.#rows.push(next.value);
      if (this.#rows.length === this.#size) yield* this.rest();
    }
  }

  *rest(): Generator<RowsEvent, void> {
    const rows = this.#rows;
    this.#rows = [];
    if (rows.length > 0) yield { kind: "rows", rows };
  }
}

/** The events of the file; rows that fill no batch are left in it. */
async function* readParts(text: FileText, settings: ReadSettings, batch: RowBatch): AsyncGenerator<ReadEvent> {
  let file: OpenFile | undefined;
  try {
    for await (const part of text.parts()) {
      if (!Buffer.isBuffer(part)) return yield rejected(part);
      let body = part;
      if (file === undefined) {
        const opened = openFile(part, text, settings);
        if (opened.kind === "rejected") return yield opened;
        file = opened;
        body = part.subarray(file.start);
        yield { kind: "header", reading: file.reading };
      }
      const rejection = yield* batch.fill(file.rows.take(await file.splitter.split(body)));
      if (rejection !== undefined) return yield rejected(rejection);
    }
    if (file === undefined) return yield rejected(EMPTY);
    const rejection = yield* batch.fill(file.rows.take(await file.splitter.finish()));
    yield rejection === undefined ? yield* batch.fill(file.rows.end()) : rejected(rejection);
  } finally {
    file?.splitter.close();
  }
}

const EMPTY: Rejection = {
  code: "file_empty",
  message: "the file has no bytes, not even a header",
  hint: "export it again; for a day without changes, write a header without rows",
};

/** A file whose header is read; splitting begins at `start` of its head. */
interface OpenFile {
  readonly kind: "open";
  readonly reading: Reading;
  readonly start: number;
  readonly splitter: RecordSplitter;
  readonly rows: FileRows;
}

function openFile(head: Buffer, text: FileText, settings: ReadSettings): OpenFile | Rejected {
  if (head.length === 0) return rejected(EMPTY);
  const { encoding, compression } = text;
  const found = findHeader({ text: head, isWhole: head.length <= text.headBytes, encoding }, settings);
  if (found.kind === "rejected") return found;
  const { cells, delimiter, lineEnds, commonLineEnds, row: headerRow, start } = found;
  const read = readHeader(cells, settings, delimiter, { encoding, lineEnds, headerRow, compression });
  if (read.kind === "rejected") return read;
  const { reading } = read;
  const splitter = new RecordSplitter({
    delimiter,
    lineEnds: settings.lineEnds,
    rowBytes: settings.limits.rowBytes,
    byteOffset: text.byteOffset(head.subarray(0, start)),
    encodedBytes: (record) => encodedBytes(record, encoding),
  });
  return { kind: "open", reading, start, splitter, rows: new FileRows(reading, settings, commonLineEnds) };
}
