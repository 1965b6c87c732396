/**
 * CSV records in, rows with their number, place and issues out; or why the file is rejected. Judges what a record is
 * as a whole (ragged, not UTF-8, too long); what its cells mean, `parse-row.ts` says.
 */
import type { Issue } from "../errors/issue.ts";
import type { InvalidRow, ParsedRow } from "./change.ts";
import type { CsvRow } from "./csv-row.ts";
import type { Rejection } from "./header.ts";
import type { Reading, ReadSettings } from "./layout.ts";
import { parseRow } from "./parse-row.ts";
import { type CsvRecord, RecordSplitter, type Split, type Trouble } from "./record-splitter.ts";

/** One file after its header: counts its records, and keeps none but a blank line that may be the last. */
export class FileRows {
  readonly reading: Reading;
  /** Bytes before the header: the byte order mark. */
  readonly origin: number;
  readonly splitter: RecordSplitter;
  readonly #settings: ReadSettings;
  /** Records seen, the header included. */
  #records = 0;
  /** A blank line, until it is known whether it is the last. */
  #blank: CsvRow | undefined;

  constructor(reading: Reading, settings: ReadSettings, origin: number) {
    this.reading = reading;
    this.origin = origin;
    this.#settings = settings;
    this.splitter = new RecordSplitter(reading.delimiter, settings.limits.rowBytes);
  }

  /** The rows of the records, and why the file is rejected after them, if it is. */
  take(split: Split): { readonly rows: readonly ParsedRow[]; readonly rejection?: Rejection } {
    const rows: ParsedRow[] = [];
    for (const record of split.records) {
      const row = ++this.#records;
      if (row === 1) continue;
      if (this.#blank !== undefined) rows.push(this.#parseBlank(this.#blank));
      this.#blank = undefined;
      if (record.isBlank) {
        this.#blank = { row, byteOffset: this.origin + record.start, cells: record.cells };
        continue;
      }
      if (row - 1 > this.#settings.limits.rows) return { rows, rejection: rejectRows(this.#settings) };
      rows.push(this.#parseRecord(record, row));
    }
    if (split.trouble === undefined) return { rows };
    return { rows, rejection: rejectTrouble(split.trouble, this.#records + 1, this.#settings) };
  }

  #parseBlank(source: CsvRow): ParsedRow {
    if (this.reading.columns.length === 1) return parseRow(source, this.reading);
    return this.#raggedRow(source.row, source.byteOffset, "the line is blank");
  }

  #parseRecord(record: CsvRecord, row: number): ParsedRow {
    const { cells } = record;
    const byteOffset = this.origin + record.start;
    if (!record.isUtf8) {
      const message = `the row, which begins at byte ${byteOffset}, has bytes that are not UTF-8`;
      return wholeRowInvalid(row, byteOffset, { code: "row_undecodable", column: "", message });
    }
    const width = this.reading.columns.length;
    if (cells.length !== width) {
      return this.#raggedRow(row, byteOffset, `the row has ${cells.length} cells, and the header ${width}`);
    }
    const parsed = parseRow({ row, byteOffset, cells }, this.reading);
    const { cellBytes } = this.#settings.limits;
    return record.end - record.start <= cellBytes ? parsed : withLongCells(parsed, cells, this.reading, cellBytes);
  }

  #raggedRow(row: number, byteOffset: number, message: string): InvalidRow {
    return wholeRowInvalid(row, byteOffset, { code: "row_ragged", column: "", message });
  }
}

function wholeRowInvalid(row: number, byteOffset: number, issue: Issue): InvalidRow {
  return { kind: "invalid", source: { row, byteOffset, cells: null }, issues: [issue] };
}

/** The row, or, when a cell is longer than the limit, an InvalidRow that says so beside its other issues. */
function withLongCells(row: ParsedRow, cells: readonly string[], reading: Reading, cellBytes: number): ParsedRow {
  const issues = cells.flatMap((cell, at): Issue[] => {
    const length = Buffer.byteLength(cell);
    if (length <= cellBytes) return [];
    const message = `the cell has ${length} bytes, and the limit is ${cellBytes}`;
    return [{ code: "cell_too_long", column: reading.header[at] ?? "", message }];
  });
  if (issues.length === 0) return row;
  const { source, provenance } = row;
  return {
    kind: "invalid",
    source,
    issues: row.kind === "invalid" ? [...issues, ...row.issues] : issues,
    ...(provenance === undefined ? {} : { provenance }),
  };
}

function rejectRows(settings: ReadSettings): Rejection {
  return {
    code: "file_too_many_rows",
    message: `the file has more than ${settings.limits.rows} rows`,
    hint: "split the file, or raise limits.rows in the job",
  };
}

/** The rejection for records that cannot be told apart from `row` on: file_not_csv or file_row_too_long. */
export function rejectTrouble(trouble: Trouble, row: number, settings: ReadSettings): Rejection {
  if (trouble === "quotes") {
    return {
      code: "file_not_csv",
      message: `the quotes of row ${row} do not hold: one stands where none may, or is never closed`,
      hint: `correct row ${row}: close every quote, and double those within quotes (RFC 4180)`,
    };
  }
  return {
    code: "file_row_too_long",
    message: `row ${row} is longer than ${settings.limits.rowBytes} bytes`,
    hint: `look whether a quote in row ${row} is never closed; else raise limits.rowBytes in the job`,
  };
}
