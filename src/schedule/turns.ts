/**
 * Whose turn it is to work on a job in this process: at most one is at work, and one that waits to go on gives way to a new one.
 */
import type { Clock } from "../clock.ts";

/** `start`: a whole start of the job, with all of its files. `continuation`: what another process has left, and no more. */
export type TurnKind = "start" | "continuation";

export interface StartTurn {
  readonly kind: TurnKind;
  readonly isAtWork: boolean;
  /** A new turn came first, or the schedule stops. */
  readonly isOver: boolean;
  /** Never rejects. */
  readonly ended: Promise<void>;
  work<Result>(act: () => Promise<Result>): Promise<Result>;
  /** False if it is over. */
  wait(afterMs: number): Promise<boolean>;
}

export interface StartTurns {
  /** By job. */
  find(job: string): StartTurn | undefined;
  /** Ends the waiting of the turn before. Its work goes on, and the new turn begins after it. */
  take<Result>(job: string, kind: TurnKind, act: (turn: StartTurn) => Promise<Result>): Promise<Result>;
}

/** `signal` is aborted when the schedule stops. */
export function openTurns(clock: Clock, signal: AbortSignal): StartTurns {
  const current = new Map<string, StartTurn & { readonly giveWay: () => void }>();
  return {
    find: (job) => current.get(job),

    async take(job, kind, act) {
      const before = current.get(job);
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      const turn = openTurn(clock, signal, kind, ended);
      current.set(job, turn);
      before?.giveWay();
      try {
        await before?.ended;
        return await act(turn);
      } finally {
        if (current.get(job) === turn) current.delete(job);
        end();
      }
    },
  };
}

function openTurn(clock: Clock, signal: AbortSignal, kind: TurnKind, ended: Promise<void>) {
  const way = new AbortController();
  const either = AbortSignal.any([signal, way.signal]);
  let isAtWork = false;
  return {
    kind,
    ended,
    get isAtWork() {
      return isAtWork;
    },
    get isOver() {
      return either.aborted;
    },
    giveWay: () => way.abort("a new turn came first"),
    async work<Result>(act: () => Promise<Result>): Promise<Result> {
      isAtWork = true;
      try {
        return await act();
      } finally {
        isAtWork = false;
      }
    },
    async wait(afterMs: number): Promise<boolean> {
      await clock.sleep(afterMs, either);
      return !either.aborted;
    },
  };
}
