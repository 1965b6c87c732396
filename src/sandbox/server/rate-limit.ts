/**
 * The bank's rate limit, a bucket that refills with time: asked once per request, it says whether this one is too many.
 * Never delays anything.
 */

/** `burst` is how many requests may come at once after a rest; `retryAfterSeconds`, if given, is sent with each 429. */
export interface RateRules {
  readonly requestsPerSecond: number;
  readonly burst: number;
  readonly retryAfterSeconds?: number;
}

export class RateLimit {
  readonly #rules: RateRules;
  readonly #now: () => number;
  #left: number;
  #filledAt: number;

  constructor(rules: RateRules, now: () => number) {
    this.#rules = rules;
    this.#now = now;
    this.#left = rules.burst;
    this.#filledAt = now();
  }

  /** Takes one request out of the bucket; false when there is none left. */
  admit(): boolean {
    const now = this.#now();
    const refill = ((now - this.#filledAt) / 1000) * this.#rules.requestsPerSecond;
    this.#left = Math.min(this.#rules.burst, this.#left + Math.max(0, refill));
    this.#filledAt = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
