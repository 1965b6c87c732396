/**
 * What a tick of a job's schedule does: start the job, unless a start of it is still under way here or elsewhere; and
 * start it again when it stopped on the way, so that a bank that is away at the appointed hour does not cost the night.
 * The lease decides who works; a tick never waits for another.
 */
import type { Clock } from "../clock.ts";
import { EXIT, type ExitCode } from "../errors/exit-codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { Job } from "../job.ts";

export type Tick = "started" | "busy";

/** How long after a start that stopped on the way the next one is made. */
export const AGAIN_AFTER_MS = 5 * 60_000;
/** So long after its tick a job is not started again; then it waits for the next one. */
export const AGAIN_FOR_MS = 6 * 3_600_000;

export interface TickOutside {
  readonly clock: Clock;
  /** Aborted when the schedule is to stop: nothing is started again. */
  readonly signal: AbortSignal;
  readonly onAgain: (job: Job, afterMs: number) => void;
}

/**
 * Gives the function that a schedule calls. `start` runs the whole job and gives its exit code; its FatalError
 * `lease_held` means busy elsewhere.
 */
export function createOnTick(
  start: (job: Job) => Promise<ExitCode>,
  { clock, signal, onAgain }: TickOutside,
): (job: Job) => Promise<Tick> {
  const underWay = new Set<string>();

  const startUntilDone = async (job: Job): Promise<void> => {
    const lastMs = clock.monotonicMs() + AGAIN_FOR_MS - AGAIN_AFTER_MS;
    while ((await start(job)) === EXIT.stopped && !signal.aborted && clock.monotonicMs() <= lastMs) {
      onAgain(job, AGAIN_AFTER_MS);
      await clock.sleep(AGAIN_AFTER_MS, signal);
      if (signal.aborted) return;
    }
  };

  return async (job) => {
    if (underWay.has(job.name)) return "busy";
    underWay.add(job.name);
    try {
      await startUntilDone(job);
      return "started";
    } catch (error) {
      if (error instanceof FatalError && error.code === "lease_held") return "busy";
      throw error;
    } finally {
      underWay.delete(job.name);
    }
  };
}
