/**
 * `tieout resume`: continues an unfinished run under its job's lease.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { Run } from "../../ledger/run.ts";
import type { RunEnd } from "../carry-run.ts";
import type { RunContext } from "../context.ts";
import { ONE_DEATH_LEFT } from "../one-row.ts";
import { isNarrowedByPlan } from "../report/narrowed.ts";
import { holdJob } from "./hold-job.ts";
import { resumeRun } from "./start-job.ts";

export interface ResumeWays {
  /** With the rows that its selection has left out. */
  readonly isWhole?: boolean;
  /** A person asks for it: a row over which processes have died is tried once more, after all others. */
  readonly byPerson?: boolean;
}

export async function resumeUnderLease(
  context: RunContext,
  run: Run,
  limit: number | null,
  { isWhole = false, byPerson = false }: ResumeWays = {},
): Promise<RunEnd> {
  await using lease = await holdJob(context);
  const ledger = context.ledger.fencedBy(lease.current);
  if (isWhole && (await isNarrowedByPlan(ledger, run)))
    throw new FatalError("usage", `run ${run.id} applies a plan of some rows, and has no plan of the others`, {
      hint: `leave them with tieout abandon ${run.id} --reason "…", then plan the file again with --again`,
    });
  if (byPerson) await ledger.changes.forgiveDeaths(run, ONE_DEATH_LEFT);
  return await resumeRun({ ...context, ledger }, run, { lease: lease.current, limit, isWhole });
}
