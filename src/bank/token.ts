/**
 * The token: fetched once for all callers, renewed before it ends or when the bank no longer takes it. Wraps a
 * Transport; neither token nor secret ever stands in a reply that leaves it.
 */
import type { Clock } from "../clock.ts";
import type { Answer, Failure } from "./bank-api.ts";
import { classify, unreadable } from "./classify.ts";
import { isRecord, nameBankError, parseJson } from "./error-body.ts";
import type { BankReply, BankRequest, Transport } from "./transport.ts";

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
}

interface Token {
  readonly text: string;
  readonly endsMs: number;
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
/** After a renewal that failed, the old token serves this long before the next try, if it lives. */
const NEXT_TRY_MS = 30_000;

/** Sends each request with a token. A 401 did not happen: the token is renewed, once for all callers, and it goes again. */
export function withToken(transport: Transport, tokens: TokenSource): Transport {
  const send = async (request: BankRequest, token: Token) =>
    withoutSecret(await transport({ ...request, token: token.text }), token.text);
  return async (request) => {
    const first = await tokens.current();
    if (!first.ok) return { kind: "not_sent", failure: first.failure };
    const reply = await send(request, first.value);
    if (reply.kind !== "response" || reply.status !== 401) return reply;
    const fresh = await tokens.renew(first.value);
    return fresh.ok ? send(request, fresh.value) : { kind: "not_sent", failure: fresh.failure };
  };
}

/** Holds one token. `transport` is the way without one; it retries by itself. */
export class TokenSource {
  readonly #transport: Transport;
  readonly #credentials: Credentials;
  readonly #clock: Clock;
  #token: Token | undefined;
  #renewMs = 0;
  #fetching: Promise<Answer<Token>> | undefined;

  constructor(transport: Transport, credentials: Credentials, clock: Clock) {
    this.#transport = transport;
    this.#credentials = credentials;
    this.#clock = clock;
  }

  /** The token held, or a new one. One that can't be renewed yet serves on while it lives. */
  async current(): Promise<Answer<Token>> {
    const held = this.#token;
    if (held !== undefined && this.#clock.monotonicMs() < this.#renewMs) return { ok: true, value: held, status: 200 };
    const fetched = await this.#fetchOnce();
    const nowMs = this.#clock.monotonicMs();
    if (fetched.ok || fetched.failure.kind === "stop" || held === undefined || nowMs >= held.endsMs) return fetched;
    this.#renewMs = nowMs + NEXT_TRY_MS;
    return { ok: true, value: held, status: 200 };
  }

  /** A token other than `refused`, which the bank no longer takes. */
  async renew(refused: Token): Promise<Answer<Token>> {
    if (this.#token === refused) this.#token = undefined;
    return this.#token === undefined ? this.#fetchOnce() : this.current();
  }

  /** Whoever needs a token while one is being fetched waits for that one. */
  #fetchOnce(): Promise<Answer<Token>> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetch(): Promise<Answer<Token>> {
    const { clientId, clientSecret, scopes } = this.#credentials;
    const grant = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret };
    const body = JSON.stringify({ ...grant, scope: scopes.join(" ") });
    const reply = await this.#transport({ call: "read", method: "POST", path: "/v1/oauth/token", body });
    const answer = classify(withoutSecret(reply, clientSecret), "read");
    if (!answer.ok) return { ok: false, failure: toTokenFailure(answer.failure) };
    const token = parseToken(answer.value);
    if (token === undefined)
      return { ok: false, failure: unreadable("read", 200, "it holds no access_token that a header can carry") };
    const nowMs = this.#clock.monotonicMs();
    this.#renewMs = nowMs + token.lifeMs * RENEWED_AFTER;
    this.#token = { text: token.text, endsMs: nowMs + token.lifeMs };
    return { ok: true, value: this.#token, status: 200 };
  }
}

/** The text is checked for what a header can carry, so that a broken one shows here and not in every call. */
function parseToken(body: string): { text: string; lifeMs: number } | undefined {
  const json = parseJson(body);
  if (!isRecord(json) || typeof json.access_token !== "string") return;
  if (json.access_token.length > LONGEST_TOKEN || !/^[\x21-\x7e]+$/.test(json.access_token)) return;
  return { text: json.access_token, lifeMs: lifeSeconds(json.expires_in) * 1000 };
}

/** A number, or one as text; anything else says nothing. What is beyond use is taken for the nearest that is of use. */
function lifeSeconds(given: unknown): number {
  const seconds = typeof given === "number" || typeof given === "string" ? Number(given) : Number.NaN;
  if (!(seconds > 0)) return DEFAULT_LIFE_SECONDS;
  return Math.min(Math.max(seconds, LEAST_LIFE_SECONDS), LONGEST_LIFE_SECONDS);
}

/** No token, no call: a definite no of the token endpoint stops the run (contract, "Errors"), whoever says it. */
function toTokenFailure(failure: Failure): Failure {
  const { status, bankCode, code } = failure;
  // The request holds the secret, and nothing is left of an answer that may echo it but the bank's code.
  const told = status < 300 && code !== "gateway_refused" ? failure.message : nameBankError(bankCode, status);
  if (failure.kind !== "refused" && code !== "gateway_refused") return { ...failure, message: `no token: ${told}` };
  if ([400, 401, 422].includes(status))
    return { ...failure, message: `no token: ${told}`, kind: "stop", code: "bank_credentials_refused" };
  if (status === 403) return { ...failure, message: `no token: ${told}`, kind: "stop", code: "bank_forbidden" };
  const message = `no token: ${told}; there is no token endpoint at this address, so check LEAD_API_URL, its path too`;
  return { ...failure, message, kind: "stop", code: "bank_unreachable" };
}

/**
 * The same reply with the secret blotted out wherever it may reach a message: as it is, as JSON writes it or as a URL does.
 * A JSON body is blotted in its values, which may be written otherwise there than they read.
 */
function withoutSecret(reply: BankReply, secret: string): BankReply {
  if (secret === "" || (reply.kind === "response" && reply.status === 200)) return reply;
  const forms = [JSON.stringify(secret).slice(1, -1), secret, encodeURIComponent(secret.toWellFormed())];
  const blot = (text: string) => forms.reduce((rest, form) => rest.replaceAll(form, "[secret]"), text);
  if (reply.kind === "response") {
    const json = parseJson(reply.body);
    const blotValue = (_: string, value: unknown) => (typeof value === "string" ? blot(value) : value);
    return { ...reply, body: json === undefined ? blot(reply.body) : JSON.stringify(json, blotValue) };
  }
  return reply.kind === "no_response" ? { ...reply, reason: blot(reply.reason) } : reply;
}
