/**
 * A file's head in, its header's cells, its delimiter and where the rows begin out; or why the file is rejected. What
 * the names mean, `read-header.ts` says.
 */
import { isUtf8 } from "node:buffer";
import { type Rejected, type Rejection, rejected } from "../../errors/rejection.ts";
import { counted } from "../../text/counted.ts";
import { rejectUnsplittable } from "../csv/reject-unsplittable.ts";
import type { Delimiter, Encoding, FileTraits, LineEnds, ReadSettings } from "../reading.ts";
import { encodingName } from "../text/find-encoding.ts";
import { countKnown } from "./read-header.ts";
import { isHeader, rejectMisplaced } from "./reject-misplaced.ts";
import { type Scan, scanLines } from "./scan-lines.ts";
import { delimiterByWidth, delimitersOf, splitHeader } from "./split-header.ts";

/** This many rows show the delimiter of a file without a header. */
const SAMPLE_ROWS = 20;

/** `start` is where splitting begins: at the header's row, or at the first row when the job names the columns. */
export interface FoundHeader {
  readonly kind: "found";
  readonly cells: readonly string[];
  readonly delimiter: Delimiter;
  readonly start: number;
  /** 0 when the job names the columns. */
  readonly row: number;
  readonly lineEnds: FileTraits["lineEnds"];
  /** The commonest line end of the head, or several. */
  readonly commonLineEnds: readonly LineEnds[];
}

/** `head` is the file's text, all of it when `isWhole`, else longer than `limits.rowBytes`. */
export interface Head {
  readonly text: Buffer;
  readonly isWhole: boolean;
  readonly encoding: Encoding;
}

/** Rejections: file_row_too_long, file_not_utf8, file_not_csv, header_elsewhere, header_missing. */
export function findHeader(head: Head, settings: ReadSettings): FoundHeader | Rejected {
  const { text, isWhole } = head;
  const { header, lineEnds, limits } = settings;
  const scan = scanLines(text, { isWhole, delimiters: delimitersOf(settings), lineEnds });
  const row = typeof header === "number" ? header : 1;
  const end = scan.lines[row - 1]?.end;
  if (end === undefined ? !isWhole : end > limits.rowBytes) return rejected(rejectLength(scan, row, limits.rowBytes));
  const lines = scan.lines.map((line) => text.subarray(line.start, line.end));
  const found =
    typeof header === "number" ? findInRow(lines, header, head, settings) : findByNames(lines, header, settings);
  if (found.kind === "rejected") return found;
  // Once more, now that a quote may open after one delimiter only.
  const known = scanLines(text, { isWhole, delimiters: [found.delimiter], lineEnds });
  const { lineEnds: ends, commonLineEnds } = known;
  return { ...found, start: scan.lines[found.row - 1]?.start ?? 0, lineEnds: ends, commonLineEnds };
}

type InRow = Pick<FoundHeader, "kind" | "cells" | "delimiter" | "row">;

function findInRow(
  lines: readonly Buffer[],
  row: number,
  { encoding }: Head,
  settings: ReadSettings,
): InRow | Rejected {
  const line = lines[row - 1] ?? Buffer.alloc(0);
  const split = splitHeader(line, settings);
  const isNamed = split !== undefined && countKnown(split.cells, settings) > 0;
  const misplaced = isNamed ? undefined : rejectMisplaced(lines, row, settings);
  if (misplaced !== undefined) return rejected(misplaced);
  if (!isUtf8(line) || line.includes(0)) return rejected(rejectText(row, encoding));
  return split === undefined ? rejected(rejectQuotes(row)) : { kind: "found", ...split, row };
}

function findByNames(lines: readonly Buffer[], names: readonly string[], settings: ReadSettings): InRow | Rejected {
  const first = lines[0] ?? Buffer.alloc(0);
  if (isHeader(first, settings)) {
    return rejected({
      code: "header_elsewhere",
      message: "row 1 is a header, and the job gives the columns' names too",
      hint: "set header in the job to 1, or remove row 1 from the file",
    });
  }
  const delimiter = delimiterByWidth(lines.slice(0, SAMPLE_ROWS), names.length, settings);
  if (delimiter !== undefined) return { kind: "found", cells: names, delimiter, row: 0 };
  return rejected({
    code: "file_not_csv",
    message: `more than one delimiter would split the first rows into ${counted(names.length, "cell")}`,
    hint: "set delimiter in the job",
  });
}

/** `row` ends too late, or an earlier one, whose quote is open, never does. */
function rejectLength({ lines, isQuoteOpen }: Scan, row: number, rowBytes: number): Rejection {
  const last = lines[row - 1] === undefined ? lines.length + 1 : row;
  const isOpen = isQuoteOpen && last > lines.length;
  if (isOpen || row === 1)
    return { ...rejectUnsplittable({ kind: "too_long", isQuoteOpen: isOpen }, `row ${last}`, rowBytes), row: last };
  return {
    code: "file_row_too_long",
    message: `row ${row}, where the header should be, does not end within the file's first ${counted(rowBytes, "byte")}`,
    hint: "set header in the job to the row that names the columns; or raise limits.rowBytes",
    row,
  };
}

function rejectText(row: number, encoding: Encoding): Rejection {
  return {
    code: "file_not_utf8",
    message: `row ${row}, the header, is not ${encodingName(encoding)} text`,
    hint: "export the file as UTF-8, or set encoding in the job to the file's",
    row,
  };
}

function rejectQuotes(row: number): Rejection {
  return {
    code: "file_not_csv",
    message: `row ${row}, the header, has malformed quotes`,
    hint: "close every quote, and double those within quotes (RFC 4180)",
    row,
  };
}
