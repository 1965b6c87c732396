/**
 * `tieout worker`: works on the runs of jobs beside the process that has begun them, until a stop signal.
 */
import { systemClock } from "../../clock.ts";
import type { Code } from "../../errors/codes/codes.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Job } from "../../job.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Meter } from "../../monitor/meter.ts";
import { serveJob } from "../../workers/serve-job.ts";
import type { QueuedStart } from "../../workers/start-queue.ts";
import { readEnvironment } from "../environment.ts";
import { ledgerPlace } from "../ledger-place.ts";
import { type LoadedJob, loadJobs } from "../load-job.ts";
import { openContext } from "../open-context.ts";
import { openMonitor } from "../open-monitor.ts";
import { loadQueue } from "../open-queue.ts";
import type { Session } from "../session.ts";
import { openOutboxes } from "../tell.ts";
import { tieoutVersion } from "../tieout-version.ts";
import { withoutReason } from "../without-reason.ts";
import { continueDied } from "./continue-died.ts";
import { performStart } from "./perform-start.ts";

/** The most calls in flight of this process. */
export interface MostCalls {
  readonly reads?: number;
  readonly writes?: number;
}

/** How long to wait for a ledger that is not there yet, or has failed, before it is opened anew. */
const REOPEN_MS = 1_000;
/** What may come right without anybody at this host. */
const MAY_COME_RIGHT: readonly Code[] = ["no_ledger", "ledger_failed", "lease_lost"];
/** Beside that, once the ledger was open: then the address and the packages have been right. */
const OPENED_MAY_COME_RIGHT: readonly Code[] = [...MAY_COME_RIGHT, "ledger_unusable"];

/** Serves all jobs in jobs/ when none is named. */
export async function workerCommand(
  session: Session,
  names: readonly string[],
  most: MostCalls,
  listen?: string,
): Promise<ExitCode> {
  const { log, signal } = session;
  readEnvironment(process.env);
  const loaded = (await loadJobs(names)).map((one) => ({ ...one, job: withMost(one.job, most) }));
  if (loaded.length === 0) throw new FatalError("job_not_found", "there is no job here", { hint: "name a job file" });
  await loadQueue(ledgerPlace(process.env));
  await using monitor = await openMonitor(session, loaded, listen);
  const outboxes = openOutboxes(session, loaded, withoutReason(signal));
  let isOpened = false;
  let said = "";
  while (!signal.aborted) {
    try {
      await using ledger = await session.openLedger();
      await session.queue();
      if (!isOpened) log.info("the worker has started", { jobs: loaded.length });
      isOpened = true;
      said = "";
      monitor?.begin();
      await serveAll(session, loaded, ledger, outboxes.onAlarmOf, monitor?.meter);
    } catch (error) {
      if (!(error instanceof FatalError)) throw error;
      const { code, message, hint } = error;
      if (!(isOpened ? OPENED_MAY_COME_RIGHT : MAY_COME_RIGHT).includes(code)) throw error;
      // Once for each trouble, however long it lasts.
      if (message !== said)
        log.warn(`${message}; the worker waits, and looks again every second`, { code, next: hint });
      said = message;
      await systemClock.sleep(REOPEN_MS, signal);
    }
  }
  await outboxes.ended;
  log.info("the worker has stopped");
  return EXIT.done;
}

/** Never more than the job says. */
function withMost(job: Job, { reads = Infinity, writes = Infinity }: MostCalls): Job {
  const { concurrency } = job;
  return {
    ...job,
    concurrency: { reads: Math.min(concurrency.reads, reads), writes: Math.min(concurrency.writes, writes) },
  };
}

/** Rejects when one of the jobs can no longer be served, once the others have stopped. */
async function serveAll(
  session: Session,
  loaded: readonly LoadedJob[],
  ledger: Ledger,
  onAlarmOf: (job: string) => () => void,
  meter: Meter | null = null,
): Promise<void> {
  const { log, progress } = session;
  const failed = new AbortController();
  const signal = AbortSignal.any([withoutReason(session.signal), failed.signal]);
  const queue = await session.queue();
  const serve = async (one: LoadedJob) => {
    const onAlarm = onAlarmOf(one.job.name);
    const parts = { loaded: one, ledger, log, progress, signal, onAlarm, meter, queue: session.queue };
    const context = await openContext(parts, session.workFolder());
    const { owner, bankName } = context;
    const own = new Set<string>();
    // With an owner of its own, so that the job's lease keeps it apart from a run that this process continues.
    const perform = async (start: QueuedStart, isLost: AbortSignal) => {
      const starting = await openContext(parts, session.workFolder());
      own.add(starting.owner);
      try {
        return await performStart(session, starting, start, isLost, meter);
      } finally {
        own.delete(starting.owner);
      }
    };
    const starts = queue.starts.serve({ bank: bankName, job: one.job.name }, perform, signal);
    // Awaited below; what fails here fails there.
    starts.catch(() => failed.abort("failed"));
    try {
      await serveJob(context, {
        queue,
        owner,
        version: tieoutVersion(),
        isOwn: (name) => own.has(name),
        resume: (run) => continueDied(session, context, run, meter),
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
