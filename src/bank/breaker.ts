/**
 * The breaker: when the bank fails for everybody, the calls wait and one of them probes, until an answer comes. Wraps a
 * Transport; never drops a call and never sends one again.
 *
 * Closed, calls pass and their ends are counted. Open, every call waits; after a growing wait one goes out as the probe,
 * and its end closes the breaker or lengthens the wait. So an outage costs a call now and then, and no row its attempts:
 * what fails while the breaker is open, or opens it, is marked as an outage's and counts for nobody.
 */
import type { Clock } from "../clock.ts";
import { type BankReply, CLOSED, type Transport } from "./transport.ts";

/** So many failures in a row are no accident of single calls. */
const FAILURES_IN_A_ROW = 20;
/** Or half of so many, for a bank that fails now and then. */
const WINDOW = 50;
const SHARE = 0.5;
const FIRST_PROBE_MS = 1_000;
const LONGEST_PROBE_MS = 30_000;

export interface BreakerChange {
  readonly state: "open" | "closed";
  /** Until the next probe; 0 when it has closed. */
  readonly probeInMs: number;
}

export interface BreakerOutside {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Aborted when the client stops: callers that still wait end as not sent. */
  readonly closing: AbortSignal;
  readonly onBreakerChange?: (change: BreakerChange) => void;
}

/** Transport failures and 5xx count against the bank; every other answer shows that it lives. */
export function withBreaker(transport: Transport, outside: BreakerOutside): Transport {
  const breaker = new Breaker(outside);
  return async (request) => {
    const isProbe = await breaker.pass();
    if (outside.closing.aborted) {
      if (isProbe) breaker.release();
      return CLOSED;
    }
    return breaker.observe(await transport(request), isProbe);
  };
}

class Breaker {
  readonly #outside: BreakerOutside;
  #isOpen = false;
  #isProbing = false;
  #failedProbes = 0;
  #probeAtMs = 0;
  #inARow = 0;
  /** The last ends, true for a failure. */
  #ends: boolean[] = [];
  /** Aborted, and made anew, whenever those who wait are to look again. */
  #turn = new AbortController();

  constructor(outside: BreakerOutside) {
    this.#outside = outside;
  }

  /** Resolves once the call may go, with whether it is the probe. */
  async pass(): Promise<boolean> {
    const { clock, closing } = this.#outside;
    while (this.#isOpen && !closing.aborted) {
      const waitMs = this.#probeAtMs - clock.monotonicMs();
      if (!this.#isProbing && waitMs <= 0) {
        this.#isProbing = true;
        return true;
      }
      // While a probe is out there is no time to wait for: its end wakes everybody.
      const signal = AbortSignal.any([closing, this.#turn.signal]);
      await clock.sleep(this.#isProbing ? LONGEST_PROBE_MS : waitMs, signal);
    }
    return false;
  }

  /** The probe did not go out. */
  release(): void {
    this.#isProbing = false;
  }

  observe(reply: BankReply, isProbe: boolean): BankReply {
    if (isProbe) this.#isProbing = false;
    if (reply.kind === "not_sent") return reply;
    const isFailure = reply.kind === "no_response" || reply.status >= 500;
    if (!isFailure) {
      this.#inARow = 0;
      this.#count(false);
      if (this.#isOpen && isProbe) this.#close();
      return reply;
    }
    this.#inARow += 1;
    this.#count(true);
    if (this.#isOpen) {
      if (isProbe) this.#open(this.#failedProbes + 1);
      return { ...reply, outage: true };
    }
    const failures = this.#ends.filter(Boolean).length;
    const isOutage = this.#inARow >= FAILURES_IN_A_ROW || (this.#ends.length >= WINDOW && failures >= WINDOW * SHARE);
    if (!isOutage) return reply;
    this.#open(0);
    return { ...reply, outage: true };
  }

  #count(isFailure: boolean): void {
    this.#ends.push(isFailure);
    if (this.#ends.length > WINDOW) this.#ends.shift();
  }

  #open(failedProbes: number): void {
    const { clock, random, onBreakerChange } = this.#outside;
    const mostMs = Math.min(LONGEST_PROBE_MS, FIRST_PROBE_MS * 2 ** failedProbes);
    const probeInMs = Math.round(mostMs * (0.5 + random() / 2));
    this.#isOpen = true;
    this.#failedProbes = failedProbes;
    this.#probeAtMs = clock.monotonicMs() + probeInMs;
    this.#wakeAll();
    onBreakerChange?.({ state: "open", probeInMs });
  }

  #close(): void {
    this.#isOpen = false;
    this.#inARow = 0;
    this.#ends = [];
    this.#wakeAll();
    this.#outside.onBreakerChange?.({ state: "closed", probeInMs: 0 });
  }

  #wakeAll(): void {
    const turn = this.#turn;
    this.#turn = new AbortController();
    turn.abort();
  }
}
