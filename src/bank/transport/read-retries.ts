/**
 * Tries again what changes nothing. Wraps a Transport; a write goes through it once, whatever comes back.
 */
import { type BackOff, fullJitterMs } from "../../back-off.ts";
import type { Clock } from "../../clock.ts";
import { classify } from "../classify.ts";
import { type BankReply, type BankRequest, CLOSED, jsonOf, knownRoute, type Transport } from "../transport.ts";

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

/** Attempts on a route that the bank may lack, as long as it has not been seen to have it. */
const ATTEMPTS_UNKNOWN = 3;
const BACK_OFF: BackOff = { firstMs: 250, longestMs: 10_000 };

/**
 * Calls of kind `read` that end transient, or get something that isn't JSON in place of it, go out again after a back-off
 * with full jitter. A wait that the bank asks for is kept by the pace, for all callers alike, and a call that a wrapper
 * ended (`not_sent`) is not tried again here.
 * Attempts of an outage don't count: they wait in the breaker until it is over, or the client stops.
 */
export function withReadRetries(transport: Transport, settings: RetrySettings, outside: RetryOutside): Transport {
  return async (request) => {
    let reply = await transport(request);
    if (request.call !== "read") return reply;
    for (let attempt = 1; ; ) {
      const lost = judgeLost(reply);
      if (lost === null || reply.kind === "not_sent") break;
      if (reply.outage !== true) attempt += 1;
      if (attempt > (lost === "in place" ? attemptsInPlace(request, settings) : settings.attempts)) break;
      const waitMs = fullJitterMs(BACK_OFF, Math.max(0, attempt - 2), outside.random());
      await outside.clock.sleep(waitMs, outside.closing);
      // The last attempt's failure decides nothing: with more time there would have been another one.
      if (outside.closing.aborted) return CLOSED;
      reply = await transport(request);
    }
    return reply;
  };
}

/** `in place`: something came that is not the bank's. `failed`: an error of the bank, or nothing whole. Null: an answer. */
function judgeLost(reply: BankReply): "in place" | "failed" | null {
  const answer = classify(reply, "read");
  if (answer.ok) return jsonOf(reply) === undefined ? "in place" : null;
  if (answer.failure.kind !== "transient") return null;
  return answer.failure.code === "gateway_refused" ? "in place" : "failed";
}

/** While nobody knows whether the bank has the route, the calls beside this one may show it. */
function attemptsInPlace(request: BankRequest, { attempts }: RetrySettings): number {
  const known = knownRoute(request);
  if (known === "lacks") return 1;
  return known === "unknown" ? Math.min(ATTEMPTS_UNKNOWN, attempts) : attempts;
}
