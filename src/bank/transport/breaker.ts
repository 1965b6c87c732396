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
 *
 * Several clients of a bank may share it (SharedLimits). Each counts its own calls; the first that opens opens it for all,
 * one of all probes, and what that one finds holds for all.
 */
import { type BackOff, halfJitterMs } from "../../back-off.ts";
import type { Clock } from "../../clock.ts";
import { type BankReply, type BankRequest, CLOSED, isPage, TOKEN_PATH, type Transport } from "../transport.ts";
import { isTooLate, TOO_LATE } from "./leave-by.ts";
import { askShared, type SharedLimits, type SharedState } from "./shared-limits.ts";
import { isTokenless } from "./token.ts";

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
/** While another client probes, or is about to: so often this one looks whether it has closed, in case it does not hear of it. */
const LOOK_MS = 5_000;
/** Another client probes when nothing is heard of a probe for so long: more than a call takes, its turn included. */
const PROBE_MS = 60_000;
/** The gate's sign to the guard alone: the call waits once more. */
const TURNED_BACK: BankReply = { ...CLOSED };

export interface BreakerChange {
  readonly state: "open" | "closed";
  /** Until the next probe; 0 when it has closed. */
  readonly probeInMs: number;
  /** Whether a request for a token is what failed last; not given where another client has opened it. */
  readonly lacksToken?: true;
}

export interface BreakerOutside {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Aborted when the client stops: callers that still wait end as not sent. */
  readonly closing: AbortSignal;
  readonly onBreakerChange?: (change: BreakerChange) => void;
  readonly shared?: SharedLimits;
}

/**
 * Transport failures, 5xx and web pages count against the bank, and so does whatever gives no token, without which no call can go. Every other
 * answer shows that it is up.
 */
export class Breaker {
  readonly #outside: BreakerOutside;
  #isOpen = false;
  /** The call that may pass while the breaker is open: it waits for its time, or is out. */
  #probe: BankRequest | null = null;
  #failedProbes = 0;
  #probeAtMs = 0;
  /** Until then the probe is this client's, of all that share the breaker. */
  #mayProbeUntilMs = Number.NEGATIVE_INFINITY;
  /** How many changes are on their way to those who share the breaker; and whether the last one did not get there. */
  #telling = 0;
  #isAlone = false;
  #inARow = 0;
  /** The last ends, true for a failure. */
  #ends: boolean[] = [];
  /** Wakes those who wait behind the probe, in the order they came. */
  #line: (() => void)[] = [];
  /** Wakes the probe before its time. */
  #over = new AbortController();

  constructor(outside: BreakerOutside) {
    this.#outside = outside;
    outside.closing.addEventListener("abort", () => this.#wakeAll(), { once: true });
  }

  /** What holds for all clients that share the breaker. */
  hear({ probeInMs }: SharedState): void {
    // What this one has just found is newer.
    if (this.#telling > 0) return;
    if (probeInMs === null && this.#isOpen && !this.#isAlone) this.#close();
    if (probeInMs !== null && !this.#isOpen) this.#open(probeInMs);
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
    const { closing } = this.#outside;
    while (this.#isOpen && !closing.aborted) {
      if (this.#probe === null) {
        // A request object of its own, so that the probe can be distinguished from every other call.
        const probe = { ...given };
        this.#probe = probe;
        await this.#waitToProbe();
        return probe;
      }
      await new Promise<void>((wake) => this.#line.push(wake));
    }
    return given;
  }

  /** Resolves once the probe may go, the breaker has closed, or the client stops. */
  async #waitToProbe(): Promise<void> {
    const { clock, closing, shared } = this.#outside;
    while (this.#isOpen && !closing.aborted) {
      await clock.sleep(this.#probeAtMs - clock.monotonicMs(), this.#over.signal);
      if (!this.#isOpen || shared === undefined || clock.monotonicMs() < this.#mayProbeUntilMs) return;
      const turn = await askShared(shared.probe(PROBE_MS), this.#outside);
      // Each probes for itself where the others cannot be asked, or have not heard that it is open.
      if (turn === null || (turn.kind === "closed" && this.#isAlone)) return;
      if (turn.kind === "closed" && this.#isOpen) this.#close();
      if (turn.kind === "wait") this.#probeAtMs = clock.monotonicMs() + Math.min(turn.waitMs, LOOK_MS);
      if (turn.kind === "probe") {
        this.#failedProbes = turn.failedProbes;
        this.#mayProbeUntilMs = clock.monotonicMs() + PROBE_MS;
      }
    }
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
    const isAbsent = reply.kind === "no_response" || reply.status >= 500;
    const isFailure = isAbsent || isPage(reply, request) || isTokenless(reply, request);
    this.#count(isFailure);
    if (!isFailure) {
      if (isProbe) {
        this.#close();
        void this.#tell((shared) => shared.close());
      }
      return reply;
    }
    if (isProbe) this.#openForAll(this.#failedProbes + 1, request);
    else if (!this.#isOpen && this.#isOutage()) this.#openForAll(0, request);
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

  #openForAll(failedProbes: number, { path }: BankRequest): void {
    const probeInMs = halfJitterMs(PROBES, failedProbes, this.#outside.random());
    this.#failedProbes = failedProbes;
    this.#open(probeInMs, path === TOKEN_PATH);
    void this.#tell((shared) => shared.open(probeInMs, failedProbes > 0));
  }

  #open(probeInMs: number, lacksToken = false): void {
    const { clock, onBreakerChange } = this.#outside;
    this.#isOpen = true;
    this.#over = new AbortController();
    this.#mayProbeUntilMs = Number.NEGATIVE_INFINITY;
    this.#probeAtMs = clock.monotonicMs() + probeInMs;
    onBreakerChange?.({ state: "open", probeInMs, ...(lacksToken && { lacksToken }) });
  }

  async #tell(act: (shared: SharedLimits) => Promise<SharedState>): Promise<void> {
    const { shared } = this.#outside;
    if (shared === undefined) return;
    this.#telling += 1;
    const state = await askShared(act(shared), this.#outside);
    this.#telling -= 1;
    this.#isAlone = state === null;
    if (state !== null) this.hear(state);
  }

  #close(): void {
    this.#isOpen = false;
    this.#probe = null;
    this.#inARow = 0;
    this.#ends = [];
    this.#wakeAll();
    this.#outside.onBreakerChange?.({ state: "closed", probeInMs: 0 });
  }

  #wakeAll(): void {
    this.#over.abort();
    const line = this.#line;
    this.#line = [];
    for (const wake of line) wake();
  }
}
