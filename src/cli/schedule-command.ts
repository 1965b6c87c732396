/**
 * The schedule command: goes on until it is told to stop, and starts each job at its times. Flags in, exit code out.
 */
import { systemClock } from "../clock.ts";
import { EXIT, type ExitCode } from "../errors/exit-codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import { placeOf } from "../errors/frames.ts";
import { CODES } from "../errors/registry.ts";
import type { Job } from "../job.ts";
import { openSqliteLedger } from "../ledger/sqlite-ledger.ts";
import { createOnTick } from "../schedule/on-tick.ts";
import { runSchedule } from "../schedule/run-schedule.ts";
import { ledgerPath } from "./environment.ts";
import { loadJobs } from "./load-job.ts";
import { openContext } from "./open-context.ts";
import { startLoaded } from "./run-commands.ts";
import type { Session } from "./session.ts";

const EVERY_FILE = { kind: "run", file: null, from: null, limit: null, again: null } as const;

export async function scheduleCommand(session: Session, names: readonly string[]): Promise<ExitCode> {
  const { log, progress, signal } = session;
  const loaded = (await loadJobs(names)).filter(({ job }) => job.schedule !== undefined);
  if (loaded.length === 0) {
    throw new FatalError("job_invalid", "no job has a schedule", {
      hint: "give schedule: { cron, zone } in a job file",
    });
  }
  // What every start would stumble over is told before the first one.
  const ledger = await session.ledger();
  for (const one of loaded) openContext({ loaded: one, ledger, log, progress, signal });

  const start = async ({ name }: Job): Promise<ExitCode> => {
    const one = loaded.find(({ job }) => job.name === name);
    if (one === undefined) return EXIT.done;
    try {
      // A ledger of its own for each start: one whose disk has failed takes no more writes.
      await using own = await openSqliteLedger(ledgerPath(process.env));
      return await startLoaded(session, openContext({ loaded: one, ledger: own, log, progress, signal }), EVERY_FILE);
    } catch (error) {
      if (!(error instanceof FatalError) || error.exit === EXIT.ourFault || !CODES[error.code].retryHelps) throw error;
      if (error.code === "lease_held") throw error;
      log.error(error.message, { job: name, code: error.code, next: error.hint });
      return EXIT.stopped;
    }
  };
  const onTick = createOnTick(start, {
    clock: systemClock,
    signal,
    onAgain: (job, afterMs) =>
      log.warn("the job stopped on the way, and is started again after a wait", { job: job.name, waitMs: afterMs }),
  });
  const tick = async (job: Job): Promise<void> => {
    try {
      if ((await onTick(job)) === "busy")
        log.info("the job is still under way, so this tick is passed over", { job: job.name });
    } catch (error) {
      if (error instanceof FatalError) {
        log.error(error.message, { job: job.name, code: error.code, next: error.hint });
      } else log.error("a bug ended this tick", { job: job.name, code: "internal", error: placeOf(error) });
    }
  };

  for (const { job } of loaded)
    log.info("scheduled", { job: job.name, cron: job.schedule?.cron, zone: job.schedule?.zone });
  const jobs = loaded.map(({ job }) => job);
  await runSchedule(jobs, tick, signal);
  return EXIT.done;
}
