/**
 * What a run's selection has left out, as the summary says it. Pure.
 */
import type { Run } from "../../ledger/run.ts";
import { describeSelection, flagsOf, NOT_SELECTED } from "../../plan/selection.ts";
import type { Summary } from "../../report/summary.ts";
import type { Tally } from "../../report/write-results.ts";

/** None for a run of all rows. */
export function narrowedOf({ selection }: Run, { reasons }: Tally): NonNullable<Summary["narrowed"]> | undefined {
  if (selection === undefined) return undefined;
  const rows = reasons.find(({ word, code }) => word === "skipped" && code === NOT_SELECTED.code)?.count ?? 0;
  return { to: describeSelection(selection), flags: flagsOf(selection), rows };
}

/** Whether the bank need not agree with the file, since rows were left out that a person may still want. */
export function isNarrowed(run: Run, tally: Tally): boolean {
  return run.kind === "run" && run.abandoned === null && (narrowedOf(run, tally)?.rows ?? 0) > 0;
}
