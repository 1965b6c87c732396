/**
 * OwnPace: the pace of a client that shares it with no other one: a bucket of tokens.
 */
import type { BankReply } from "../transport.ts";
import {
  backOffFor,
  type Pace,
  type PaceChange,
  type PaceOutside,
  type PaceSettings,
  RISE_EVERY_MS,
  SLOWEST_PER_SECOND,
  slowsDown,
} from "./pace.ts";

export class OwnPace implements Pace {
  #settings: PaceSettings;
  readonly #outside: PaceOutside;
  #perSecond: number;
  #tokens: number;
  /** Up to here the bucket has been filled; in the future while a pause lasts. */
  #filledMs: number;
  #slowedMs = Number.NEGATIVE_INFINITY;
  #slowedInARow = 0;
  #changedMs = 0;

  constructor(settings: PaceSettings, outside: PaceOutside) {
    this.#settings = settings;
    this.#outside = outside;
    this.#perSecond = settings.requestsPerSecond;
    this.#tokens = settings.burst;
    this.#filledMs = outside.clock.monotonicMs();
  }

  take(): boolean {
    this.#fill();
    if (this.#filledMs > this.#outside.clock.monotonicMs() || this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  next(): Promise<void> {
    const { clock, closing } = this.#outside;
    const nowMs = clock.monotonicMs();
    const pausedMs = this.#filledMs - nowMs;
    const ms = pausedMs > 0 ? pausedMs : Math.max(1, Math.ceil(((1 - this.#tokens) * 1000) / this.#perSecond));
    return clock.sleep(ms, closing);
  }

  observe(reply: BankReply, startedMs: number): void {
    if (slowsDown(reply)) this.#heed(reply, startedMs);
    else if (reply.kind === "response") this.#rise(startedMs);
  }

  set(settings: PaceSettings): void {
    this.#fill();
    const share = this.#perSecond / this.#settings.requestsPerSecond;
    this.#settings = settings;
    this.#tokens = Math.min(this.#tokens, settings.burst);
    this.#change(Math.max(this.#slowest(), share * settings.requestsPerSecond), { reason: "asked", waitMs: 0 });
  }

  #fill(): void {
    const nowMs = this.#outside.clock.monotonicMs();
    if (nowMs < this.#filledMs) return;
    const grown = this.#tokens + ((nowMs - this.#filledMs) * this.#perSecond) / 1000;
    this.#tokens = Math.min(this.#settings.burst, grown);
    this.#filledMs = nowMs;
  }

  #heed(reply: Extract<BankReply, { kind: "response" }>, startedMs: number): void {
    const { clock, random } = this.#outside;
    const nowMs = clock.monotonicMs();
    // Calls that left before the pace was last lowered say nothing of the new one: at most they lengthen the pause.
    const isNews = startedMs > this.#slowedMs;
    if (isNews) this.#slowedInARow += 1;
    const backOffMs = backOffFor(this.#slowedInARow - 1, random());
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
    this.#change(Math.max(this.#slowest(), this.#perSecond / 2), { reason, waitMs });
    this.#changedMs = this.#filledMs;
  }

  #slowest(): number {
    return Math.min(SLOWEST_PER_SECOND, this.#settings.requestsPerSecond);
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
