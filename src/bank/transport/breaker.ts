/**
 * The breaker: when the bank fails for everybody, the calls wait and one of them probes, until an answer comes. Wraps
 * Transports; never drops a call and never sends one again.
 *
 * Closed, calls pass and their ends are counted. Open, every call waits; after a growing wait one goes out as the probe,
 * and its end closes the breaker or lengthens the wait. So an outage costs a call now and then, and no row its attempts:
 * what fails while the breaker is open, or opens it, is marked as an outage's and counts for no row. Only the probe has a
 * timer: those behind it wait in line, and cost nothing however many they are and however long it lasts.
 *
 * It has two parts. The guard, around pace and caps, is where calls wait, without using a place or a turn. The gate, next
 * to the network, turns back calls that passed the guard before the breaker opened or the client stopped, and writes that
 * have waited too long. It also counts outcomes at the network, so that no call can leave between the failure that opens
 * the breaker and the state change.
 */
import { type BackOff, halfJitterMs } from "../../back-off.ts";
import type { Clock } from "../../clock.ts";
import { type BankReply, type BankRequest, CLOSED, isPage, type Transport } from "../transport.ts";
import { isTooLate, TOO_LATE } from "./leave-by.ts";

/** This many failures in a row are not an accident of single calls. */
const FAILURES_IN_A_ROW = 20;
/** Or half of this many, for a bank of which a part is down and which answers in between. */
const WINDOW = 50;
const SHARE = 0.5;
/**
 * Short at first, since most outages are a restart or a failover; at last so that a night's outage costs few calls, and its
 * end is seen within half a minute.
 */
const PROBES: BackOff = { firstMs: 1_000, longestMs: 30_000 };
/** The gate's sign to the guard alone: the call waits once more. */
const TURNED_BACK: BankReply = { ...CLOSED };

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

/** Transport failures, 5xx and web pages count against the bank; every other answer shows that it is up. */
export class Breaker {
  readonly #outside: BreakerOutside;
  #isOpen = false;
  /** The call that may pass while the breaker is open: it waits for its time, or is out. */
  #probe: BankRequest | null = null;
  #failedProbes = 0;
  #probeAtMs = 0;
  #inARow = 0;
  /** The last ends, true for a failure. */
  #ends: boolean[] = [];
  /** Wakes those who wait behind the probe, in the order they came. */
  #line: (() => void)[] = [];

  constructor(outside: BreakerOutside) {
    this.#outside = outside;
    outside.closing.addEventListener("abort", () => this.#wakeAll(), { once: true });
  }

  /** The outer wrapper: calls wait here while the breaker is open, and end as not sent when the client stops. */
  guard(transport: Transport): Transport {
    const { closing } = this.#outside;
    return async (given) => {
      for (;;) {
        const request = this.#isOpen ? await this.#pass(given) : given;
        const reply = closing.aborted ? CLOSED : await transport(request);
        this.#leave(request);
        if (reply !== TURNED_BACK) return reply;
      }
    };
  }

  /** The inner wrapper, of the network itself: lets calls out, and counts how they end. */
  gate(transport: Transport): Transport {
    return async (request) => {
      if (this.#outside.closing.aborted) return CLOSED;
      if (isTooLate(request, this.#outside.clock)) return TOO_LATE;
      if (this.#isOpen && request !== this.#probe) return TURNED_BACK;
      return this.#observe(await transport(request), request);
    };
  }

  /** Resolves once the call may go, perhaps as the probe, or the client stops; gives the request to send. */
  async #pass(given: BankRequest): Promise<BankRequest> {
    const { clock, closing } = this.#outside;
    while (this.#isOpen && !closing.aborted) {
      if (this.#probe === null) {
        // A request object of its own, so that the probe can be distinguished from every other call.
        const probe = { ...given };
        this.#probe = probe;
        await clock.sleep(this.#probeAtMs - clock.monotonicMs(), closing);
        return probe;
      }
      await new Promise<void>((wake) => this.#line.push(wake));
    }
    return given;
  }

  /** The next one in line probes, if this was the probe. */
  #leave(request: BankRequest): void {
    if (this.#probe !== request) return;
    this.#probe = null;
    this.#line.shift()?.();
  }

  #observe(reply: BankReply, request: BankRequest): BankReply {
    const isProbe = this.#probe === request;
    this.#leave(request);
    if (reply.kind === "not_sent") return reply;
    const isFailure = reply.kind === "no_response" || reply.status >= 500 || isPage(reply, request);
    this.#count(isFailure);
    if (!isFailure) {
      if (isProbe) this.#close();
      return reply;
    }
    if (isProbe) this.#open(this.#failedProbes + 1);
    else if (!this.#isOpen && this.#isOutage()) this.#open(0);
    return this.#isOpen ? { ...reply, outage: true } : reply;
  }

  #isOutage(): boolean {
    const failures = this.#ends.filter(Boolean).length;
    return this.#inARow >= FAILURES_IN_A_ROW || (this.#ends.length >= WINDOW && failures >= WINDOW * SHARE);
  }

  #count(isFailure: boolean): void {
    this.#inARow = isFailure ? this.#inARow + 1 : 0;
    this.#ends.push(isFailure);
    if (this.#ends.length > WINDOW) this.#ends.shift();
  }

  #open(failedProbes: number): void {
    const { clock, random, onBreakerChange } = this.#outside;
    const probeInMs = halfJitterMs(PROBES, failedProbes, random());
    this.#isOpen = true;
    this.#failedProbes = failedProbes;
    this.#probeAtMs = clock.monotonicMs() + probeInMs;
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
    const line = this.#line;
    this.#line = [];
    for (const wake of line) wake();
  }
}
