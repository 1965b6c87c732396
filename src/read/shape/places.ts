/**
 * Where in a row the cells are that make a value: a column's own cell, or parts that the job names. A part is called after its
 * column and the file's name, with a tab between them, which no name has: so each cell still has one name of its own. Pure.
 */
import type { Reading } from "../reading.ts";
import type { ShapeSettings, Shapes } from "../shapes.ts";
import { shapesOf } from "./shapes-of.ts";

export const partName = (column: string, fileName: string) => `${column}\t${fileName}`;

/** The column that a part is of; any other name is its own. */
export const wholeOf = (name: string) => name.split("\t", 1)[0] ?? name;

/** Whether other columns of the file make the column, so that it has no cell of its own. */
export const isMade = (shapes: Shapes | undefined, column: string) =>
  shapes?.join?.[column] !== undefined || shapes?.amounts?.[column]?.byCurrency !== undefined;

/** The file's names of the parts of a column. */
export function partsOf(shapes: Shapes | undefined, column: string): readonly string[] {
  const amount = shapes?.amounts?.[column];
  return [
    ...(shapes?.join?.[column]?.columns ?? []),
    ...Object.values(amount?.byCurrency ?? {}),
    ...(amount?.currency === undefined ? [] : [amount.currency]),
  ];
}

/** The file's names that the job gives to parts of columns. */
export const partsGiven = (settings: ShapeSettings): readonly string[] => [...partNames(shapesOf(settings)).keys()];

/** The file's name → the part that such a column is. */
export function partNames(shapes: Shapes | undefined): ReadonlyMap<string, string> {
  const columns = [...Object.keys(shapes?.join ?? {}), ...Object.keys(shapes?.amounts ?? {})];
  return new Map(
    columns.flatMap((column) => partsOf(shapes, column).map((name) => [name, partName(column, name)] as const)),
  );
}

/** Whether the map of status gives the reason too, as `inactive/frozen` does. */
export function givesReason(shapes: Shapes | undefined): boolean {
  const cells = shapes?.values?.status?.cells ?? {};
  return Object.values(cells).some((value) => value?.includes("/") === true);
}

interface Columns extends Pick<Reading, "columns"> {
  readonly forms?: Reading["forms"] | undefined;
}

/** The places of the cells that a column of the `tieout` layout is read from, the first to blame first; none for a constant. */
export function placesOf({ columns, forms }: Columns, column: string): readonly number[] {
  const own = columns.indexOf(column);
  if (own >= 0) return [own];
  const parts = columns.flatMap((name, at) =>
    name !== null && name !== column && wholeOf(name) === column ? [at] : [],
  );
  if (parts.length > 0) return parts;
  return column === "status_reason" && givesReason(forms?.shapes) ? placesOf({ columns, forms }, "status") : [];
}
