/**
 * Which jobs are at work in this process, and which wait to be started again. One that waits gives way to a tick.
 */
import type { Clock } from "../clock.ts";

export interface StartTurns {
  isAtWork(job: string): boolean;
  work<Result>(job: string, act: () => Promise<Result>): Promise<Result>;
  /** False if a tick came first, or the schedule stops. */
  wait(job: string, afterMs: number): Promise<boolean>;
  /** A tick has come: whoever waits for a turn of the job has none. */
  giveWay(job: string): void;
}

/** `signal` is aborted when the schedule stops. */
export function openTurns(clock: Clock, signal: AbortSignal): StartTurns {
  const atWork = new Set<string>();
  const waiting = new Map<string, AbortController>();
  return {
    isAtWork: (job) => atWork.has(job),

    async work(job, act) {
      atWork.add(job);
      try {
        return await act();
      } finally {
        atWork.delete(job);
      }
    },

    async wait(job, afterMs) {
      const turn = new AbortController();
      waiting.set(job, turn);
      const either = AbortSignal.any([signal, turn.signal]);
      await clock.sleep(afterMs, either);
      if (!turn.signal.aborted) waiting.delete(job);
      return !either.aborted;
    },

    giveWay(job) {
      waiting.get(job)?.abort("a tick came first");
      waiting.delete(job);
    },
  };
}
