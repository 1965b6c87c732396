/**
 * What a run's selection has left out, as the summary says it.
 */
import type { Ledger } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { describeSelection, flagsOf, NOT_SELECTED } from "../../plan/selection.ts";
import type { Summary } from "../../report/summary.ts";
import type { Tally } from "../../report/write-results.ts";
import type { RunContext } from "../context.ts";

/** None for a run of all rows. */
export async function narrowedOf(
  { ledger }: Pick<RunContext, "ledger">,
  run: Run,
  { notes }: Tally,
): Promise<Summary["narrowed"]> {
  const { selection } = run;
  if (selection === undefined) return undefined;
  const rows = notes.find(({ word, code }) => word === "skipped" && code === NOT_SELECTED.code)?.count ?? 0;
  const byPlan = (await isNarrowedByPlan(ledger, run)) && { byPlan: true as const };
  return { to: describeSelection(selection), flags: flagsOf(selection), rows, ...byPlan };
}

/** Whether it was the plan that left out rows, so that there are no calls for them: a run makes those of its plan alone. */
export async function isNarrowedByPlan({ runs }: Ledger, { planOf, selection }: Run): Promise<boolean> {
  if (planOf === null || selection === undefined) return false;
  return JSON.stringify((await runs.find(planOf))?.selection) === JSON.stringify(selection);
}

/** Whether the bank need not agree with the file, since rows were left out that a person may still want. */
export function isNarrowed({ kind, abandoned }: Run, narrowed: Summary["narrowed"]): boolean {
  return kind === "run" && abandoned === null && narrowed !== undefined && narrowed.rows > 0;
}
