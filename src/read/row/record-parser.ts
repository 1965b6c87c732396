/**
 * A CSV record with its number in, a row out, or why the file is rejected for it. Judges what a record is as a whole
 * (undecodable, stray quotes, ragged, a header, too long); what its cells mean, `parse-row.ts` says.
 */
import type { Issue } from "../../errors/issue.ts";
import { type Rejected, rejected } from "../../errors/rejection.ts";
import { counted, grouped } from "../../text/counted.ts";
import type { InvalidRow, ParsedRow } from "../change.ts";
import type { CsvRecord } from "../csv/record-splitter.ts";
import { HeaderWatch, rejectOtherHeader } from "../header/header-watch.ts";
import { namelessColumns } from "../header/read-header.ts";
import type { Reading, ReadSettings } from "../reading.ts";
import { encodingName } from "../text/find-encoding.ts";
import { parseRow } from "./parse-row.ts";

/** A record and its number among the file's rows, the header's row being 1. */
export interface Numbered {
  readonly record: CsvRecord;
  readonly row: number;
}

/** One file's. */
export class RecordParser {
  readonly #reading: Reading;
  readonly #settings: ReadSettings;
  readonly #headers: HeaderWatch;
  readonly #namelessAt: readonly number[];

  constructor(reading: Reading, settings: ReadSettings) {
    this.#reading = reading;
    this.#settings = settings;
    this.#headers = new HeaderWatch(reading, settings);
    this.#namelessAt = namelessColumns(reading);
  }

  parse(numbered: Numbered): ParsedRow | Rejected {
    const { record, row } = numbered;
    const { cells, byteOffset, length } = record;
    if (!record.isUtf8) {
      const encoding = encodingName(this.#reading.encoding ?? "utf-8");
      return wholeRowInvalid(numbered, "row_undecodable", `has bytes that are not ${encoding} text`);
    }
    if (record.stray !== undefined) {
      const where = "inside an unquoted cell, or before more text in a quoted cell";
      return wholeRowInvalid(numbered, "quote_stray", `has a quote where none is allowed: ${where}`);
    }
    const width = this.#reading.columns.length;
    if (cells.length !== width) {
      const has = `has ${counted(cells.length, "cell")}`;
      return wholeRowInvalid(numbered, "row_ragged", `${has} and the header has ${width}`);
    }
    const header = this.#headers.find(cells);
    if (header === "same") return wholeRowInvalid(numbered, "header_repeated", "repeats the header");
    if (header === "other") return rejected({ ...rejectOtherHeader(rowAt(numbered)), row });
    const nameless = this.#namelessAt.find((at) => cells[at]?.trim() !== "");
    if (nameless !== undefined) {
      return wholeRowInvalid(numbered, "row_ragged", `has a value in column ${nameless + 1}, which has no name`);
    }
    const parsed = parseRow({ row, byteOffset, cells }, this.#reading);
    const { cellBytes } = this.#settings.limits;
    return length <= cellBytes ? parsed : withLongCells(parsed, cells, this.#reading, cellBytes);
  }
}

/** As `row 3, which begins at byte 40,`. */
export function rowAt({ row, record }: Numbered): string {
  return `row ${row}, which begins at byte ${record.byteOffset},`;
}

/** `what` follows the row's number and place. Such a row has no cells, so that nothing ever acts on a part of them. */
export function wholeRowInvalid(numbered: Numbered, code: Issue["code"], what: string): InvalidRow {
  const { row, record } = numbered;
  const issue: Issue = { code, column: "", message: `${rowAt(numbered)} ${what}` };
  return { kind: "invalid", source: { row, byteOffset: record.byteOffset, cells: null }, issues: [issue] };
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
