/**
 * A row and how it is read in, each column that the job has a shape for with its cells as given and its value as read out; for a
 * person who asks why. Pure.
 */
import { isFaults } from "../cell-fault.ts";
import type { CsvRow } from "../csv-row.ts";
import type { Reading } from "../reading.ts";
import { decimalsOf, hasShape, stepsOf } from "./cell-parsers.ts";
import { ShapedCells, shapedValue } from "./shaped-cells.ts";

export interface ShapedColumn {
  /** In the `tieout` layout. */
  readonly column: string;
  /** Under the header's names; none for a constant. */
  readonly cells: readonly (readonly [name: string, cell: string])[];
  /** Null for cells that have none. */
  readonly value: unknown;
}

/** Those that the row says something of. */
export function listShaped({ cells }: CsvRow, reading: Reading): readonly ShapedColumn[] {
  const steps = stepsOf(reading);
  if (cells === null || cells.length !== reading.columns.length || steps.shaped.length === 0) return [];
  const row = new ShapedCells(cells, reading, steps);
  const decimals = reading.money === "minor" ? 0 : decimalsOf(row.ownCurrency, reading);
  return steps.shaped.flatMap((step) => {
    const value = shapedValue(step, row, { decimals, namesAccount: false });
    if (value === undefined) return [];
    const given = step.at.map((at) => [reading.header[at] ?? "", cells[at] ?? ""] as const);
    return [{ column: step.column, cells: given, value: isFaults(value) ? null : value }];
  });
}

/** What a row's cell says in a column of text, also in a row that is invalid for another one; null for nothing. */
export function textIn(source: CsvRow, reading: Reading, column: string): string | null {
  if (!hasShape(reading, column)) return source.cells?.[reading.columns.indexOf(column)]?.trim() || null;
  const value = listShaped(source, reading).find((one) => one.column === column)?.value;
  return typeof value === "string" ? value : null;
}
