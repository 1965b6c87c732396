/**
 * The pace of the calls, of reads and writes together, slower for everybody when the bank asks for it. Wraps a Transport;
 * never drops a call and never sends one again. Whose pace it is, this client's own or that of all clients, is for others.
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
  readonly reason: "rate_limited" | "unavailable" | "recovering" | "another_worker" | "asked";
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

/** Where calls get their turns. */
export interface Pace {
  /** Takes a turn if there is one by now. */
  take(): boolean;
  /** Resolves once there may be one, or the client closes. `waiting` gives how many wait for one. */
  next(waiting: () => number): Promise<void>;
  /** Learns from what became of a call that left at that time. */
  observe(reply: BankReply, startedMs: number): void;
  /** Other settings from now on. What the bank has asked for still holds, as a share of them. */
  set(settings: PaceSettings): void;
}

/** The pace falls no lower, unless the configured one is lower. */
export const SLOWEST_PER_SECOND = 1;
/** The pace rises by a tenth of the configured one, at most this often. */
export const RISE_EVERY_MS = 10_000;
const PAUSES: BackOff = { firstMs: 1_000, longestMs: 30_000 };

type Refusal = Extract<BankReply, { kind: "response" }> & { readonly status: 429 | 503 };

/** Whether the bank asks to be called less. */
export function slowsDown(reply: BankReply): reply is Refusal {
  return reply.kind === "response" && (reply.status === 429 || reply.status === 503);
}

/** A pause of our own, for a bank that names none: longer with each one before it. */
export function backOffFor(before: number, random: number): number {
  return halfJitterMs(PAUSES, before, random);
}

/** A 429 or 503 halves the pace and pauses all callers: Retry-After when the bank gives one, else a growing back-off. */
export function withPace(transport: Transport, pace: Pace, { clock, closing }: PaceOutside): Transport {
  const line = new CallLine(pace, closing);
  return async (request) => {
    // A call that is too late by the time it is first in line takes no turn from those behind it.
    if (!line.goesNow()) await line.wait(() => isTooLate(request, clock));
    if (closing.aborted) return CLOSED;
    const startedMs = clock.monotonicMs();
    const reply = await transport(request);
    pace.observe(reply, startedMs);
    return reply;
  };
}

/** First come, first served. */
class CallLine {
  readonly #pace: Pace;
  readonly #closing: AbortSignal;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(pace: Pace, closing: AbortSignal) {
    this.#pace = pace;
    this.#closing = closing;
  }

  /** Whether nobody is in line and there is a turn, which is then taken. */
  goesNow(): boolean {
    return this.#waiting === 0 && this.#pace.take();
  }

  /** Resolves once the call may go, or the client closes. */
  async wait(isTooLate: () => boolean): Promise<void> {
    this.#waiting += 1;
    const turn = this.#last.then(() => this.#waitForTurn(isTooLate));
    this.#last = turn;
    await turn;
    this.#waiting -= 1;
  }

  async #waitForTurn(isTooLate: () => boolean): Promise<void> {
    // A pause may begin while one waits, so each waking asks again.
    while (!isTooLate() && !this.#pace.take() && !this.#closing.aborted) await this.#pace.next(() => this.#waiting);
  }
}
