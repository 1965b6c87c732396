/**
 * Transport: the one narrow interface inside the bank's client. A request goes in, what came of it comes out as a
 * value; it never throws. HTTP is one Transport; token, rate and retries are wrappers around one.
 */

import { parseJson } from "../text/json.ts";
import type { Failure } from "./bank-api.ts";

/**
 * read: changes nothing at the bank, so it may be sent again at will (every GET, and fetching a token). write: changes
 * the bank. batch: the write to `…/entity_relationships/batch`, whose 409 has a meaning of its own (contract, "Errors").
 */
export type CallKind = "read" | "write" | "batch";

/** `has`: it has answered once. `lacks`: its answers are not those of such a route. */
export type RouteKnown = "has" | "unknown" | "lacks";

export interface BankRequest {
  readonly call: CallKind;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Path and query, encoded, below the API's address: `/v0/accounts/account_1`. */
  readonly path: string;
  /** JSON text that goes out byte for byte; none for calls without a body. */
  readonly body?: string;
  /** Idempotency-Key. */
  readonly key?: string;
  /** Bearer token, which it gets as it leaves. */
  readonly token?: string;
  /** For a route that the bank may lack (contract, "The look-up must prove itself"): what is known about it so far. */
  readonly route?: () => RouteKnown;
  /** How long a write has waited before it came here; 0 when not given. */
  readonly waitedMs?: number;
  /** Until when a write may leave, by both clocks; see leave-by.ts. */
  readonly leaveBy?: { readonly monotonicMs: number; readonly wallMs: number };
}

/**
 * response: the answer came whole. no_response: it did not come, or was cut; `sent` says that a byte of the request may
 * have been written, and `status` is what the answer began with, 0 for nothing. not_sent: a wrapper ended the call
 * before it went out. `outage`: the bank fails for everybody, see breaker.ts. `isBlocked`: a gateway lets no call through,
 * see gateway-watch.ts, and `isLone`: the bank answers others. `isTokenOld`: a 401 to a token that another may replace. `isBlotted`: a secret was taken out of it.
 * `requestId`: what the answer's headers call the request, see request-id.ts.
 */
export type BankReply =
  | {
      readonly kind: "response";
      readonly status: number;
      readonly body: string;
      /** What `jsonOf` has made of the body; for it alone. */
      json?: unknown;
      readonly retryAfterMs?: number;
      readonly requestId?: string;
      readonly outage?: true;
      readonly isBlocked?: true;
      readonly isTokenOld?: true;
      readonly isBlotted?: true;
    }
  | {
      readonly kind: "no_response";
      readonly sent: boolean;
      readonly status: number;
      readonly reason: string;
      readonly requestId?: string;
      readonly outage?: true;
      readonly isLone?: true;
    }
  | { readonly kind: "not_sent"; readonly failure: Failure };

/** Of the only request that needs no token. */
export const TOKEN_PATH = "/v1/oauth/token";

/** The JSON value of a whole answer, parsed only once; `undefined` when it is none. */
export function jsonOf(reply: BankReply): unknown {
  if (reply.kind !== "response") return undefined;
  reply.json ??= parseJson(reply.body);
  return reply.json;
}

/** By now: what was known when the call began may be old. */
export function knownRoute({ route }: BankRequest): RouteKnown {
  return route?.() ?? "has";
}

/** Whether a web page came in place of an answer, as a gateway shows one while the bank is down. */
export function isPage(reply: BankReply, request: BankRequest): boolean {
  const isHtml = reply.kind === "response" && reply.status === 200 && /^\s*</.test(reply.body);
  return isHtml && knownRoute(request) === "has";
}

export type Transport = (request: BankRequest) => Promise<BankReply>;

/** What a call ends with that was still waiting for its turn when the client closed. */
export const CLOSED: BankReply = {
  kind: "not_sent",
  failure: {
    kind: "transient",
    code: "stopped",
    message: "the run was stopped before the call went out",
    status: 0,
    bankCode: "",
    parameter: "",
  },
};
