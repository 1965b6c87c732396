/**
 * What is wrong with one cell, before it is known which column it is in: a value, never thrown.
 */
import type { Code } from "../errors/codes/codes.ts";

export interface CellFault {
  readonly code: Code;
  /** One sentence: what is wrong and what is expected. Cell values in it are masked. */
  readonly message: string;
  /** The place in the row of the cell to blame, where others make the column's value. */
  readonly at?: number;
}

/** The faults of a cell, at least one. Parsers give their value or this. */
export interface CellFaults {
  readonly kind: "faults";
  readonly all: readonly CellFault[];
}

export function faultsOf(all: readonly CellFault[]): CellFaults {
  return { kind: "faults", all };
}

export function fault(code: Code, message: string): CellFaults {
  return faultsOf([{ code, message }]);
}

/** No cell's value is an object with a kind. */
export function isFaults(value: unknown): value is CellFaults {
  return typeof value === "object" && value !== null && Reflect.get(value, "kind") === "faults";
}
