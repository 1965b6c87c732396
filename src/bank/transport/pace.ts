/**
 * The pace of the calls: one bucket of tokens for reads and writes together, slower for everybody when the bank asks for
 * it. Wraps a Transport; never drops a call and never sends one again.
 */
import { type BackOff, halfJitterMs } from "../../back-off.ts";
import type { Clock } from "../../clock.ts";
import { type BankReply, CLOSED, type Transport } from "../transport.ts";
import { isTooLate } from "./leave-by.ts";

export interface PaceSettings {
  /** Never exceeded, except by `burst` calls that may go at once. */
  readonly requestsPerSecond: number;
  readonly burst: number;
}

/** The pace from now on. `waitMs` is how long all callers wait first; 0 when the pace rises. */
export interface PaceChange {
  readonly reason: "rate_limited" | "unavailable" | "recovering";
  readonly requestsPerSecond: number;
  readonly waitMs: number;
}

export interface PaceOutside {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Aborted when the client closes: callers that still wait end as not sent. */
  readonly closing: AbortSignal;
  readonly onPaceChange?: (change: PaceChange) => void;
}

/** The pace falls no lower, unless the configured one is lower. */
const SLOWEST_PER_SECOND = 1;
const PAUSES: BackOff = { firstMs: 1_000, longestMs: 30_000 };
/** The pace rises by a tenth of the configured one, at most this often. */
const RISE_EVERY_MS = 10_000;

/** A 429 or 503 halves the pace and pauses all callers: Retry-After when the bank gives one, else a growing back-off. */
export function withPace(transport: Transport, settings: PaceSettings, outside: PaceOutside): Transport {
  const pace = new Pace(settings, outside);
  return async (request) => {
    // A call that is too late by the time it is first in line takes no token from those behind it.
    if (!pace.goesNow()) await pace.wait(() => isTooLate(request, outside.clock));
    if (outside.closing.aborted) return CLOSED;
    const startedMs = outside.clock.monotonicMs();
    const reply = await transport(request);
    pace.observe(reply, startedMs);
    return reply;
  };
}

class Pace {
  readonly #settings: PaceSettings;
  readonly #outside: PaceOutside;
  #perSecond: number;
  #tokens: number;
  /** Up to here the bucket has been filled; in the future while a pause lasts. */
  #filledMs: number;
  #slowedMs = Number.NEGATIVE_INFINITY;
  #slowedInARow = 0;
  #changedMs = 0;
  #waiting = 0;
  #lastInLine: Promise<unknown> = Promise.resolve();

  constructor(settings: PaceSettings, outside: PaceOutside) {
    this.#settings = settings;
    this.#outside = outside;
    this.#perSecond = settings.requestsPerSecond;
    this.#tokens = settings.burst;
    this.#filledMs = outside.clock.monotonicMs();
  }

  /** Whether nobody is in line and there is a token, which is then taken. */
  goesNow(): boolean {
    return this.#waiting === 0 && this.#take() === 0;
  }

  /** First come, first served. Resolves once the call may go, or the client closes. */
  async wait(isTooLate: () => boolean): Promise<void> {
    this.#waiting += 1;
    const turn = this.#lastInLine.then(() => this.#waitForToken(isTooLate));
    this.#lastInLine = turn;
    await turn;
    this.#waiting -= 1;
  }

  async #waitForToken(isTooLate: () => boolean): Promise<void> {
    const { clock, closing } = this.#outside;
    // A pause may begin while one sleeps, so each waking asks again.
    const left = () => (isTooLate() ? 0 : this.#take());
    for (let ms = left(); ms > 0 && !closing.aborted; ms = left()) await clock.sleep(ms, closing);
  }

  /** Takes a token and gives 0, or gives the milliseconds until there may be one. */
  #take(): number {
    const nowMs = this.#outside.clock.monotonicMs();
    if (nowMs < this.#filledMs) return this.#filledMs - nowMs;
    const grown = this.#tokens + ((nowMs - this.#filledMs) * this.#perSecond) / 1000;
    this.#tokens = Math.min(this.#settings.burst, grown);
    this.#filledMs = nowMs;
    if (this.#tokens < 1) return Math.max(1, Math.ceil(((1 - this.#tokens) * 1000) / this.#perSecond));
    this.#tokens -= 1;
    return 0;
  }

  observe(reply: BankReply, startedMs: number): void {
    if (reply.kind !== "response") return;
    if (reply.status === 429 || reply.status === 503) this.#heed(reply, startedMs);
    else this.#rise(startedMs);
  }

  #heed(reply: Extract<BankReply, { kind: "response" }>, startedMs: number): void {
    const { clock, random } = this.#outside;
    const nowMs = clock.monotonicMs();
    // Calls that left before the pace was last lowered say nothing of the new one: at most they lengthen the pause.
    const isNews = startedMs > this.#slowedMs;
    if (isNews) this.#slowedInARow += 1;
    const backOffMs = halfJitterMs(PAUSES, this.#slowedInARow - 1, random());
    const waitMs = reply.retryAfterMs ?? (isNews ? backOffMs : 0);
    this.#pause(nowMs, waitMs);
    if (isNews) this.#slow(nowMs, reply.status === 429 ? "rate_limited" : "unavailable", waitMs);
  }

  #pause(nowMs: number, waitMs: number): void {
    this.#filledMs = Math.max(this.#filledMs, nowMs + waitMs);
    this.#tokens = 0;
  }

  #slow(nowMs: number, reason: PaceChange["reason"], waitMs: number): void {
    this.#slowedMs = nowMs;
    const slowest = Math.min(SLOWEST_PER_SECOND, this.#settings.requestsPerSecond);
    this.#change(Math.max(slowest, this.#perSecond / 2), { reason, waitMs });
    this.#changedMs = this.#filledMs;
  }

  #rise(startedMs: number): void {
    if (startedMs > this.#slowedMs) this.#slowedInARow = 0;
    const { requestsPerSecond } = this.#settings;
    const nowMs = this.#outside.clock.monotonicMs();
    if (this.#perSecond >= requestsPerSecond || nowMs - this.#changedMs < RISE_EVERY_MS) return;
    this.#changedMs = nowMs;
    const faster = Math.min(requestsPerSecond, this.#perSecond + requestsPerSecond / 10);
    this.#change(faster, { reason: "recovering", waitMs: 0 });
  }

  #change(perSecond: number, change: Omit<PaceChange, "requestsPerSecond">): void {
    this.#perSecond = perSecond;
    this.#outside.onPaceChange?.({ ...change, requestsPerSecond: perSecond });
  }
}
