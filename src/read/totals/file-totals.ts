/**
 * Rows as they come in, and out of them what a trailer or manifest states of all of them: control sums, hash totals and counts. Exact, in any
 * order of the rows; keeps no row.
 */
import { type Rejected, type Rejection, rejected } from "../../errors/rejection.ts";
import { grouped } from "../../text/counted.ts";
import { mask } from "../../text/show-id.ts";
import type { CsvRow } from "../csv-row.ts";
import { LAYOUTS } from "../layouts.ts";
import type { Reading, StatedTotals } from "../reading.ts";
import { addDecimals, type ExactDecimal, isSameDecimal, parseDecimal, printDecimal } from "./exact-decimal.ts";
import { plainDecimal } from "./plain-decimal.ts";

/** The columns that are to be added up, whatever is said of each; and of counts the values. */
export interface WantedTotals {
  readonly sums?: object | undefined;
  readonly hashTotals?: object | undefined;
  readonly counts?: Readonly<Record<string, object>> | undefined;
}

/** One figure of the file beside what is stated of it. */
export interface ComparedTotal {
  /** As `sum of limit`. */
  readonly what: string;
  readonly found: string | number;
  readonly stated: string | number;
}

interface Adder {
  readonly at: number;
  readonly column: string;
}

/** Fewer rows than this would show a cell in their sum. */
const FEWEST_SHOWN = 3;

/** As `sum of limit 12,345.67`, and `sum of limit` alone for so few rows that the figure would be a cell's. */
export function describeTotal({ what, found }: Pick<ComparedTotal, "what" | "found">, rows: number): string {
  return rows < FEWEST_SHOWN && typeof found === "string" ? what : `${what} ${grouped(found)}`;
}

export class FileTotals {
  readonly #leaveAlone: ReadonlySet<string>;
  readonly #plain: (cell: string) => string | undefined;
  readonly #sums: readonly (Adder & { sum: ExactDecimal })[];
  readonly #hashTotals: readonly (Adder & { sum: bigint })[];
  readonly #counts: readonly (Adder & { readonly rows: Map<string, number> })[];
  #rows = 0;
  #unreadable: Rejection | undefined;

  private constructor(reading: Reading, wanted: WantedTotals) {
    const adders = (columns: object | undefined): Adder[] =>
      Object.keys(columns ?? {}).map((column) => ({ column, at: findColumn(reading, column) }));
    this.#plain = plainDecimal(reading.forms?.shapes?.numbers);
    this.#leaveAlone = new Set(["", ...(reading.forms?.leaveAlone ?? [])]);
    this.#sums = adders(wanted.sums).map((one) => ({ ...one, sum: { units: 0n, scale: 0 } }));
    this.#hashTotals = adders(wanted.hashTotals).map((one) => ({ ...one, sum: 0n }));
    this.#counts = adders(wanted.counts).map((one) => ({
      ...one,
      rows: new Map(Object.keys(wanted.counts?.[one.column] ?? {}).map((value) => [value, 0])),
    }));
  }

  /** Rejection: total_unprovable, for a column that the file lacks. */
  static open(
    reading: Reading,
    wanted: WantedTotals,
  ): { readonly kind: "totals"; readonly totals: FileTotals } | Rejected {
    const totals = new FileTotals(reading, wanted);
    const lacking = totals.#adders().find(({ at }) => at < 0);
    if (lacking === undefined) return { kind: "totals", totals };
    return rejected({
      code: "total_unprovable",
      message: `the file has no column ${JSON.stringify(lacking.column)}, of which its trailer or manifest is to have a total`,
      hint: "name the column as the file or its layout does, in completeness in the job or in the manifest",
    });
  }

  #adders(): readonly Adder[] {
    return [...this.#sums, ...this.#hashTotals, ...this.#counts];
  }

  add({ row, cells }: Pick<CsvRow, "row" | "cells">): void {
    this.#rows++;
    if (cells === null) {
      const [first] = this.#adders();
      if (first !== undefined)
        this.#unreadable ??= unprovable(row, "cannot be read as the header has its columns", first);
      return;
    }
    for (const one of this.#sums) {
      const cell = this.#given(cells[one.at]);
      if (cell === "") continue;
      const number = parseDecimal(this.#plain(cell) ?? "");
      if (number !== undefined) one.sum = addDecimals(one.sum, number);
      else this.#unreadable ??= unprovable(row, `has ${mask(cell)} in ${one.column}, which is no number`, one);
    }
    for (const one of this.#hashTotals) {
      const digits = this.#given(cells[one.at]).replace(/\D+/g, "");
      if (digits !== "") one.sum += BigInt(digits);
    }
    for (const { at, rows } of this.#counts) {
      const value = (cells[at] ?? "").trim();
      const count = rows.get(value);
      if (count !== undefined) rows.set(value, count + 1);
    }
  }

  #given(cell = ""): string {
    const text = cell.trim();
    return this.#leaveAlone.has(text) ? "" : text;
  }

  /** Each figure that is stated, beside the file's. */
  compare({ rows, sums, hashTotals, counts }: StatedTotals): readonly ComparedTotal[] {
    return [
      ...(rows === undefined ? [] : [{ what: "number of rows", found: this.#rows, stated: rows }]),
      ...this.#sums.map(({ column, sum }) => compareSum(`sum of ${column}`, sum, sums?.[column] ?? "")),
      ...this.#hashTotals.map(({ column, sum }) => {
        const { total = "", digits } = hashTotals?.[column] ?? {};
        const kept = digits === undefined ? sum : sum % 10n ** BigInt(digits);
        return compareSum(`hash total of ${column}`, { units: kept, scale: 0 }, total);
      }),
      ...this.#counts.flatMap(({ column, rows: found }) =>
        [...found].map(([value, count]) => ({
          what: `count of ${column} ${value === "" ? "empty" : value}`,
          found: count,
          stated: counts?.[column]?.[value] ?? 0,
        })),
      ),
    ];
  }

  /** Null where all are as stated. Rejections: total_unprovable, total_differs. */
  judge(stated: StatedTotals): Rejection | null {
    if (this.#unreadable !== undefined) return this.#unreadable;
    const wrong = this.compare(stated).filter((one) => one.found !== one.stated);
    if (wrong.length === 0) return null;
    const isShown = this.#rows >= FEWEST_SHOWN;
    const told = wrong.map(({ what, found, stated: other }) =>
      isShown
        ? `the ${what} is ${grouped(found)}, and its ${stated.by} has ${grouped(other)}`
        : `the ${what} is not that of its ${stated.by}`,
    );
    return {
      code: "total_differs",
      message: told.join("; "),
      hint: "have the file compared where it was made, and send it again with its own trailer or manifest",
    };
  }
}

/** Both in the same words where they are the same, as 12.5 and 12.50 are. */
function compareSum(what: string, sum: ExactDecimal, written: string): ComparedTotal {
  const stated = parseDecimal(written);
  const found = printDecimal(sum);
  if (stated === undefined) return { what, found, stated: written };
  return { what, found, stated: isSameDecimal(sum, stated) ? found : printDecimal(stated) };
}

/** By the file's own name, else by the layout's. */
function findColumn({ header, columns, layout }: Reading, name: string): number {
  const own = header.indexOf(name);
  if (own >= 0) return own;
  return columns.indexOf(LAYOUTS[layout].names.get(name) ?? name);
}

function unprovable(row: number, how: string, { column }: Adder): Rejection {
  return {
    code: "total_unprovable",
    message: `row ${row} ${how}, so the total of ${column} cannot be compared`,
    hint: "have the row corrected and the file sent again; or leave the column out of what is compared",
    row,
  };
}
