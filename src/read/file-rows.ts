/**
 * CSV records in, rows with their number, place and issues out; or why the file is rejected. Judges what a record is
 * as a whole (ragged, undecodable, too long, the trailer); what its cells mean, `parse-row.ts` says.
 */
import { counted, grouped } from "../counted.ts";
import type { Issue } from "../errors/issue.ts";
import type { InvalidRow, ParsedRow } from "./change.ts";
import { encodingName } from "./encoding.ts";
import type { Rejection } from "./header.ts";
import type { Reading, ReadSettings, Trailer } from "./layout.ts";
import { parseRow } from "./parse-row.ts";
import type { CsvRecord, Split } from "./record-splitter.ts";
import { isTrailer, readTrailer, rejectAfterTrailer } from "./trailer.ts";
import { rejectTrouble } from "./trouble.ts";

/** The rows that some records gave, and why the file is rejected after them, if it is. */
export interface Taken {
  readonly rows: readonly ParsedRow[];
  readonly rejection?: Rejection;
}

/** What a file says at its end: `rows` are those given, the sequence is the trailer's. */
export interface FileEnd {
  readonly rows: number;
  readonly sequence?: string;
}

interface Numbered {
  readonly record: CsvRecord;
  readonly row: number;
}

/** One file from its header's record on: counts its records, and keeps none but those that may yet be no row. */
export class FileRows {
  readonly #reading: Reading;
  readonly #settings: ReadSettings;
  readonly #headerRow: number;
  readonly #trailer: Trailer | undefined;
  /** The CSV row of the last record seen. */
  #row: number;
  #rows = 0;
  /** The last record while it may be the trailer, then a blank line while it may be the last. */
  #waiting: Numbered[] = [];

  constructor(reading: Reading, settings: ReadSettings) {
    this.#reading = reading;
    this.#settings = settings;
    this.#headerRow = reading.headerRow ?? 1;
    const { completeness } = settings;
    this.#trailer = completeness !== undefined && "trailer" in completeness ? completeness.trailer : undefined;
    this.#row = Math.max(0, this.#headerRow - 1);
  }

  take(split: Split): Taken {
    const rows: ParsedRow[] = [];
    for (const record of split.records) {
      const row = ++this.#row;
      if (row === this.#headerRow) continue;
      const rejection = this.#admit({ record, row }, rows);
      if (rejection !== undefined) return { rows, rejection };
    }
    const { trouble } = split;
    if (trouble === undefined) return { rows };
    const where = rowAt(this.#row + 1, trouble.byteOffset);
    return { rows, rejection: rejectTrouble(trouble, where, this.#settings.limits.rowBytes) };
  }

  /** After the last record. */
  end(): FileEnd | Rejection {
    if (this.#waiting.at(-1)?.record.isBlank) this.#waiting.pop();
    const last = this.#waiting.at(-1);
    const told =
      this.#trailer === undefined ? {} : readTrailer(last?.record, last?.row ?? 0, this.#trailer, this.#rows);
    if ("code" in told) return told;
    if (this.#rows === 0 && this.#settings.headerOnly === "reject") return WITHOUT_ROWS;
    return { rows: this.#rows, ...told };
  }

  #admit(next: Numbered, rows: ParsedRow[]): Rejection | undefined {
    const { isBlank } = next.record;
    const mayBothWait = isBlank && this.#waiting.at(-1)?.record.isBlank !== true;
    if (!mayBothWait && this.#waiting.length > 0) {
      for (const waiting of this.#waiting.splice(0)) {
        const rejection = this.#give(waiting, rows);
        if (rejection !== undefined) return rejection;
      }
    }
    if (!isBlank && this.#trailer === undefined) return this.#give(next, rows);
    this.#waiting.push(next);
    return undefined;
  }

  #give({ record, row }: Numbered, rows: ParsedRow[]): Rejection | undefined {
    if (this.#trailer !== undefined && isTrailer(record, this.#trailer)) return rejectAfterTrailer(row);
    if (this.#rows === this.#settings.limits.rows) return rejectRows(this.#rows);
    this.#rows++;
    rows.push(this.#parseRecord(record, row));
    return undefined;
  }

  #parseRecord({ cells, byteOffset, length, isUtf8, isBlank }: CsvRecord, row: number): ParsedRow {
    if (!isUtf8) {
      const encoding = encodingName(this.#reading.encoding ?? "utf-8");
      const message = `${rowAt(row, byteOffset)} has bytes that are not ${encoding} text`;
      return wholeRowInvalid(row, byteOffset, { code: "row_undecodable", column: "", message });
    }
    const width = this.#reading.columns.length;
    if (cells.length !== width) {
      const has = isBlank ? "is blank" : `has ${counted(cells.length, "cell")}`;
      const message = `${rowAt(row, byteOffset)} ${has} where the header has ${width}`;
      return wholeRowInvalid(row, byteOffset, { code: "row_ragged", column: "", message });
    }
    const parsed = parseRow({ row, byteOffset, cells }, this.#reading);
    const { cellBytes } = this.#settings.limits;
    return length <= cellBytes ? parsed : withLongCells(parsed, cells, this.#reading, cellBytes);
  }
}

function rowAt(row: number, byteOffset: number): string {
  return `row ${row}, which begins at byte ${byteOffset},`;
}

function wholeRowInvalid(row: number, byteOffset: number, issue: Issue): InvalidRow {
  return { kind: "invalid", source: { row, byteOffset, cells: null }, issues: [issue] };
}

/** The row, or, when a cell is longer than the limit, an InvalidRow that says so beside its other issues. */
function withLongCells(row: ParsedRow, cells: readonly string[], reading: Reading, cellBytes: number): ParsedRow {
  const issues = cells.flatMap((cell, at): Issue[] => {
    const length = Buffer.byteLength(cell);
    if (length <= cellBytes) return [];
    const message = `the cell has ${counted(length, "byte")}, and the limit is ${grouped(cellBytes)}`;
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

const WITHOUT_ROWS: Rejection = {
  code: "file_without_rows",
  message: "the file has a header and no rows",
  hint: "export it again; or set headerOnly to accept in the job, if a day without changes looks so",
};

function rejectRows(limit: number): Rejection {
  return {
    code: "file_too_many_rows",
    message: `the file has more than ${counted(limit, "row")}`,
    hint: "split the file, or raise limits.rows in the job",
  };
}
