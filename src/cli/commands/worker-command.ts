/**
 * `tieout worker`: works on the runs of jobs beside the process that has begun them, until a stop signal.
 */
import { systemClock } from "../../clock.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { resumeUnderLease } from "../../run/start/resume-under-lease.ts";
import { serveJob } from "../../workers/serve-job.ts";
import type { QueuedStart } from "../../workers/start-queue.ts";
import { readEnvironment } from "../environment.ts";
import { type LoadedJob, loadJobs } from "../load-job.ts";
import { openContext } from "../open-context.ts";
import { printEnd } from "../output/print-end.ts";
import type { Session } from "../session.ts";
import { tieoutVersion } from "../tieout-version.ts";
import { fieldsOf } from "../with-context.ts";
import { withoutReason } from "../without-reason.ts";
import { performStart } from "./perform-start.ts";

/** How long to wait for a ledger that has failed, before it is opened anew. */
const REOPEN_MS = 1_000;

/** Serves all jobs in jobs/ when none is named. */
export async function workerCommand(session: Session, names: readonly string[]): Promise<ExitCode> {
  const { log, signal } = session;
  readEnvironment(process.env);
  const loaded = await loadJobs(names);
  if (loaded.length === 0) throw new FatalError("job_not_found", "there is no job here", { hint: "name a job file" });
  // A missing ledger or a wrong address is said at once; what comes later may come right.
  await session.queue();
  await session.ledger();
  log.info("the worker has started", { jobs: loaded.length });
  while (!signal.aborted) {
    try {
      await using ledger = await session.openLedger();
      await serveAll(session, loaded, ledger);
    } catch (error) {
      if (!(error instanceof FatalError) || !["ledger_failed", "ledger_unusable", "lease_lost"].includes(error.code))
        throw error;
      log.warn(error.message, { code: error.code });
      await systemClock.sleep(REOPEN_MS, signal);
    }
  }
  log.info("the worker has stopped");
  return EXIT.done;
}

/** Rejects when one of the jobs can no longer be served, once the others have stopped. */
async function serveAll(session: Session, loaded: readonly LoadedJob[], ledger: Ledger): Promise<void> {
  const { log, progress } = session;
  const failed = new AbortController();
  const signal = AbortSignal.any([withoutReason(session.signal), failed.signal]);
  const queue = await session.queue();
  const serve = async (one: LoadedJob) => {
    const parts = { loaded: one, ledger, log, progress, signal, queue: session.queue };
    const context = await openContext(parts, session.workFolder());
    const { owner, bankName } = context;
    // With an owner of its own, so that the job's lease keeps it apart from a run that this process continues.
    const perform = async (start: QueuedStart, isLost: AbortSignal) =>
      performStart(session, await openContext(parts, session.workFolder()), start, isLost);
    const starts = queue.starts.serve({ bank: bankName, job: one.job.name }, perform, signal);
    // Awaited below; what fails here fails there.
    starts.catch(() => failed.abort("failed"));
    try {
      await serveJob(context, {
        queue,
        owner,
        version: tieoutVersion(),
        async resume(run) {
          log.warn(`continues run ${run.id}, whose process has died`, { run: run.id, job: one.job.name });
          try {
            printEnd(session, context, await resumeUnderLease(context, run, null));
          } catch (error) {
            if (!(error instanceof FatalError) || error.code === "ledger_failed") throw error;
            if (error.code === "lease_held") log.info(`another process continues run ${run.id}`, { run: run.id });
            else log.error(error.message, fieldsOf(one.job, error));
          }
        },
      });
    } catch (error) {
      failed.abort("failed");
      throw error;
    } finally {
      await starts;
    }
  };
  const ends = await Promise.allSettled(loaded.map(serve));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
