/**
 * Cells that stand for a value: a map of the job in, a function out that gives the value's text. Every value is listed; what is
 * not is a fault.
 */
import { counted } from "../../text/counted.ts";
import { inMessage, mask } from "../../text/show-id.ts";
import { tellUnseen } from "../../text/unseen.ts";
import { type CellFaults, fault } from "../cell-fault.ts";
import type { ValueMap } from "../shapes.ts";

/** How many of the known cells a message names. */
const CELLS_NAMED = 20;

const fold = (cell: string) => cell.toLowerCase();

/** `null` for what is to be left alone. */
export function mapValue({ cells, ignoresCase }: ValueMap): (cell: string) => string | null | CellFaults {
  const known = new Map(Object.entries(cells).map(([cell, value]) => [ignoresCase ? fold(cell) : cell, value]));
  const named = Object.keys(cells)
    .slice(0, CELLS_NAMED)
    .map((cell) => (cell === "" ? "an empty cell" : inMessage(cell)))
    .join(", ");
  const more = Object.keys(cells).length - CELLS_NAMED;
  const list = more > 0 ? `${named} and ${counted(more, "other")}` : named;
  const folded = new Set(Object.keys(cells).map(fold));
  return (cell) => {
    const value = known.get(ignoresCase ? fold(cell) : cell);
    if (value !== undefined) return value;
    const why = folded.has(fold(cell))
      ? '; letter case counts, unless the job says letterCase: "ignore"'
      : tellUnseen(cell);
    return fault(
      "value_unmapped",
      `${mask(cell)} is not one of the cells that the job gives a value to: ${list}${why}`,
    );
  };
}

/** Two of the map's cells that are one when letter case counts for nothing. */
export function findSameCells({ cells, ignoresCase }: ValueMap): readonly [string, string] | undefined {
  if (!ignoresCase) return undefined;
  const seen = new Map<string, string>();
  for (const cell of Object.keys(cells)) {
    const other = seen.get(fold(cell));
    if (other !== undefined) return [other, cell];
    seen.set(fold(cell), cell);
  }
  return undefined;
}
