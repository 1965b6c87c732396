/**
 * The last record of a file in, what it says about the others out, or why the file is rejected. Counts nothing itself, and
 * shows no cell.
 */
import { type Rejected, type Rejection, rejected } from "../../errors/rejection.ts";
import { counted, grouped } from "../../text/counted.ts";
import { mask } from "../../text/show-id.ts";
import type { Trailer } from "../reading.ts";
import type { CsvRecord } from "./record-splitter.ts";

const COUNT = /^ *(\d{1,15}) *$/;

/** Whether a record is the trailer, whatever its other cells hold. */
export function isTrailer({ cells, isUtf8 }: CsvRecord, { marker }: Trailer): boolean {
  return cells[0] === marker && isUtf8;
}

/** What a trailer says that fits the file. */
export interface ReadTrailer {
  readonly kind: "trailer";
  readonly sequence?: string;
}

/**
 * `last` is the file's last record, which is CSV row `row`, and `rows` the number of rows before it. Rejections:
 * trailer_missing, and file_incomplete when the trailer counts another number of rows.
 */
export function readTrailer(
  last: CsvRecord | undefined,
  row: number,
  trailer: Trailer,
  rows: number,
): ReadTrailer | Rejected {
  const { marker, rowsAt, sequenceAt } = trailer;
  if (last === undefined)
    return rejected(missing(`the file ends without the trailer "${marker}", and without any row`));
  if (!isTrailer(last, trailer)) {
    const begins = `begins with ${mask(last.cells[0] ?? "")}, not with the trailer's "${marker}"`;
    return rejected(missing(`the last row, ${row}, ${begins}`, row));
  }
  const count = COUNT.exec(last.cells[rowsAt - 1] ?? "")?.[1];
  if (count === undefined) return rejected(missing(`${found(last, row, rowsAt)} the number of rows should be`, row));
  if (Number(count) !== rows) {
    return rejected({
      code: "file_incomplete",
      message: `the trailer, row ${row}, counts ${counted(Number(count), "row")}, and the file has ${grouped(rows)}`,
      hint: "send the complete file again, with its own trailer",
      row,
    });
  }
  if (sequenceAt === undefined) return { kind: "trailer" };
  const sequence = (last.cells[sequenceAt - 1] ?? "").trim();
  if (sequence !== "") return { kind: "trailer", sequence };
  return rejected(missing(`${found(last, row, sequenceAt)} the sequence should be`, row));
}

/** The rejection of a file that goes on after its trailer, which is CSV row `row`. */
export function rejectAfterTrailer(row: number): Rejection {
  return missing(`row ${row} is a trailer, and more rows follow it`, row);
}

function found({ cells }: CsvRecord, row: number, at: number): string {
  const cell = cells[at - 1];
  if (cell === undefined) return `the trailer, row ${row}, ends before cell ${at}, where`;
  return `the trailer, row ${row}, has ${cell === "" ? "nothing" : mask(cell)} in cell ${at}, where`;
}

function missing(message: string, row?: number): Rejection {
  return {
    code: "trailer_missing",
    message,
    hint: "send the complete file again; or correct completeness in the job",
    ...(row !== undefined && { row }),
  };
}
