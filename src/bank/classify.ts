/**
 * The outcome of a call, judged by the contract's table "What that means for a client that must never make two
 * accounts". Takes any reply, gives the body of a whole 200 or a Failure; pure, and total over every status.
 */
import type { Code } from "../errors/codes/codes.ts";
import type { Answer, Failure, FailureKind } from "./bank-api.ts";
import { type BankError, formatBankError, nameBankError, parseErrorBody } from "./error-body.ts";
import type { BankReply, CallKind } from "./transport.ts";
import { meaningOf, whoAnswered } from "./who-answered.ts";

type Response = Extract<BankReply, { kind: "response" }>;
type NoResponse = Extract<BankReply, { kind: "no_response" }>;
interface Classified {
  readonly kind: FailureKind;
  readonly code: Code;
  readonly inFlight?: true;
  readonly inDoubt?: true;
}

/**
 * Only a 200 is a success, and its value is the body as text: whether that says what it should is for the caller to see
 * (`unreadable`). A 401 that comes here was refused with a fresh token.
 */
export function classify(reply: BankReply, call: CallKind): Answer<string> {
  if (reply.kind === "not_sent") return { ok: false, failure: reply.failure };
  const named = requestIdOf(reply);
  if (reply.kind === "no_response") return { ok: false, failure: { ...classifySilence(reply, call), ...named } };
  if (reply.status === 200) return { ok: true, value: reply.body, status: 200, ...named };
  const error = parseErrorBody(reply.body);
  return { ok: false, failure: { ...toFailure(reply, error, judge(reply, error, call)), ...named } };
}

/** What an answer calls its request, if it says. */
export function requestIdOf({ requestId }: { readonly requestId?: string }): { readonly requestId?: string } {
  return requestId === undefined ? {} : { requestId };
}

/** A whole 200 with other content than it should have: it took effect, and the answer is lost. */
export function unreadable(call: CallKind, status: number, reason: string): Failure {
  return {
    kind: inDoubt(call),
    code: "bank_answer_unreadable",
    message: `the bank's answer cannot be read: ${reason}`,
    status,
    bankCode: "",
    parameter: "",
  };
}

/** A whole 200 to a write, for an account that is not the one it was about: nobody can know what took effect. */
export function answeredForAnother(accountId: string, answer: { readonly requestId?: string }): Failure {
  return {
    ...requestIdOf(answer),
    kind: "stop",
    inDoubt: true,
    code: "bank_answered_for_another",
    message: `the bank answered for another account, ${accountId}`,
    status: 200,
    bankCode: "",
    parameter: "",
  };
}

function classifySilence(reply: NoResponse, call: CallKind): Failure {
  const { status, reason, isLone } = reply;
  const outage = reply.outage && { outage: true as const };
  if (reply.sent && status === 200) return { ...unreadable(call, status, reason), ...outage };
  const rest = { status, bankCode: "", parameter: "", ...outage };
  if (!reply.sent) return { kind: "transient", code: "bank_unreachable", message: `not sent: ${reason}`, ...rest };
  if (isLone)
    return { kind: "transient", code: "bank_error", message: `no answer, while others got one: ${reason}`, ...rest };
  if (call === "read") return { kind: "transient", code: "bank_unreachable", message: `no answer: ${reason}`, ...rest };
  return { kind: "unknown", code: "outcome_unknown", message: `sent, and no answer: ${reason}`, ...rest };
}

function judge({ status, body, isBlocked }: Response, error: BankError, call: CallKind): Classified {
  switch (meaningOf(status, body)) {
    case "credentials":
      return { kind: "stop", code: "bank_credentials_refused" };
    case "forbidden":
      return { kind: "stop", code: "bank_forbidden" };
    case "conflict":
      return judgeConflict(error, body, call);
    case "slow_down":
      return { kind: "transient", code: "bank_rate_limited" };
    case "refused":
      return judgeRefused(status, error);
    case "in_place":
      if (isBlocked !== true) return { kind: inDoubt(call), code: "gateway_refused" };
      return { kind: "stop", code: "bank_forbidden", ...(call !== "read" && { inDoubt: true }) };
    case "answer":
    case "trouble":
      return { kind: inDoubt(call), code: "bank_error" };
  }
}

function judgeRefused(status: number, { code }: BankError): Classified {
  if (status === 400 && code === "idempotency_error") return { kind: "stop", code: "bank_key_rejected" };
  if (status === 422 && code === "idempotency_request_inconsistent")
    return { kind: "stop", code: "bank_key_contradicted" };
  return { kind: "refused", code: "bank_refused" };
}

/**
 * 409: an earlier request with the key is still running. Not on the batch endpoint, where it also means that the key
 * was used for another request; there the bank's body must say that it is still running, since stopping never doubles anything.
 */
function judgeConflict(error: BankError, body: string, call: CallKind): Classified {
  const isGateway = whoAnswered(body) === "gateway";
  if (call === "read")
    return isGateway ? { kind: "transient", code: "gateway_refused" } : { kind: "refused", code: "bank_refused" };
  const running = call === "write" || isGateway || STILL_RUNNING.test(`${error.code} ${error.text}`);
  if (running && error.code !== "idempotency_request_inconsistent") {
    return { kind: "unknown", code: "bank_in_flight", inFlight: true };
  }
  return { kind: "stop", code: "bank_key_contradicted" };
}

const STILL_RUNNING = /\b(still|currently|being) (being )?process|in[ _-]?(progress|flight)|concurrent/i;

function inDoubt(call: CallKind): FailureKind {
  return call === "read" ? "transient" : "unknown";
}

function toFailure(reply: Response, error: BankError, verdict: Classified): Failure {
  return {
    ...verdict,
    message: messageOf(reply, error, verdict),
    status: reply.status,
    bankCode: error.code,
    parameter: error.parameters[0]?.name ?? "",
    ...(reply.retryAfterMs === undefined ? {} : { retryAfterMs: reply.retryAfterMs }),
    ...(reply.outage && { outage: true as const }),
  };
}

function messageOf({ status, isBlocked }: Response, error: BankError, { kind, code }: Classified): string {
  if (code === "gateway_refused") return `a gateway in front of the bank answered instead: HTTP ${status}`;
  if (isBlocked === true) return `a gateway in front of the bank blocks every call: HTTP ${status}`;
  return kind === "stop" ? nameBankError(error.code, status) : formatBankError(error, status);
}
