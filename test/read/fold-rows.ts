/** Folds rows that are all at hand, as a run does with those in the ledger. */
import type { Issue } from "../../src/errors/issue.ts";
import { instantNs } from "../../src/instant.ts";
import type { Desired, DesiredRow } from "../../src/read/change.ts";
import { Fold, isSuperseded } from "../../src/read/fold.ts";

export type FoldedRows =
  | { readonly kind: "change"; readonly desired: Desired; readonly superseded: readonly number[] }
  | { readonly kind: "contradiction"; readonly issue: Issue };

export function foldRows(rows: readonly DesiredRow[]): FoldedRows {
  const fold = new Fold();
  for (const row of rows) fold.add(row);
  const folded = fold.end(new Set(rows.map(({ desired }) => instantNs(desired.effective_at ?? ""))).size);
  if (folded.kind === "contradiction") return folded;
  const { desired, left } = folded;
  const superseded = left === null ? [] : rows.filter((row) => isSuperseded(row, left));
  return { kind: "change", desired, superseded: superseded.map(({ source }) => source.row).sort((a, b) => a - b) };
}
