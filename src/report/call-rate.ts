/**
 * CallRate: how many calls a second were made of late, from a count that is looked at now and then. Pure.
 */

interface Sample {
  readonly calls: number;
  readonly atMs: number;
}

export class CallRate {
  readonly #windowMs: number;
  #samples: Sample[] = [];

  /** Over the last `windowMs`, or since the last look if that is longer. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** `calls` were made by now, on a clock that never runs backwards. Null before a time has passed. */
  read(calls: number, atMs: number): number | null {
    this.#samples.push({ calls, atMs });
    while ((this.#samples[1]?.atMs ?? atMs) <= atMs - this.#windowMs) this.#samples.shift();
    const [first] = this.#samples;
    return first === undefined || first.atMs === atMs ? null : ((calls - first.calls) * 1_000) / (atMs - first.atMs);
  }
}
