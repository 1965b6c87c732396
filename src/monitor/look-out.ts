/**
 * LookOut: what the last look has found, and a new look when that is too old. Whoever asks waits for it, but not for long; what was not found
 * is absent. Looks of a kind never overlap.
 */
import type { Clock } from "../clock.ts";
import type { Figure } from "./meter.ts";

export interface LookOutSettings {
  readonly look: () => Promise<readonly Figure[]>;
  /** What was found by then is still good. */
  readonly goodForMs: number;
  /** Nobody waits longer for a look that is under way. */
  readonly waitMs: number;
  readonly clock: Clock;
}

export class LookOut {
  readonly #settings: LookOutSettings;
  #underWay: Promise<void> | undefined;
  #found: { readonly samples: readonly Figure[] | null; readonly atMs: number } | undefined;

  constructor(settings: LookOutSettings) {
    this.#settings = settings;
  }

  /** Null when the last look has failed, or has not ended in time. */
  async ask(): Promise<readonly Figure[] | null> {
    const { goodForMs, waitMs, clock } = this.#settings;
    if (!this.#isGood(goodForMs)) {
      this.#underWay ??= this.#look().finally(() => {
        this.#underWay = undefined;
      });
      const bound = new AbortController();
      await Promise.race([this.#underWay, clock.sleep(waitMs, bound.signal)]);
      bound.abort("asked");
    }
    // What takes long is good for a while longer.
    return this.#isGood(2 * goodForMs) ? (this.#found?.samples ?? null) : null;
  }

  #isGood(forMs: number): boolean {
    return this.#found !== undefined && this.#settings.clock.monotonicMs() - this.#found.atMs < forMs;
  }

  async #look(): Promise<void> {
    const { look, clock } = this.#settings;
    // Whatever fails here is reported where it is needed for work.
    const samples = await look().catch(() => null);
    this.#found = { samples, atMs: clock.monotonicMs() };
  }
}
