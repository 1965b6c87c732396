/**
 * `tieout resume`: continues an unfinished run under its job's lease.
 */
import type { Run } from "../../ledger/run.ts";
import type { RunEnd } from "../carry-run.ts";
import type { RunContext } from "../context.ts";
import { holdJob } from "./hold-job.ts";
import { resumeRun } from "./start-job.ts";

export async function resumeUnderLease(context: RunContext, run: Run, limit: number | null): Promise<RunEnd> {
  await using lease = await holdJob(context);
  const fenced = { ...context, ledger: context.ledger.fencedBy(lease.current) };
  return await resumeRun(fenced, run, { lease: lease.current, limit });
}
