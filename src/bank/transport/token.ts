/**
 * The token: fetched once for all callers, renewed before it ends or when the bank no longer takes it. Wraps Transports in
 * two places: where a request begins, and next to the network, where it leaves.
 */
import type { Clock } from "../../clock.ts";
import { isRecord, parseJson } from "../../text/json.ts";
import type { Answer, Failure } from "../bank-api.ts";
import { classify, unreadable } from "../classify.ts";
import { nameBankError } from "../error-body.ts";
import type { Secrets } from "../secrets.ts";
import { type BankReply, type BankRequest, CLOSED, TOKEN_PATH, type Transport } from "../transport.ts";
import { whoAnswered } from "../who-answered.ts";

export interface ClientCredentials {
  readonly clientId: string;
  /** Asked before each token, since a secret may be replaced. */
  readonly readSecret: () => string;
  readonly scopes: readonly string[];
}

interface Token {
  readonly text: string;
  readonly endsMs: number;
  /** Whether the bank has ever taken it. */
  isAccepted: boolean;
  /** Whether it came in place of one that the bank had refused. */
  readonly isAfterRefusal: boolean;
}

/** What the bank's tokens live when it does not say (contract, "Endpoints we use"). */
const DEFAULT_LIFE_SECONDS = 86_400;
/** A token that is said to end sooner serves so long all the same: if it does not, a 401 says so. */
const LEAST_LIFE_SECONDS = 1;
const LONGEST_LIFE_SECONDS = 30 * DEFAULT_LIFE_SECONDS;
/** Beyond what servers take as a header. */
const LONGEST_TOKEN = 8_192;
/** A token is renewed when this part of its life has passed. */
const RENEWED_AFTER = 0.8;
/** Of one request. Each time the bank had taken the token before, from others, so nothing is wrong with the credentials. */
const MOST_RENEWALS = 100;
/** After a renewal that failed, the old token serves this long before the next try, if it lives. */
const NEXT_TRY_MS = 30_000;

const A_PAGE = "it is a web page, as a firewall, a proxy or a network's log-in shows one";
const NO_SENDABLE = "it has no access_token that can be sent in a header";

/** The stamp's sign to withToken alone: there was no token when the request was to leave. */
const NO_TOKEN: BankReply = { ...CLOSED };

/**
 * Sends each request with a token, which it gets as it leaves (`stamp`), not as it queues. A 401 did not happen: it goes
 * again with a token that is renewed once for all callers.
 */
export function withToken(transport: Transport, tokens: TokenSource): Transport {
  return async (request) => {
    for (let renewals = 0; ; renewals += 1) {
      const token = tokens.held() ?? (await tokens.current());
      if (!token.ok) return { kind: "not_sent", failure: token.failure };
      const reply = await transport(request);
      const isOver = renewals >= MOST_RENEWALS;
      if (reply === NO_TOKEN && !isOver) continue;
      if (isOver || reply.kind !== "response" || reply.isTokenOld !== true) return reply;
    }
  };
}

/** Holds one token. `transport` is the way without one; it retries on its own. */
export class TokenSource {
  readonly #transport: Transport;
  readonly #credentials: ClientCredentials;
  readonly #clock: Clock;
  readonly #secrets: Secrets;
  #token: Token | undefined;
  #renewMs = 0;
  #fetching: Promise<Answer<Token>> | undefined;
  /** Whether the token before the one to come was refused. */
  #isAfterRefusal = false;

  constructor(transport: Transport, credentials: ClientCredentials, clock: Clock, secrets: Secrets) {
    this.#transport = transport;
    this.#credentials = credentials;
    this.#clock = clock;
    this.#secrets = secrets;
  }

  /** A token that need not be renewed yet. */
  held(): Answer<Token> | undefined {
    const held = this.#token;
    const isFresh = held !== undefined && this.#clock.monotonicMs() < this.#renewMs;
    return isFresh ? { ok: true, value: held, status: 200 } : undefined;
  }

  /** The token held, or a new one. One that can't be renewed yet serves on while it lives. */
  async current(): Promise<Answer<Token>> {
    const fresh = this.held();
    if (fresh !== undefined) return fresh;
    const held = this.#token;
    const fetched = await this.#fetchOnce();
    const nowMs = this.#clock.monotonicMs();
    if (fetched.ok || fetched.failure.kind === "stop" || held === undefined || nowMs >= held.endsMs) return fetched;
    this.#renewMs = nowMs + NEXT_TRY_MS;
    return { ok: true, value: held, status: 200 };
  }

  /** Next to the network: puts the current token on every request but the one for a token, and notes whether the bank accepts it. */
  stamp(transport: Transport): Transport {
    return async (request) => {
      if (request.path === TOKEN_PATH) return transport(request);
      const token = this.#token;
      if (token === undefined) return NO_TOKEN;
      const reply = await transport({ ...request, token: token.text });
      if (reply.kind !== "response") return reply;
      if (reply.status === 401) return this.#refuse(token) ? { ...reply, isTokenOld: true } : reply;
      if (showsTaken(reply)) token.isAccepted = true;
      return reply;
    };
  }

