/**
 * Puts the bank's client together: HTTP innermost, then the blotting of secrets, the token's stamp, the gates of pause and breaker,
 * the caps and the pace, the guards of breaker and pause, the renewal of the token, retries of reads, and the gateway watch. Takes
 * settings and the outside world, gives a BankApi; sends nothing on its own.
 *
 * Nothing here waits without an end. One call: the deadlines of http-transport.ts. A cap: a call before it. The pace: the
 * bank's Retry-After, 5 min at most, and those before it. A token: a call like any other, with the attempts of a read. The
 * breaker: until the bank answers or the client stops, which also ends every wait named here. A pause: until the person who asked for it ends it. Closing: the calls in
 * flight, or the grace.
 */
import type { Clock } from "../clock.ts";
import type { BankApi, BankSettings, Steering } from "./bank-api.ts";
import { HttpBank } from "./http-bank.ts";
import { Secrets } from "./secrets.ts";
import { Breaker, type BreakerChange } from "./transport/breaker.ts";
import { CallCaps } from "./transport/caps.ts";
import { withGatewayWatch } from "./transport/gateway-watch.ts";
import { Gauge } from "./transport/gauge.ts";
import { type HttpTransport, openHttpTransport } from "./transport/http-transport.ts";
import { LONGEST_WAIT_MS, LONGEST_WAIT_OF_SEVERAL_MS, withLeaveBy } from "./transport/leave-by.ts";
import { OwnPace } from "./transport/own-pace.ts";
import { type Pace, type PaceChange, withPace } from "./transport/pace.ts";
import { Pause } from "./transport/pause.ts";
import { withReadRetries } from "./transport/read-retries.ts";
import type { SharedLimits } from "./transport/shared-limits.ts";
import { SharedPace } from "./transport/shared-pace.ts";
import { TokenSource, withToken } from "./transport/token.ts";
import { type CallKind, TOKEN_PATH, type Transport } from "./transport.ts";

export interface BankOutside {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Called with each change of the pace, for the log. */
  readonly onPaceChange?: (change: PaceChange) => void;
  readonly onBreakerChange?: (change: BreakerChange) => void;
  /** Called with each answer to a call, or what came in its place; requests for a token among them. */
  readonly onCall?: (call: CallMade) => void;
  /** Secrets of others that the bank must not show either; those of the client are added. */
  readonly secrets?: Secrets;
  /** Where several processes call the bank for the same runs: they keep one pace and one breaker there. */
  readonly shared?: SharedLimits;
}

/** `code`: the HTTP status, or `none` for a call without a whole answer. */
export interface CallMade {
  readonly kind: CallKind | "token";
  readonly code: string;
  readonly tookMs: number;
}

/** The caller closes it; calls that still wait for their turn then end transient, with code `stopped`. */
export function openBank(settings: BankSettings, outside: BankOutside): BankApi {
  const { apiUrl, caps, callTimeoutMs, network } = settings;
  const http = openHttpTransport(
    { apiUrl, connections: caps.reads + caps.writes, callTimeoutMs, network },
    outside.clock,
  );
  return assembleBank(http, settings, outside);
}

/**
 * The client around any transport to the bank. The breaker's guard is outside pace and caps, so that a call that waits in it
 * holds neither, and inside the access token, whose requests are calls like any other.
 */
export function assembleBank(http: HttpTransport, settings: BankSettings, outside: BankOutside): BankApi {
  const closer = new AbortController();
  const { caps, clientId, clientSecret, rereadSecret = () => clientSecret, scopes } = settings;
  const { secrets = new Secrets(), shared } = outside;
  secrets.add(clientSecret);
  const gauge = new Gauge(caps, settings.requestsPerSecond, outside.clock);
  const onPaceChange = (change: PaceChange) => {
    gauge.heedPace(change);
    outside.onPaceChange?.(change);
  };
  const onBreakerChange = (change: BreakerChange) => {
    gauge.heedBreaker(change);
    outside.onBreakerChange?.(change);
  };
  const around = { ...outside, closing: closer.signal, onPaceChange, onBreakerChange };

  const longestWaitMs = shared === undefined ? LONGEST_WAIT_MS : LONGEST_WAIT_OF_SEVERAL_MS;
  const breaker = new Breaker(around);
  const pause = new Pause(closer.signal);
  const calls = new CallCaps(caps);
  const pace =
    shared === undefined
      ? new OwnPace(settings, around)
      : new SharedPace(settings, shared, { ...around, onState: (state) => breaker.hear(state) });
  const blotted = secrets.around(told(http.send, outside));
  // The token source itself needs this transport, so it is declared before it is made.
  const stamped: Transport = (request) => stamp(request);
  const paced = withPace(calls.around(gauge.watch(breaker.gate(pause.gate(stamped)))), pace, around);
  const guarded = pause.guard(breaker.guard(paced));
  const retried = withReadRetries(guarded, settings, around);
  const tokens = new TokenSource(retried, { clientId, readSecret: rereadSecret, scopes }, outside.clock, secrets);
  const stamp = tokens.stamp(blotted);
  const retrying = withReadRetries(withToken(guarded, tokens), settings, around);
  const transport = withLeaveBy(withGatewayWatch(retrying), longestWaitMs, outside.clock);

  return new HttpBank({
    transport,
    authenticate: async () => {
      const token = await tokens.current();
      return token.ok ? { ok: true, value: null, status: token.status } : token;
    },
    clockSkewMs: http.skewMs,
    longestWaitMs: () => longestWaitMs,
    throughput: () => gauge.read(),
    steer: openSteer(settings, { pace, calls, gauge, pause }),
    stop: () => closer.abort("stopped"),
    close: (graceMs) => {
      closer.abort("closed");
      return http.close(graceMs);
    },
  });
}

/** Tells of each call that was made. */
function told(transport: Transport, { onCall, clock }: BankOutside): Transport {
  if (onCall === undefined) return transport;
  return async (request) => {
    const beganMs = clock.monotonicMs();
    const reply = await transport(request);
    const kind = request.path === TOKEN_PATH ? "token" : request.call;
    const code = reply.kind === "response" ? String(reply.status) : "none";
    onCall({ kind, code, tookMs: clock.monotonicMs() - beganMs });
    return reply;
  };
}

interface Steered {
  readonly pace: Pace;
  readonly calls: CallCaps;
  readonly gauge: Gauge;
  readonly pause: Pause;
}

function openSteer({ caps, burst, requestsPerSecond: most }: BankSettings, { pace, calls, gauge, pause }: Steered) {
  let perSecond = most;
  return ({ isPaused, ...asked }: Steering): void => {
    const requestsPerSecond = Math.min(asked.requestsPerSecond, most);
    // Of a slower pace, a burst may be no more than a second's calls.
    const shorter = requestsPerSecond < most ? Math.min(burst, requestsPerSecond) : burst;
    if (requestsPerSecond !== perSecond) pace.set({ requestsPerSecond, burst: shorter });
    perSecond = requestsPerSecond;
    const now = { reads: Math.min(asked.reads, caps.reads), writes: Math.min(asked.writes, caps.writes) };
    calls.set(now);
    gauge.setCaps(now);
    pause.set(isPaused);
  };
}
