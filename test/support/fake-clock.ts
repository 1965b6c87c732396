/**
 * FakeClock: a clock that stands still until a test moves it. Wakes whoever sleeps in the order in which they are due.
 */
import type { Clock } from "../../src/clock.ts";

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

export class FakeClock implements Clock {
  #monotonicMs = 0;
  #startMs: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(startMs: number = Date.UTC(2025, 0, 15, 12)) {
    this.#startMs = startMs;
  }

  /** How many sleep at the moment. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** How long until somebody who sleeps is due; none when nobody sleeps. */
  get nextInMs(): number | undefined {
    const next = this.#next(Number.POSITIVE_INFINITY);
    return next === undefined ? undefined : Math.max(0, next.dueMs - this.#monotonicMs);
  }

  /** In whole milliseconds, as the system tells them. */
  nowMs(): number {
    return Math.floor(this.#startMs + this.#monotonicMs);
  }

  /** Sets the wall clock, as an operator or NTP does; no time passes, and nobody wakes. */
  set(nowMs: number): void {
    this.#startMs = nowMs - this.#monotonicMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const sleeper: Sleeper = { dueMs: this.#monotonicMs + ms, wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", wake);
    });
  }

  /** Lets `ms` pass, stopping at each sleeper that falls due, and letting whoever it wakes run before going on. */
  async advance(ms: number): Promise<void> {
    const targetMs = this.#monotonicMs + ms;
    await settle();
    for (let next = this.#next(targetMs); next !== undefined; next = this.#next(targetMs)) {
      this.#monotonicMs = next.dueMs;
      next.wake();
      await settle();
    }
    this.#monotonicMs = targetMs;
  }

  /** The sleeper due first, of those due by then; among equals, the one that lay down first. */
  #next(byMs: number): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (sleeper.dueMs <= byMs && (first === undefined || sleeper.dueMs < first.dueMs)) first = sleeper;
    }
    return first;
  }
}

/** An answer is handed up two turns of the event loop later, and one may follow upon another. */
const TURNS = 20;

/** Lets everything run that can run without time passing. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
}
