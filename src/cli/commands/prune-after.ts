/**
 * What a schedule prunes: the jobs that say so, once a day, after a start of theirs. It never ends the schedule, and gives way to a run.
 */
import { systemClock } from "../../clock.ts";
import { placeOf } from "../../errors/describe-stack.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Job } from "../../job.ts";
import { pruneJob } from "../../run/after/prune-job.ts";
import { counted } from "../../text/counted.ts";
import type { LoadedJob } from "../load-job.ts";
import { openOfflineContext } from "../open-context.ts";
import type { Session } from "../session.ts";
import { fieldsOf } from "../with-context.ts";

export function openPruneAfter(
  session: Session,
  all: readonly LoadedJob[],
  signal: AbortSignal,
  clock = systemClock,
): (job: Job) => Promise<void> {
  const { log, progress } = session;
  const done = new Map<string, string>();
  return async (job) => {
    const loaded = all.find((one) => one.job.name === job.name);
    const today = new Date(clock.nowMs()).toISOString().slice(0, 10);
    const { retention } = job;
    if (loaded === undefined || retention?.at !== "schedule" || done.get(job.name) === today || signal.aborted) return;
    try {
      await using ledger = await session.openLedger();
      const context = openOfflineContext({ loaded, ledger, log, progress, signal }, session.workFolder());
      let [runs, rows] = [0, 0];
      for await (const pruned of pruneJob(context, retention, { isTrial: false })) {
        if (pruned.kind === "stays") continue;
        runs += 1;
        rows += pruned.rows;
      }
      done.set(job.name, today);
      if (runs > 0)
        log.info(`values of ${counted(rows, "row")} in ${counted(runs, "run")} were pruned`, { job: job.name });
    } catch (error) {
      if (!(error instanceof FatalError))
        log.error("an internal error ended the pruning", { job: job.name, code: "internal", error: placeOf(error) });
      else if (error.code === "lease_held" || signal.aborted)
        log.info("pruning gives way, and goes on after the next start", { job: job.name });
      else log.error(error.message, fieldsOf(job, error));
    }
  };
}
