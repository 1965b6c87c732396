/**
 * `tieout resume`: continues an unfinished run under its job's lease.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { Run } from "../../ledger/run.ts";
import { entryOfJob } from "../audit-entry.ts";
import type { RunEnd } from "../carry-run.ts";
import type { RunContext } from "../context.ts";
import { holdJob } from "./hold-job.ts";
import { resumeRun } from "./start-job.ts";

/** `isWhole`: with the rows that its selection has left out. */
export async function resumeUnderLease(
  context: RunContext,
  run: Run,
  limit: number | null,
  isWhole = false,
): Promise<RunEnd> {
  await using lease = await holdJob(context);
  const ledger = context.ledger.fencedBy(lease.current);
  if (isWhole) {
    checkWidens(run);
    const entry = entryOfJob(context, "resume", { run: run.id, details: { whole: true } });
    await ledger.audited(entry).selection.widen(run);
  }
  const { selection: _, ...whole } = run;
  return await resumeRun({ ...context, ledger }, isWhole ? whole : run, { lease: lease.current, limit });
}

/** What a narrowed plan has left out was never planned, and `apply` makes no other calls than the plan's. */
function checkWidens({ id, planOf, selection }: Run): void {
  if (planOf === null || selection === undefined) return;
  throw new FatalError("usage", `run ${id} applies a plan of some rows, and has no plan of the others`, {
    hint: `leave them with tieout abandon ${id} --reason "…", then plan the file again with --again`,
  });
}