  /** Gives whether another token may be taken: not so where a new one in place of one that was refused is refused as well. */
  #refuse(token: Token): boolean {
    if (this.#token === token) {
      this.#token = undefined;
      this.#isAfterRefusal = true;
    }
    return token.isAccepted || !token.isAfterRefusal || this.#clock.monotonicMs() >= token.endsMs;
  }

  /** Whoever needs a token while one is being fetched waits for that one. */
  #fetchOnce(): Promise<Answer<Token>> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetch(): Promise<Answer<Token>> {
    const { clientId, readSecret, scopes } = this.#credentials;
    const secret = readSecret();
    this.#secrets.add(secret);
    const grant = { grant_type: "client_credentials", client_id: clientId, client_secret: secret };
    const body = JSON.stringify({ ...grant, scope: scopes.join(" ") });
    const answer = classify(await this.#transport({ call: "read", method: "POST", path: TOKEN_PATH, body }), "read");
    if (!answer.ok) return { ok: false, failure: toTokenFailure(answer.failure, scopes) };
    const token = parseToken(answer.value);
    if (token === undefined)
      return {
        ok: false,
        failure: noToken(unreadable("read", 200, /^\s*</.test(answer.value) ? A_PAGE : NO_SENDABLE)),
      };
    const nowMs = this.#clock.monotonicMs();
    this.#renewMs = nowMs + token.lifeMs * RENEWED_AFTER;
    const isAfterRefusal = this.#isAfterRefusal;
    this.#isAfterRefusal = false;
    this.#secrets.addToken(token.text);
    this.#token = { text: token.text, endsMs: nowMs + token.lifeMs, isAccepted: false, isAfterRefusal };
    return { ok: true, value: this.#token, status: 200 };
  }
}

/** Whether a request for a token got neither one nor a definite no. */
export function isTokenless(reply: BankReply, { path }: BankRequest): boolean {
  if (path !== TOKEN_PATH || reply.kind !== "response") return false;
  return reply.status === 429 || (reply.status === 200 && parseToken(reply.body) === undefined);
}

/** The text is checked for what a header can hold, so that a broken one is found here and not in every call. */
function parseToken(body: string): { text: string; lifeMs: number } | undefined {
  const json = parseJson(body);
  if (!isRecord(json) || typeof json.access_token !== "string") return;
  if (json.access_token.length > LONGEST_TOKEN || !/^[\x21-\x7e]+$/.test(json.access_token)) return;
  return { text: json.access_token, lifeMs: lifeSeconds(json.expires_in) * 1000 };
}

/** A number, or one as text; anything else counts as absent. A useless number becomes the nearest useful one. */
function lifeSeconds(given: unknown): number {
  const seconds = typeof given === "number" || typeof given === "string" ? Number(given) : Number.NaN;
  if (!(seconds > 0)) return DEFAULT_LIFE_SECONDS;
  return Math.min(Math.max(seconds, LEAST_LIFE_SECONDS), LONGEST_LIFE_SECONDS);
}

/** No token, no call: a definite no of the token endpoint stops the run (contract, "Errors"), whoever says it. */
function toTokenFailure(failure: Failure, scopes: readonly string[]): Failure {
  const { status, bankCode, code } = failure;
  // The request holds the secret, and nothing is left of an answer that may echo it but the bank's code.
  const told = status < 300 && code !== "gateway_refused" ? failure.message : nameBankError(bankCode, status);
  if (failure.kind === "transient" && code !== "gateway_refused") return noToken({ ...failure, message: told });
  // A client that lacks a scope may be refused as one whose secret is wrong.
  const asked = `no token: ${told}, when asked for the scopes ${scopes.join(", ")}`;
  if ([400, 401, 422].includes(status))
    return { ...failure, message: asked, kind: "stop", code: "bank_credentials_refused" };
  if (status === 403) return { ...failure, message: asked, kind: "stop", code: "bank_forbidden" };
  const message = `no token: ${told}; there is no token endpoint at this address, so check LEAD_API_URL and its path`;
  return { ...failure, message, kind: "stop", code: "bank_unreachable" };
}

/** One that is not to be had just now is missing to all calls alike: what was to go out has not, and it costs no row an attempt. */
function noToken(failure: Failure): Failure {
  const message = `no token: ${failure.message}`;
  return failure.code === "stopped" ? { ...failure, message } : { ...failure, message, outage: true };
}

/** An answer of the bank's own that is given only to those whose token it has taken. */
function showsTaken({ status, body }: Extract<BankReply, { kind: "response" }>): boolean {
  if (status === 200) return /^\s*[{[]/.test(body);
  return status < 500 && status !== 429 && whoAnswered(body) === "bank";
}
