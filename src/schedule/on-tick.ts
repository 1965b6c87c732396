/**
 * What a tick of a job's schedule does: it starts the job, unless a start is still running here or elsewhere, and starts it again if it
 * stopped before its end, so that a bank that is down at the scheduled time does not cost the night. The lease decides who works; a tick
 * never waits for another.
 */
import type { Clock } from "../clock.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { Job } from "../job.ts";
import { MADE_UP_FOR_MS } from "./slots.ts";
import { openTurns } from "./turns.ts";

export type Tick = "started" | "busy";

/** The wait after a start that stopped before its end. */
const MINUTE_MS = 60_000;
export const AGAIN_AFTER_MS = 5 * MINUTE_MS;
/** The wait after each refusal; then every hour. */
const REFUSED_AFTER_MS: readonly number[] = [5, 15].map((minutes) => minutes * MINUTE_MS);
export interface TickOutside {
  readonly clock: Clock;
  /** Aborted when the schedule stops: nothing is started again. */
  readonly signal: AbortSignal;
  readonly onAgain: (job: Job, afterMs: number) => void;
  /** The first instant from then on at which a start of the job may begin. */
  readonly freeFromMs: (job: Job, atMs: number) => number;
  readonly onBlackout: (job: Job, untilMs: number) => void;
  /** It stopped again and again, and is not started again before the next tick. */
  readonly onGivenUp: (job: Job) => Promise<void>;
}

/**
 * `stopped`: it stopped before its end, so the job is started again every five minutes for six hours. `refused`: the bank refused the
 * credentials or did not allow the call, which a person has to fix; the job is started again after 5, 15 and 60 minutes, and then every
 * hour. Both until the next tick.
 */
export type StartEnd = "ended" | "stopped" | "refused";

export type Start = (job: Job) => Promise<StartEnd>;

/**
 * Gives the function that a schedule calls. `start` does the job's work; its FatalError `lease_held` means busy elsewhere. A tick replaces
 * a start that waits to be repeated.
 */
export function createOnTick({
  clock,
  signal,
  onAgain,
  freeFromMs,
  onBlackout,
  onGivenUp,
}: TickOutside): (job: Job, start: Start) => Promise<Tick> {
  const turns = openTurns(clock, signal);
  /** By job, since when all that was started has stopped; also over ticks, which come sooner than a start is given up. */
  const stoppedSinceMs = new Map<string, number>();

  /** Waits for the end of a blackout. False as `turns.wait`. */
  const waitUntilFree = async (job: Job): Promise<boolean> => {
    for (;;) {
      const untilMs = freeFromMs(job, clock.nowMs());
      if (untilMs <= clock.nowMs()) return true;
      onBlackout(job, untilMs);
      if (!(await turns.wait(job.name, untilMs - clock.nowMs()))) return false;
    }
  };

  const hasStoppedForLong = ({ name }: Job, beganMs: number): boolean => {
    const sinceMs = stoppedSinceMs.get(name) ?? beganMs;
    const isLong = clock.monotonicMs() - sinceMs > MADE_UP_FOR_MS - AGAIN_AFTER_MS;
    if (isLong) stoppedSinceMs.delete(name);
    else stoppedSinceMs.set(name, sinceMs);
    return isLong;
  };

  const startUntilEnded = async (job: Job, start: Start): Promise<void> => {
    let refusals = 0;
    for (;;) {
      if (!(await waitUntilFree(job))) return;
      const beganMs = clock.monotonicMs();
      const end = await turns.work(job.name, () => start(job));
      if (end !== "stopped") stoppedSinceMs.delete(job.name);
      if (end === "ended" || signal.aborted) return;
      if (end === "stopped" && hasStoppedForLong(job, beganMs)) return onGivenUp(job);
      const afterMs = end === "stopped" ? AGAIN_AFTER_MS : waitAfterRefusal(refusals);
      onAgain(job, afterMs);
      if (!(await turns.wait(job.name, afterMs))) return;
      if (end === "stopped") continue;
      refusals += 1;
    }
  };

  return async (job, start) => {
    if (turns.isAtWork(job.name)) return "busy";
    turns.giveWay(job.name);
    try {
      await startUntilEnded(job, start);
      return "started";
    } catch (error) {
      stoppedSinceMs.delete(job.name);
      if (error instanceof FatalError && error.code === "lease_held") return "busy";
      throw error;
    }
  };
}

const waitAfterRefusal = (refusals: number) => REFUSED_AFTER_MS[refusals] ?? 60 * MINUTE_MS;
