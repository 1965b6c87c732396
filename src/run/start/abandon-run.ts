/**
 * Gives up the rest of a run, and what guards hold of it: its rows are skipped, nothing more is sent, and what is in doubt is settled by
 * reading.
 */
import type { Run } from "../../ledger/run.ts";
import { entryOfJob } from "../audit-entry.ts";
import type { RunEnd } from "../carry-run.ts";
import type { RunContext } from "../context.ts";
import { holdJob } from "./hold-job.ts";
import { resumeRun } from "./start-job.ts";

/** A run that has not read all of its rows gets no results, and its file counts as rejected. */
export async function abandonRun(context: RunContext, run: Run, reason: string): Promise<RunEnd> {
  const { ledger, clock } = context;
  await using lease = await holdJob(context);
  const fenced = ledger.fencedBy(lease.current);
  await fenced.audited(entryOfJob(context, "abandon", { run: run.id, reason })).runs.record(run, { abandoned: reason });
  if (run.stage === "read") {
    const message = `run ${run.id} was abandoned before its rows were read: ${reason}`;
    const rejection = { code: "abandoned", message, hint: "to run the file after all, give it with --again" } as const;
    const entry = entryOfJob(context, "end", { run: run.id, details: { exit: 0, code: rejection.code } });
    await fenced.audited(entry).runs.recordRejection(run, rejection, 0, clock.nowMs());
    return { kind: "rejected", run, rejection };
  }
  // Only now: what is open of a run that is not abandoned is sent.
  await fenced.guards.giveUp(run);
  const abandoned = { ...run, abandoned: reason, waiting: false };
  return await resumeRun({ ...context, ledger: fenced }, abandoned, { lease: lease.current, limit: null });
}
