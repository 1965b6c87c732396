/**
 * Outbox: tells the targets of one job for as long as a process lasts, beside all that it does, and never in its way.
 */
import type { Clock } from "../clock.ts";

/** Whatever wakes nobody, such as a ledger that was away, is looked at again after so long. */
const LOOK_MS = 60_000;

export class Outbox {
  #waking = new AbortController();

  /** Something may have to be told now. */
  readonly wake = (): void => this.#waking.abort("woken");

  /** `deliver` resolves with when it is to be called again; null for not before it is woken. Resolves once the signal aborts. */
  async keepTelling(
    deliver: () => Promise<number | null>,
    onTrouble: (error: unknown) => void,
    clock: Clock,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      // Before the look, so that whatever comes meanwhile is seen by the next one.
      this.#waking = new AbortController();
      const dueMs = await deliver().catch((error: unknown) => {
        onTrouble(error);
        return clock.nowMs() + LOOK_MS;
      });
      const waitMs = dueMs === null ? Number.MAX_SAFE_INTEGER : Math.max(0, dueMs - clock.nowMs());
      await clock.sleep(waitMs, AbortSignal.any([signal, this.#waking.signal]));
    }
  }
}
