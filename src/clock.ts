/**
 * Clock: the time of day, a time that never runs backwards, and waiting. The one that the machine keeps is here; tests
 * bring their own. Never used to time sockets, which live in real time.
 */
import { setTimeout as delay } from "node:timers/promises";

export interface Clock {
  /** Milliseconds since 1970, as the machine believes; may jump. For instants that are written down. */
  nowMs(): number;
  /** Milliseconds since some moment; never runs backwards. For measuring and waiting. */
  monotonicMs(): number;
  /** Resolves once `ms` have passed, or as soon as the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A timer of Node's that is set for longer than this goes off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  async sleep(ms, signal) {
    try {
      for (let leftMs = ms; leftMs > 0; leftMs -= LONGEST_TIMER_MS) {
        await delay(Math.min(leftMs, LONGEST_TIMER_MS), undefined, signal === undefined ? {} : { signal });
      }
    } catch (error) {
      if (signal?.aborted !== true) throw error;
    }
  },
};
