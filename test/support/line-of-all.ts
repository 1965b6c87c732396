/**
 * The shared pace and breaker of several clients, in memory and by a test's clock: what the ledger does in PostgreSQL.
 */
import { RISE_EVERY_MS, SLOWEST_PER_SECOND } from "../../src/bank/transport/pace.ts";
import type { SharedLimits, SharedState } from "../../src/bank/transport/shared-limits.ts";
import type { Clock } from "../../src/clock.ts";
import type { FakeClock } from "./fake-clock.ts";

/** One client's way to it. */
export interface Way {
  readonly shared: SharedLimits;
  /** Whether it is not told what the others change. */
  isDeaf: boolean;
  /** Whether nothing can be asked: it fails at once, or never answers. */
  trouble: "none" | "fails" | "hangs";
  /** What was asked, by the methods' names. */
  readonly asked: string[];
}

export class LineOfAll<Time extends Pick<Clock, "monotonicMs"> = FakeClock> {
  readonly clock: Time;
  /** What all clients have asked, by the methods' names. */
  readonly waysAsked: string[] = [];
  readonly #hearing = new Set<(state: SharedState) => void>();
  #nextMs = Number.NEGATIVE_INFINITY;
  #epoch = 0;
  #share = 1;
  #slowed = 0;
  #changedMs = Number.NEGATIVE_INFINITY;
  #openUntilMs: number | null = null;
  #probeUntilMs = Number.NEGATIVE_INFINITY;
  #failedProbes = 0;

  constructor(clock: Time) {
    this.clock = clock;
  }

  way(): Way {
    const way: Way = { shared: this.#sharedBy(() => way), isDeaf: false, trouble: "none", asked: [] };
    return way;
  }

  get state(): SharedState {
    const nowMs = this.clock.monotonicMs();
    const probeInMs =
      this.#openUntilMs === null ? null : Math.max(0, this.#openUntilMs - nowMs, this.#probeUntilMs - nowMs);
    const pauseMs = Math.max(0, this.#changedMs - nowMs);
    return { epoch: this.#epoch, share: this.#share, slowedInARow: this.#slowed, pauseMs, probeInMs };
  }

  #sharedBy(way: () => Way): SharedLimits {
    const ask = async <Value>(name: string, act: () => Value): Promise<Value> => {
      way().asked.push(name);
      this.waysAsked.push(name);
      if (way().trouble === "hangs") await new Promise(() => {});
      if (way().trouble === "fails") throw new Error("no line");
      return act();
    };
    return {
      reserve: (slots, settings) => ask("reserve", () => this.#reserve(slots, settings)),
      slow: (epoch, waitMs) => ask("slow", () => this.#change(epoch === this.#epoch, () => this.#slow(waitMs))),
      open: (probeInMs, isProbe) =>
        ask("open", () => this.#change(isProbe || this.#openUntilMs === null, () => this.#open(probeInMs))),
      probe: (forMs) => ask("probe", () => this.#probe(forMs)),
      close: () => ask("close", () => this.#change(this.#openUntilMs !== null, () => this.#close())),
      listen: (act) => {
        const hear = (state: SharedState) => {
          if (!way().isDeaf) act(state);
        };
        this.#hearing.add(hear);
        return { [Symbol.dispose]: () => void this.#hearing.delete(hear) };
      },
    };
  }

  #reserve(slots: number, { requestsPerSecond, burst }: { requestsPerSecond: number; burst: number }) {
    const nowMs = this.clock.monotonicMs();
    if (this.#share < 1 && nowMs - this.#changedMs >= RISE_EVERY_MS) {
      this.#share = Math.min(1, Math.round((this.#share + 0.1) * 1e6) / 1e6);
      this.#changedMs = nowMs;
      this.#slowed = 0;
    }
    const slowest = Math.min(SLOWEST_PER_SECOND, requestsPerSecond);
    const stepMs = 1000 / Math.max(slowest, requestsPerSecond * this.#share);
    const firstMs = Math.max(this.#nextMs, nowMs - (burst - 1) * stepMs);
    this.#nextMs = firstMs + slots * stepMs;
    return { ...this.state, dueInMs: firstMs - nowMs, stepMs };
  }

  #slow(waitMs: number): void {
    this.#share /= 2;
    this.#slowed += 1;
    this.#changedMs = this.clock.monotonicMs() + waitMs;
    this.#nextMs = Math.max(this.#nextMs, this.#changedMs);
  }

  #open(probeInMs: number): void {
    this.#failedProbes = this.#openUntilMs === null ? 0 : this.#failedProbes + 1;
    this.#openUntilMs = this.clock.monotonicMs() + probeInMs;
    this.#probeUntilMs = Number.NEGATIVE_INFINITY;
  }

  #probe(forMs: number) {
    const { probeInMs } = this.state;
    if (probeInMs === null) return { kind: "closed" } as const;
    if (probeInMs > 0) return { kind: "wait", waitMs: probeInMs } as const;
    this.#probeUntilMs = this.clock.monotonicMs() + forMs;
    return { kind: "probe", failedProbes: this.#failedProbes } as const;
  }

  #close(): void {
    this.#openUntilMs = null;
    this.#probeUntilMs = Number.NEGATIVE_INFINITY;
    this.#failedProbes = 0;
  }

  #change(isMeant: boolean, act: () => void): SharedState {
    if (isMeant) {
      act();
      this.#epoch += 1;
      for (const hear of this.#hearing) hear(this.state);
    }
    return this.state;
  }
}
