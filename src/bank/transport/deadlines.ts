/**
 * Deadlines: one timer for all calls, since one for each would cost every call for the few that it ends. All have the same
 * time, so the one that began first is due first, and the timer waits for that one alone. In real time, as sockets are.
 */
import { systemClock } from "../../clock.ts";

/** Called once, when its time is over and it has not been removed. */
export interface Due {
  expire(): void;
}

export class Deadlines {
  readonly #timeoutMs: number;
  readonly #monotonicMs: () => number;
  /** When each is due, the first first. */
  readonly #live = new Map<Due, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number, monotonicMs: () => number = systemClock.monotonicMs) {
    this.#timeoutMs = timeoutMs;
    this.#monotonicMs = monotonicMs;
  }

  add(due: Due): void {
    this.#live.set(due, this.#monotonicMs() + this.#timeoutMs);
    if (this.#timer === undefined) this.#wait(this.#timeoutMs);
  }

  remove(due: Due): void {
    this.#live.delete(due);
  }

  /** Never keeps the process alive: whatever is waited for has a socket that does. */
  #wait(ms: number): void {
    this.#timer = setTimeout(this.#ring, Math.ceil(ms)).unref();
  }

  /** Most of those it was set for have ended by now, and it is set again for the first of those that have not. */
  readonly #ring = () => {
    const nowMs = this.#monotonicMs();
    for (const [due, dueMs] of this.#live) {
      if (dueMs > nowMs) {
        this.#wait(dueMs - nowMs);
        return;
      }
      this.#live.delete(due);
      due.expire();
    }
    this.#timer = undefined;
  };
}
