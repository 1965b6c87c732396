/**
 * What a tick of a job's schedule does: start the job, unless a start of it is still under way here or elsewhere; and
 * start it again when it stopped on the way, so that a bank that is away at the appointed hour does not cost the night.
 * The lease decides who works; a tick never waits for another.
 */
import type { Clock } from "../clock.ts";
import { EXIT, type ExitCode } from "../errors/exit-codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { Job } from "../job.ts";
import { MADE_UP_FOR_MS } from "./slots.ts";

export type Tick = "started" | "busy";

/** How long after a start that stopped on the way the next one is made. */
export const AGAIN_AFTER_MS = 5 * 60_000;
export interface TickOutside {
  readonly clock: Clock;
  /** Aborted when the schedule is to stop: nothing is started again. */
  readonly signal: AbortSignal;
  readonly onAgain: (job: Job, afterMs: number) => void;
}

type Start = (job: Job) => Promise<ExitCode>;

/**
 * Gives the function that a schedule calls. `start` does the job's work and gives its exit code; its FatalError
 * `lease_held` means busy elsewhere. A tick takes the place of a start that waits to be made again.
 */
export function createOnTick({ clock, signal, onAgain }: TickOutside): (job: Job, start: Start) => Promise<Tick> {
  const underWay = new Set<string>();
  const waiting = new Map<string, AbortController>();

  const startOnce = async (job: Job, start: Start): Promise<ExitCode> => {
    underWay.add(job.name);
    try {
      return await start(job);
    } finally {
      underWay.delete(job.name);
    }
  };

  /** False when a tick came first, or the schedule is to stop. */
  const waitForTurn = async (job: Job): Promise<boolean> => {
    const turn = new AbortController();
    waiting.set(job.name, turn);
    const either = AbortSignal.any([signal, turn.signal]);
    await clock.sleep(AGAIN_AFTER_MS, either);
    if (!turn.signal.aborted) waiting.delete(job.name);
    return !either.aborted;
  };

  return async (job, start) => {
    if (underWay.has(job.name)) return "busy";
    waiting.get(job.name)?.abort("a tick came first");
    waiting.delete(job.name);
    const lastMs = clock.monotonicMs() + MADE_UP_FOR_MS - AGAIN_AFTER_MS;
    try {
      while ((await startOnce(job, start)) === EXIT.stopped && !signal.aborted && clock.monotonicMs() <= lastMs) {
        onAgain(job, AGAIN_AFTER_MS);
        if (!(await waitForTurn(job))) break;
      }
      return "started";
    } catch (error) {
      if (error instanceof FatalError && error.code === "lease_held") return "busy";
      throw error;
    }
  };
}
