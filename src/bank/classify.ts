/**
 * What became of a call, judged by the contract's table "What that means for a client that must never make two
 * accounts". Takes any reply, gives the body of a whole 200 or a Failure; pure, and total over every status.
 */
import type { Code } from "../errors/registry.ts";
import type { Answer, Failure, FailureKind } from "./bank-api.ts";
import { type BankError, formatBankError, nameBankError, parseErrorBody } from "./error-body.ts";
import type { BankReply, CallKind } from "./transport.ts";

type Response = Extract<BankReply, { kind: "response" }>;
type NoResponse = Extract<BankReply, { kind: "no_response" }>;
interface Verdict {
  readonly kind: FailureKind;
  readonly code: Code;
  readonly inFlight?: true;
}

/**
 * Only a 200 is a success, and its value is the body as text: whether that says what it should is for the caller to see
 * (`unreadable`). A 401 that comes here was refused with a fresh token.
 */
export function classify(reply: BankReply, call: CallKind): Answer<string> {
  if (reply.kind === "not_sent") return { ok: false, failure: reply.failure };
  if (reply.kind === "no_response") return { ok: false, failure: classifySilence(reply, call) };
  if (reply.status === 200) return { ok: true, value: reply.body, status: 200 };
  const error = parseErrorBody(reply.body);
  return { ok: false, failure: toFailure(reply, error, judge(reply.status, error, call)) };
}

/** A whole 200 that does not say what it should: it took effect, and the answer is lost. */
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

function classifySilence(reply: NoResponse, call: CallKind): Failure {
  const { status, reason } = reply;
  const outage = reply.outage && { outage: true as const };
  if (reply.sent && status === 200) return { ...unreadable(call, status, reason), ...outage };
  const rest = { status, bankCode: "", parameter: "", ...outage };
  if (!reply.sent) return { kind: "transient", code: "bank_unreachable", message: `not sent: ${reason}`, ...rest };
  if (call === "read") return { kind: "transient", code: "bank_unreachable", message: `no answer: ${reason}`, ...rest };
  return { kind: "unknown", code: "outcome_unknown", message: `sent, and no answer: ${reason}`, ...rest };
}

function judge(status: number, error: BankError, call: CallKind): Verdict {
  switch (status) {
    case 400:
      return error.code === "idempotency_error"
        ? { kind: "stop", code: "bank_key_rejected" }
        : { kind: "refused", code: "bank_refused" };
    case 401:
      return { kind: "stop", code: "bank_credentials_refused" };
    case 403:
      return { kind: "stop", code: "bank_forbidden" };
    case 408:
      return { kind: inDoubt(call), code: "bank_error" };
    case 409:
      return judgeConflict(error, call);
    case 422:
      return error.code === "idempotency_request_inconsistent"
        ? { kind: "stop", code: "bank_key_contradicted" }
        : { kind: "refused", code: "bank_refused" };
    case 429:
      return { kind: "transient", code: "bank_rate_limited" };
    default:
      return status >= 400 && status < 500
        ? { kind: "refused", code: "bank_refused" }
        : { kind: inDoubt(call), code: "bank_error" };
  }
}

/**
 * 409: an earlier request with the key is still running. Not on the batch endpoint, where it also means that the key
 * was used otherwise; there only a body that says so counts as still running, since stopping never doubles anything.
 */
function judgeConflict(error: BankError, call: CallKind): Verdict {
  if (call === "read") return { kind: "refused", code: "bank_refused" };
  const running = call === "write" || STILL_RUNNING.test(`${error.code} ${error.text}`);
  if (running && error.code !== "idempotency_request_inconsistent") {
    return { kind: "unknown", code: "bank_in_flight", inFlight: true };
  }
  return { kind: "stop", code: "bank_key_contradicted" };
}

const STILL_RUNNING = /\b(still|currently|being) (being )?process|in[ _-]?(progress|flight)|concurrent/i;

function inDoubt(call: CallKind): FailureKind {
  return call === "read" ? "transient" : "unknown";
}

function toFailure(reply: Response, error: BankError, verdict: Verdict): Failure {
  return {
    ...verdict,
    message: verdict.kind === "stop" ? nameBankError(error.code, reply.status) : formatBankError(error, reply.status),
    status: reply.status,
    bankCode: error.code,
    parameter: error.parameters[0]?.name ?? "",
    ...(reply.retryAfterMs === undefined ? {} : { retryAfterMs: reply.retryAfterMs }),
    ...(reply.outage && { outage: true as const }),
  };
}
