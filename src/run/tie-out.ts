/**
 * Records what a run has applied or seen equal as tied out, so that the same need not be fetched again for a time. What it goes by are the
 * ends of the changes, each committed with its word: so it can be done at any later time, and again.
 */
import type { Run } from "../ledger/run.ts";
import type { RunContext } from "./context.ts";
import { settingsSha256 } from "./job-sha256.ts";

/** Nothing for a job that skips nothing, and none of a run that goes on with other settings than its rows were read with. */
export async function tieOut({ ledger, job }: RunContext, run: Run): Promise<void> {
  if (job.skipUnchangedFor === undefined || run.kind === "validate") return;
  if (settingsSha256(job) === run.settingsSha256) await ledger.tiedOut.recordTiedOut(run);
}
