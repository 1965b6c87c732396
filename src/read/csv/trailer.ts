/**
 * The last record of a file in, what it says about the others out, or why the file is rejected. Counts nothing itself, and
 * shows no cell.
 */
import { type Rejected, type Rejection, rejected } from "../../errors/rejection.ts";
import { counted, grouped } from "../../text/counted.ts";
import { mask } from "../../text/show-id.ts";
import type { StatedTotals, Trailer } from "../reading.ts";
import type { NumberForm } from "../shapes.ts";
import { parseDay } from "../totals/parse-day.ts";
import { plainDecimal } from "../totals/plain-decimal.ts";
import type { CsvRecord } from "./record-splitter.ts";

const COUNT = /^ *(\d{1,15}) *$/;

/** Whether a record is the trailer, whatever its other cells hold. Spaces around its marker do not count. */
export function isTrailer({ cells, isUtf8 }: CsvRecord, { marker }: Trailer): boolean {
  return isUtf8 && (cells[0] === marker || cells[0]?.trim() === marker);
}

/** What a trailer says; the number of rows fits the file. */
export interface ReadTrailer {
  readonly kind: "trailer";
  readonly sequence?: string;
  readonly stated: StatedTotals;
}

/**
 * `last` is the file's last record, which is CSV row `row`, and `rows` the number of rows before it. Rejections:
 * trailer_missing, and file_incomplete when the trailer counts another number of rows. Its totals are not compared here; its sums are written as
 * the amounts are.
 */
export function readTrailer(
  last: CsvRecord | undefined,
  row: number,
  trailer: Trailer,
  rows: number,
  numbers?: NumberForm,
): ReadTrailer | Rejected {
  const { marker, rowsAt, rowsInclude = [], sequenceAt } = trailer;
  if (last === undefined)
    return rejected(missing(`the file ends without the trailer "${marker}", and without any row`));
  if (!isTrailer(last, trailer)) {
    const [first = ""] = last.cells;
    const begins = first.startsWith(marker)
      ? `has more than the trailer's "${marker}" in its first cell; the trailer's cells are to be separated as those of the rows are`
      : `begins with ${mask(first)}, not with the trailer's "${marker}"`;
    return rejected(missing(`the last row, ${row}, ${begins}`, row));
  }
  const count = COUNT.exec(last.cells[rowsAt - 1] ?? "")?.[1];
  if (count === undefined) return rejected(missing(`${found(last, row, rowsAt)} the number of rows should be`, row));
  if (Number(count) !== rows + rowsInclude.length)
    return rejected({ ...incomplete(Number(count), rows, rowsInclude, row), row });
  const stated = readTotals(last, row, trailer, numbers);
  if (stated.kind === "rejected") return stated;
  const read: ReadTrailer = { kind: "trailer", stated: { by: "trailer", rows, ...stated.totals } };
  if (sequenceAt === undefined) return read;
  const sequence = (last.cells[sequenceAt - 1] ?? "").trim();
  if (sequence !== "") return { ...read, sequence };
  return rejected(missing(`${found(last, row, sequenceAt)} the sequence should be`, row));
}

function incomplete(count: number, rows: number, include: readonly string[], row: number): Rejection {
  const more = count - rows;
  const beside = include.length === 0 ? "" : ` with the ${include.join(" and the ")}`;
  const isLikely = include.length === 0 && (more === 1 || more === 2);
  const way = isLikely ? "; if it always counts the header or itself too, say so as rowsInclude in the job" : "";
  return {
    code: "file_incomplete",
    message: `the trailer, row ${row}, counts ${counted(count, "row")}, and the file has ${grouped(rows + include.length)}${beside}`,
    hint: `send the complete file again, with its own trailer${way}`,
  };
}

type Totals = Omit<StatedTotals, "by" | "rows">;

/** The totals where the trailer has them, each in a form that can be compared. */
function readTotals(
  last: CsvRecord,
  row: number,
  { sums = {}, hashTotals = {}, counts = {}, dateAt, dateFormat = "YYYYMMDD" }: Trailer,
  numbers: NumberForm | undefined,
): { readonly kind: "read"; readonly totals: Totals } | Rejected {
  let lacking: Rejection | undefined;
  function read<Value>(at: number, parse: (cell: string) => Value | undefined, what: string): Value | undefined {
    const value = parse((last.cells[at - 1] ?? "").trim());
    if (value === undefined) lacking ??= missing(`${found(last, row, at)} the ${what} should be`, row);
    return value;
  }
  const decimal = plainDecimal(numbers);
  const whole = (cell: string) => (/^\d+$/.test(cell) ? cell : undefined);
  const count = (cell: string) => (COUNT.test(cell) ? Number(cell) : undefined);
  const totals: Totals = {
    ...(given(sums) && { sums: mapped(sums, (at, name) => read(at, decimal, `sum of ${name}`) ?? "") }),
    ...(given(hashTotals) && {
      hashTotals: mapped(hashTotals, ({ at, digits }, name) => ({
        total: read(at, whole, `hash total of ${name}`) ?? "",
        ...(digits !== undefined && { digits }),
      })),
    }),
    ...(given(counts) && {
      counts: mapped(counts, (places, name) =>
        mapped(places, (at, value) => read(at, count, `count of ${name} ${value}`) ?? 0),
      ),
    }),
    ...(dateAt !== undefined && {
      businessDate: read(dateAt, (cell) => parseDay(cell, dateFormat), `business date (${dateFormat})`),
    }),
  };
  return lacking === undefined ? { kind: "read", totals } : rejected(lacking);
}

const given = (columns: object) => Object.keys(columns).length > 0;

function mapped<From, To>(
  of: Readonly<Record<string, From>>,
  make: (value: From, name: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, make(value, name)]));
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
