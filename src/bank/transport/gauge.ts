/**
 * Gauge: how fast the client is and what slows it down, for forecasts and for those who watch: the pace in force, and how long
 * recent calls took. Wraps the Transport beneath the caps, so that waiting for a turn isn't counted; changes nothing. Requests for
 * a token are not counted.
 */
import type { Clock } from "../../clock.ts";
import type { Lane, Throughput } from "../bank-api.ts";
import { CallTimes } from "../call-times.ts";
import { TOKEN_PATH, type Transport } from "../transport.ts";
import type { BreakerChange } from "./breaker.ts";
import type { Caps } from "./caps.ts";
import { type PaceChange, slowsDown } from "./pace.ts";

/** A mean over about this many calls: enough to include a slow one now and then, few enough to follow a change. */
const CALLS_WEIGHED = 1_000;

export class Gauge {
  readonly #clock: Clock;
  readonly #reads: LaneGauge;
  readonly #writes: LaneGauge;
  #perSecond: number;
  #slowDowns = 0;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #isDown = false;

  constructor(caps: Caps, perSecond: number, clock: Clock) {
    this.#clock = clock;
    this.#reads = new LaneGauge(caps.reads);
    this.#writes = new LaneGauge(caps.writes);
    this.#perSecond = perSecond;
  }

  watch(transport: Transport): Transport {
    return async (request) => {
      if (request.path === TOKEN_PATH) return transport(request);
      const lane = request.call === "read" ? this.#reads : this.#writes;
      const startedMs = this.#clock.monotonicMs();
      lane.begin(startedMs);
      const reply = await transport(request);
      const endedMs = this.#clock.monotonicMs();
      const isCall = reply.kind !== "not_sent";
      lane.end(startedMs, endedMs, isCall);
      if (isCall) lane.times.add(this.#clock.nowMs(), endedMs - startedMs);
      if (slowsDown(reply)) this.#slowDowns += 1;
      return reply;
    };
  }

  heedPace({ requestsPerSecond, waitMs }: PaceChange): void {
    this.#perSecond = requestsPerSecond;
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, this.#clock.monotonicMs() + waitMs);
  }

  heedBreaker({ state }: BreakerChange): void {
    this.#isDown = state === "open";
  }

  /** How many calls may be in flight from now on. */
  setCaps({ reads, writes }: Caps): void {
    this.#reads.setCap(reads);
    this.#writes.setCap(writes);
  }

  read(): Throughput {
    const nowMs = this.#clock.monotonicMs();
    return {
      perSecond: this.#perSecond,
      reads: this.#reads.read(nowMs),
      writes: this.#writes.read(nowMs),
      slowDowns: this.#slowDowns,
      pausedMs: Math.max(0, this.#pausedUntilMs - nowMs),
      isDown: this.#isDown,
    };
  }
}

class LaneGauge {
  readonly times = new CallTimes();
  #cap: number;
  #calls = 0;
  #meanMs = 0;
  #inFlight = 0;
  #startsMs = 0;

  constructor(cap: number) {
    this.#cap = cap;
  }

  setCap(cap: number): void {
    this.#cap = cap;
  }

  begin(atMs: number): void {
    this.#inFlight += 1;
    this.#startsMs += atMs;
  }

  end(startedMs: number, atMs: number, isCall: boolean): void {
    this.#inFlight -= 1;
    this.#startsMs -= startedMs;
    if (!isCall) return;
    this.#calls += 1;
    this.#meanMs += (atMs - startedMs - this.#meanMs) / Math.min(this.#calls, CALLS_WEIGHED);
  }

  /** The quick calls end first: without the time that those in flight have taken already, the mean would begin too low. */
  read(nowMs: number): Lane {
    const weighed = Math.min(this.#calls, CALLS_WEIGHED);
    const underWayMs = this.#inFlight * nowMs - this.#startsMs;
    const meanMs = weighed === 0 ? null : this.#meanMs + underWayMs / weighed;
    return { cap: this.#cap, inFlight: this.#inFlight, calls: this.#calls, meanMs, times: this.times };
  }
}
