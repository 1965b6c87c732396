/**
 * What was done with cells of repaired rows, counted by column for the summary: issues of rows in, figures and lines out.
 */
import type { Code } from "../errors/codes/codes.ts";
import type { Issue } from "../errors/issue.ts";
import { grouped } from "../text/counted.ts";
import { toLine } from "../text/to-line.ts";

export interface Repairs {
  /** Cells that a spreadsheet program had changed, by the kind of change, and that are as they were again. */
  readonly restored: readonly { readonly column: string; readonly damage: string; readonly cells: number }[];
  /** Cells that were edited though nothing was wrong with their column. */
  readonly edited: readonly { readonly column: string; readonly allowed: boolean; readonly cells: number }[];
}

const COUNTED: readonly Code[] = ["cell_restored", "edit_allowed", "edit_not_allowed", "cell_unproven"];

/** Rows are counted as they come, and not kept. */
export class RepairTally {
  readonly #counts = new Map<string, { readonly issue: Issue; cells: number }>();

  add(issues: readonly Issue[]): void {
    for (const issue of issues) {
      const { code, column, damage = "" } = issue;
      if (!COUNTED.includes(code)) continue;
      const name = JSON.stringify([column, code, damage]);
      const count = this.#counts.get(name) ?? { issue, cells: 0 };
      count.cells += 1;
      this.#counts.set(name, count);
    }
  }

  /** By column; null where no row is a repaired one with such a cell. */
  end(): Repairs | null {
    const all = [...this.#counts].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, count]) => count);
    if (all.length === 0) return null;
    return {
      restored: all.flatMap(({ issue: { code, column, damage = "" }, cells }) =>
        code === "cell_restored" ? [{ column, damage, cells }] : [],
      ),
      edited: all.flatMap(({ issue: { code, column }, cells }) =>
        code === "cell_restored" ? [] : [{ column, allowed: code === "edit_allowed", cells }],
      ),
    };
  }
}

/** As `restored after a spreadsheet: 12 in limit (number)` and `edited besides: 1 in status (not allowed)`. */
export function describeRepairs({ restored, edited }: Repairs): string[] {
  const listed = (title: string, counts: readonly (readonly [cells: number, column: string, how: string])[]) => {
    const named = counts.map(([cells, column, how]) => `${grouped(cells)} in ${toLine(column)} (${how})`);
    return named.length === 0 ? [] : [`${title}: ${named.join(", ")}`];
  };
  return [
    ...listed(
      "cells restored after a spreadsheet",
      restored.map(({ cells, column, damage }) => [cells, column, damage]),
    ),
    ...listed(
      "cells edited where nothing was wrong",
      edited.map(({ cells, column, allowed }) => [cells, column, allowed ? "allowed" : "not allowed"]),
    ),
  ];
}
