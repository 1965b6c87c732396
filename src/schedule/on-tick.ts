/**
 * What a tick of a job's schedule does: it starts the job, unless a start is still running, and starts it again if it stopped before its
 * end, so that a bank that is down at the scheduled time does not cost the night. A tick never waits for another start; it does wait for
 * one that only continues what another process has left, since that takes no new file.
 */
import type { Clock } from "../clock.ts";
import type { Job } from "../job.ts";
import { MADE_UP_FOR_MS } from "./slots.ts";
import { openTurns, type StartTurn, type TurnKind } from "./turns.ts";

export type Tick = "started" | "busy";

const MINUTE_MS = 60_000;
/** The wait after a start that stopped before its end. */
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
 * Gives the function that a schedule calls; `start` does the job's work. A tick replaces a start that waits to be repeated. A continuation
 * is left to the start that is there, and waits for it to end.
 */
export function createOnTick({
  clock,
  signal,
  onAgain,
  freeFromMs,
  onBlackout,
  onGivenUp,
}: TickOutside): (job: Job, start: Start, kind?: TurnKind) => Promise<Tick> {
  const turns = openTurns(clock, signal);
  const stops = openStops(clock);

  /** Waits for the end of a blackout. False as `turn.wait`. */
  const waitUntilFree = async (job: Job, turn: StartTurn): Promise<boolean> => {
    let saidMs: number | undefined;
    for (;;) {
      const nowMs = clock.nowMs();
      const untilMs = freeFromMs(job, nowMs);
      if (untilMs <= nowMs) return !turn.isOver;
      if (untilMs !== saidMs) onBlackout(job, untilMs);
      saidMs = untilMs;
      // The machine may be suspended, and its clock set.
      if (!(await turn.wait(Math.min(untilMs - nowMs, MINUTE_MS)))) return false;
    }
  };

  const startUntilEnded = async (job: Job, start: Start, turn: StartTurn): Promise<void> => {
    let refusals = 0;
    for (;;) {
      if (!(await waitUntilFree(job, turn))) return;
      const beganMs = clock.monotonicMs();
      const end = await turn.work(() => start(job));
      if (end !== "stopped") stops.forget(job);
      if (end === "ended" || turn.isOver) return;
      if (end === "stopped" && stops.isForLong(job, beganMs)) return onGivenUp(job);
      const afterMs = end === "stopped" ? AGAIN_AFTER_MS : waitAfterRefusal(refusals);
      onAgain(job, afterMs);
      if (!(await turn.wait(afterMs))) return;
      if (end === "stopped") continue;
      refusals += 1;
    }
  };

  return async (job, start, kind = "start") => {
    const there = turns.find(job.name);
    if (there !== undefined && kind === "continuation") {
      await there.ended;
      return "busy";
    }
    if (there?.kind === "start" && there.isAtWork) return "busy";
    try {
      await turns.take(job.name, kind, (turn) => startUntilEnded(job, start, turn));
      return "started";
    } catch (error) {
      stops.forget(job);
      throw error;
    }
  };
}

const waitAfterRefusal = (refusals: number) => REFUSED_AFTER_MS[refusals] ?? 60 * MINUTE_MS;

/** Since when all that was started of a job has stopped; also over ticks, which come sooner than a start is given up. */
function openStops(clock: Clock) {
  const sinceMs = new Map<string, number>();
  return {
    forget: ({ name }: Job) => void sinceMs.delete(name),
    isForLong({ name }: Job, beganMs: number): boolean {
      const stoppedMs = sinceMs.get(name) ?? beganMs;
      const isLong = clock.monotonicMs() - stoppedMs > MADE_UP_FOR_MS - AGAIN_AFTER_MS;
      if (isLong) sinceMs.delete(name);
      else sinceMs.set(name, stoppedMs);
      return isLong;
    },
  };
}
