/**
 * What follows from one answer: the end of the operation, another attempt, or the end of the run. Pure, and total over
 * every failure; the table is the contract's "What that means for a client that must never make two accounts".
 *
 * The premise: an attempt is *in doubt* when it may have taken effect without our knowing. While one is in doubt the
 * key and the body never change, and no definite no counts, since it speaks of its own request only.
 */
import type { Account } from "../account.ts";
import { type BackOff, fullJitterMs, halfJitterMs } from "../back-off.ts";
import type { Answer, Failure } from "../bank/bank-api.ts";
import type { OperationKind } from "../plan/operation.ts";

export interface Attempt {
  readonly kind: OperationKind;
  /** 1 for the first one of this process. */
  readonly attempt: number;
  readonly attempts: number;
  /** Whether an earlier attempt under the key is in doubt. */
  readonly inDoubt: boolean;
  /** How many answers for another account the row has had before. */
  readonly misanswered: number;
  /** Since the first attempt of this process; bounds the waiting for a key that is still being processed. */
  readonly elapsedMs: number;
  /** 0 up to 1, for the jitter. */
  readonly random: number;
}

/**
 * No further sending can settle it: the account is to be read (contract, "Settling a doubt"). What then follows if the
 * effect is absent: another attempt, or the end, since the attempts are spent and another would get the same answer.
 */
export type IfAbsent = "again" | "refused" | "failed";

export type Decision =
  | { readonly kind: "end"; readonly state: "applied" | "refused" | "failed" | "unknown"; readonly inDoubt: boolean }
  | { readonly kind: "again"; readonly inDoubt: boolean; readonly delayMs: number; readonly nextGeneration: boolean }
  | { readonly kind: "settle"; readonly inDoubt: true; readonly ifAbsent: IfAbsent }
  | { readonly kind: "stop"; readonly state: "planned" | "unknown"; readonly inDoubt: boolean };

/** Longest wait for one key that is still being processed (contract: 15 min). */
export const IN_FLIGHT_LIMIT_MS = 15 * 60_000;
const BACK_OFF: BackOff = { firstMs: 500, longestMs: 30_000 };
/** Contract, 409. */
const IN_FLIGHT: BackOff = { firstMs: 1_000, longestMs: 30_000 };

export function decide(answer: Answer<Account | null>, attempt: Attempt): Decision {
  if (answer.ok) return { kind: "end", state: "applied", inDoubt: false };
  const { failure } = answer;
  switch (failure.kind) {
    case "stop":
      // The first time stops the run, so that a person looks; a second time costs only the row.
      if (failure.code === "bank_answered_for_another" && attempt.misanswered > 0)
        return { kind: "end", state: "unknown", inDoubt: true };
      return failure.code === "bank_key_contradicted" || failure.inDoubt === true
        ? { kind: "stop", state: "unknown", inDoubt: true }
        : { kind: "stop", state: attempt.inDoubt ? "unknown" : "planned", inDoubt: attempt.inDoubt };
    case "refused":
      return decideRefused(failure, attempt);
    case "transient":
      return decideTransient(failure, attempt);
    case "unknown":
      return decideUnknown(failure, attempt);
  }
}

/** A no that comes while an attempt is in doubt settles nothing, except for a relationship that is gone (contract). */
function decideRefused(failure: Failure, { kind, inDoubt }: Attempt): Decision {
  if (!inDoubt) return { kind: "end", state: "refused", inDoubt: false };
  if (kind === "remove_relationship" && isGone(failure)) return { kind: "end", state: "applied", inDoubt: false };
  return { kind: "settle", inDoubt: true, ifAbsent: "again" };
}

/** The bank's own 404, and not for the account: a proxy's 404 or a missing account says nothing about the relationship. */
function isGone({ status, code, bankCode }: Failure): boolean {
  return status === 404 && code !== "account_not_found" && bankCode !== "";
}

function decideTransient(failure: Failure, attempt: Attempt): Decision {
  const { inDoubt } = attempt;
  if (isLeft(failure, attempt)) {
    // A gateway's 429 says nothing about the bank's keys, and one that gives no token has not seen this one.
    const isOfKey = failure.code === "bank_rate_limited" && failure.bankCode !== "" && failure.outage !== true;
    const nextGeneration = isOfKey && !inDoubt;
    return { kind: "again", inDoubt, delayMs: waitMs(failure, attempt), nextGeneration };
  }
  if (inDoubt) return { kind: "end", state: "unknown", inDoubt };
  // An outage never makes a row failed: the run stops, and a resume continues the row.
  if (failure.code === "bank_unreachable") return { kind: "stop", state: "planned", inDoubt };
  return { kind: "end", state: "failed", inDoubt };
}

/** An outage or a stop costs no attempt, and a key in flight has a time of its own. */
function isLeft(failure: Failure, { attempt, attempts, elapsedMs }: Attempt): boolean {
  if (failure.inFlight) return elapsedMs < IN_FLIGHT_LIMIT_MS;
  return failure.outage === true || failure.code === "stopped" || attempt < attempts;
}

function decideUnknown(failure: Failure, attempt: Attempt): Decision {
  if (!isLeft(failure, attempt)) return decideSpent(failure);
  return { kind: "again", inDoubt: true, delayMs: waitMs(failure, attempt), nextGeneration: false };
}

/** The same answer would come again, so the account is read instead; silence and outages may be over by the next start. */
function decideSpent({ code }: Failure): Decision {
  if (code === "gateway_refused") return { kind: "settle", inDoubt: true, ifAbsent: "refused" };
  if (code === "bank_answer_unreadable") return { kind: "settle", inDoubt: true, ifAbsent: "failed" };
  return { kind: "end", state: "unknown", inDoubt: true };
}

function waitMs(failure: Failure, { attempt, random }: Attempt): number {
  if (failure.retryAfterMs !== undefined) return failure.retryAfterMs;
  if (failure.inFlight) return halfJitterMs(IN_FLIGHT, attempt - 1, random);
  return Math.round(fullJitterMs(BACK_OFF, attempt - 1, random));
}
