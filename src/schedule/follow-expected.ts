/**
 * Looks at a job's expected files whenever a day of theirs is to be judged, and every few minutes while one is waited for.
 */
import { type Following, isSetBack } from "./follow-slots.ts";

const LOOK_MS = 60_000;

/** Until the signal aborts. `look` resolves with when to look next, by the clock on the wall. */
export async function followExpected(look: () => Promise<number>, following: Following): Promise<void> {
  const { clock, signal, lookMs = LOOK_MS } = following;
  while (!signal.aborted) {
    const nextMs = await look();
    if (nextMs === Number.POSITIVE_INFINITY) return;
    const lookedMs = clock.nowMs();
    while (!signal.aborted && clock.nowMs() < nextMs && !isSetBack(lookedMs, clock.nowMs()))
      await clock.sleep(Math.min(lookMs, nextMs - clock.nowMs()), signal);
  }
}
