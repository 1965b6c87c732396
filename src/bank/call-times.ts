/**
 * CallTimes: when the calls of a lane were answered and how long they took, in a few hundred counts, however many calls there are.
 */

export const CALL_LANES = ["reads", "writes"] as const;

/**
 * So many calls of a lane, by one of two measures. `at`: they were answered in the interval that begins at `ms`, by our clock. `took`: they took at
 * most `ms`, and more than the next smaller figure.
 */
export interface TimedCalls {
  readonly lane: (typeof CALL_LANES)[number];
  readonly measure: "at" | "took";
  readonly ms: number;
  readonly calls: number;
}

/** Intervals are a second long at first, and twice as long whenever there are more of them than this. */
export const MOST_INTERVALS = 180;
/** Between one time and the double of it. */
const STEPS_OF_DOUBLE = 4;

export class CallTimes {
  #at = new Map<number, number>();
  #intervalMs = 1_000;
  readonly #took = new Map<number, number>();

  add(atMs: number, tookMs: number): void {
    count(this.#at, this.#beginOf(atMs), 1);
    count(this.#took, limitOf(tookMs), 1);
    if (this.#at.size > MOST_INTERVALS) this.#lengthen();
  }

  list(lane: TimedCalls["lane"]): readonly TimedCalls[] {
    return [
      ...[...this.#at].map(([ms, calls]) => ({ lane, measure: "at" as const, ms, calls })),
      ...[...this.#took].map(([ms, calls]) => ({ lane, measure: "took" as const, ms, calls })),
    ];
  }

  #beginOf(atMs: number): number {
    return Math.floor(atMs / this.#intervalMs) * this.#intervalMs;
  }

  #lengthen(): void {
    this.#intervalMs *= 2;
    const before = this.#at;
    this.#at = new Map();
    for (const [ms, calls] of before) count(this.#at, this.#beginOf(ms), calls);
  }
}

/** A whole number of milliseconds. */
function limitOf(tookMs: number): number {
  const step = Math.ceil(STEPS_OF_DOUBLE * Math.log2(Math.max(1, tookMs)));
  return Math.ceil(2 ** (step / STEPS_OF_DOUBLE));
}

function count(counts: Map<number, number>, name: number, calls: number): void {
  counts.set(name, (counts.get(name) ?? 0) + calls);
}
