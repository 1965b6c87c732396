/**
 * Gauge: how fast the client is, for forecasts: the pace in force, and how long recent calls took. Wraps the Transport
 * beneath the caps, so that waiting for a turn isn't counted; changes nothing. Requests for a token are neither.
 */
import type { Clock } from "../../clock.ts";
import type { Lane, Throughput } from "../bank-api.ts";
import { TOKEN_PATH, type Transport } from "../transport.ts";
import type { Caps } from "./caps.ts";

/** A mean over about this many calls: enough to include a slow one now and then, few enough to follow a change. */
const CALLS_WEIGHED = 1_000;

export class Gauge {
  readonly #clock: Clock;
  readonly #reads: LaneGauge;
  readonly #writes: LaneGauge;
  #perSecond: number;

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
      lane.end(startedMs, this.#clock.monotonicMs(), reply.kind !== "not_sent");
      return reply;
    };
  }

  /** The pace from now on. */
  setPace(perSecond: number): void {
    this.#perSecond = perSecond;
  }

  read(): Throughput {
    const nowMs = this.#clock.monotonicMs();
    return { perSecond: this.#perSecond, reads: this.#reads.read(nowMs), writes: this.#writes.read(nowMs) };
  }
}

class LaneGauge {
  readonly #cap: number;
  #calls = 0;
  #meanMs = 0;
  #inFlight = 0;
  #startsMs = 0;

  constructor(cap: number) {
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
    return { cap: this.#cap, calls: this.#calls, meanMs };
  }
}
