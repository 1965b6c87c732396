/**
 * Tries again what changes nothing. Wraps a Transport; a write goes through it once, whatever comes back.
 */
import type { Clock } from "../clock.ts";
import { classify } from "./classify.ts";
import { type BankReply, CLOSED, isPage, jsonOf, type Transport } from "./transport.ts";

export interface RetrySettings {
  /** Of one call, the first included; at least 1. */
  readonly attempts: number;
}

export interface RetryOutside {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Aborted when the client stops: no further attempt begins, and the call ends as not sent. */
  readonly closing: AbortSignal;
}

const FIRST_BACK_OFF_MS = 250;
const LONGEST_BACK_OFF_MS = 10_000;

/**
 * Calls of kind `read` that end transient, or get garbled JSON or a web page in place of it, go out again after a back-off
 * with full jitter. A wait that the bank asks for is kept by the pace, for all callers alike, and a call that a wrapper
 * ended (`not_sent`) is not tried again here.
 * Attempts of an outage don't count: they wait in the breaker until it is over, or the client stops.
 */
export function withReadRetries(transport: Transport, settings: RetrySettings, outside: RetryOutside): Transport {
  return async (request) => {
    let reply = await transport(request);
    if (request.call !== "read") return reply;
    for (let attempt = 1; ; ) {
      const answer = classify(reply, request.call);
      const isLost =
        answer.ok || answer.failure.kind === "refused"
          ? isGarbled(reply) || isPage(reply, request)
          : answer.failure.kind === "transient";
      if (!isLost || reply.kind === "not_sent") break;
      if (reply.outage !== true) attempt += 1;
      if (attempt > settings.attempts) break;
      const mostMs = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.max(0, attempt - 2));
      await outside.clock.sleep(outside.random() * mostMs, outside.closing);
      // What the last attempt met is no verdict: with more time there would have been another one.
      if (outside.closing.aborted) return CLOSED;
      reply = await transport(request);
    }
    return reply;
  };
}

function isGarbled(reply: BankReply): boolean {
  return reply.kind === "response" && /^\s*[{[]/.test(reply.body) && jsonOf(reply) === undefined;
}
