/**
 * SharedLimits: the one pace and the one breaker of all clients of a bank, kept where all of them reach it. Whoever keeps it has one clock
 * for all, so times go in and out as milliseconds from now.
 *
 * Its methods may reject. A client then goes on alone: its breaker is its own, and it makes a call a second.
 */
import type { Clock } from "../../clock.ts";
import type { PaceSettings } from "./pace.ts";

/** What all clients of the bank go by. */
export interface SharedState {
  /** Another number with each change of the pace or the breaker, but not when the pace rises. */
  readonly epoch: number;
  /** What is left of the configured pace, in (0, 1]. */
  readonly share: number;
  /** How often the pace was lowered without rising in between. */
  readonly slowedInARow: number;
  /** How long all wait before the pace holds; 0 for no pause. */
  readonly pauseMs: number;
  /** Until one of them may probe; null while the breaker is closed. */
  readonly probeInMs: number | null;
}

/** Slots for calls, one after another. */
export interface Reserved extends SharedState {
  /** Until the first one's time; below 0 for one that could have been used earlier. */
  readonly dueInMs: number;
  /** From one to the next. */
  readonly stepMs: number;
}

export type ProbeTurn =
  /** This client probes; `failedProbes` others have failed. */
  | { readonly kind: "probe"; readonly failedProbes: number }
  | { readonly kind: "wait"; readonly waitMs: number }
  | { readonly kind: "closed" };

export interface SharedLimits {
  /**
   * The next slots of the line that all calls to the bank stand in. Each takes as much of the line as the given pace demands, so that all clients
   * with these settings together keep to them, and none takes more because others may.
   */
  reserve(slots: number, settings: PaceSettings): Promise<Reserved>;
  /** Halves the pace and pauses all for so long, unless the epoch is another by now. */
  slow(epoch: number, waitMs: number): Promise<SharedState>;
  /** Opens the breaker for all, or keeps it open after a probe that failed. */
  open(probeInMs: number, isProbe: boolean): Promise<SharedState>;
  /** Asks to be the one that probes; its end is awaited for so long. */
  probe(forMs: number): Promise<ProbeTurn>;
  /** Closes the breaker for all. */
  close(): Promise<SharedState>;
  /** Calls `act` with what a client has changed, soon afterwards; now and then it may not. */
  listen(act: (state: SharedState) => void): Disposable;
}

/** How long a client waits for an answer before it goes on alone. */
const PATIENCE_MS = 1_000;

/** What was asked for, or null when it failed, takes too long, or the client stops. */
export async function askShared<Value>(
  asking: Promise<Value>,
  { clock, closing }: { readonly clock: Clock; readonly closing: AbortSignal },
): Promise<Value | null> {
  const over = new AbortController();
  const end = () => over.abort();
  closing.addEventListener("abort", end, { once: true });
  const late = clock.sleep(closing.aborted ? 0 : PATIENCE_MS, over.signal).then(() => null);
  try {
    return await Promise.race([asking.catch(() => null), late]);
  } finally {
    closing.removeEventListener("abort", end);
    end();
  }
}
