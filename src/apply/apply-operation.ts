/**
 * One operation to its end: intent recorded, call made, outcome recorded, and again as `decide` says. The recorder makes
 * each step durable, and nothing leaves before it has done so.
 *
 * An operation in doubt whose key is too old to be trusted is not sent: it ends as `settle`, and is judged by what the
 * bank holds (contract, "Settling a doubt").
 */

import type { Account } from "../account.ts";
import type { Answer, BankApi } from "../bank/bank-api.ts";
import { answeredForAnother } from "../bank/classify.ts";
import type { Clock } from "../clock.ts";
import type { Issue } from "../errors/issue.ts";
import type { Judged } from "../plan/judge-answer.ts";
import type { Operation } from "../plan/operation.ts";
import { type Decision, decide, type IfAbsent } from "./decide.ts";
import { nameEntities } from "./name-entities.ts";
import { performOperation } from "./perform-operation.ts";
import { type SentAt, sentAt } from "./sent-at.ts";

/** The operation as it is now: which generation of its key is in force, and what earlier attempts left behind. */
export interface OperationToApply {
  readonly operation: Operation;
  readonly generation: number;
  readonly inDoubt: boolean;
  /** How many answers for another account the row has had before. */
  readonly misanswered: number;
  /** Whether the doubt is one that sending again under its key would only repeat. */
  readonly isToRead: boolean;
  /** The first sending under the present key, by our clock and by the bank's; null for none, or not known. */
  readonly firstSent: SentAt | null;
  /** When it was recorded as being sent already, by this process; then it goes out, whatever comes in between. */
  readonly recordedAt: SentAt | null;
}

/** What became of one attempt; `planned`: certainly nothing, and it may go out again. */
export interface AttemptOutcome {
  readonly state: "planned" | "applied" | "refused" | "failed" | "unknown";
  readonly inDoubt: boolean;
  readonly httpStatus: number;
  /** What the answer called the request; null when it did not say. */
  readonly requestId: string | null;
  /** Also a note on one that applied. */
  readonly issue: Issue | null;
  readonly accountId: string | null;
  /** What the answer showed of how the bank keeps what it was sent; null when no account was answered. */
  readonly kept: Judged | null;
}

export interface Recorder {
  /** Durable before it resolves. */
  recordSending(generation: number, key: string, at: SentAt): Promise<void>;
  /** `isEnd`: no further attempt follows, and nothing has to be settled. */
  recordOutcome(outcome: AttemptOutcome, isEnd: boolean): Promise<void>;
}

export interface Outside {
  readonly bank: BankApi;
  readonly clock: Clock;
  readonly random: () => number;
  /** Whether the ledger links the account of that id to another client_account_id than the row's. */
  readonly isAnothers: (accountId: string) => Promise<boolean>;
  readonly keyOf: (generation: number) => string;
  /** Attempts in this process; those of an outage don't count. */
  readonly attempts: number;
  /** From the first attempt in this process on. */
  readonly timeoutMs: number;
  /** How long a key may be sent: less than the bank keeps it. */
  readonly keyLifeMs: number;
  /** Aborted when the run is to stop: no new attempt begins. */
  readonly signal: AbortSignal;
  /** Judges the account that an answer shows, beside what the operation has sent. */
  readonly judge: (account: Account) => Judged;
  /** Waits without keeping others from working. */
  readonly rest: (ms: number) => Promise<void>;
}

/**
 * `settle`: in doubt, and no further sending can end it. `stopped`: with the failure that ends the run, or null for a
 * signal; the operation's own state has been recorded all the same.
 */
export type Applied =
  | { readonly kind: "ended"; readonly outcome: AttemptOutcome }
  | { readonly kind: "settle"; readonly outcome: AttemptOutcome | null; readonly ifAbsent: IfAbsent }
  | { readonly kind: "stopped"; readonly outcome: AttemptOutcome | null; readonly stop: Issue | null };

export async function applyOperation(
  toApply: OperationToApply,
  accountId: string | null,
  recorder: Recorder,
  outside: Outside,
): Promise<Applied> {
  const { bank, clock, random, keyOf, attempts, timeoutMs, signal, rest } = outside;
  const { operation } = toApply;
  const startedMs = clock.monotonicMs();
  let { generation, inDoubt, firstSent, recordedAt } = toApply;
  let outcome: AttemptOutcome | null = null;
  for (let attempt = 1; ; ) {
    const key = keyOf(generation);
    if (recordedAt === null) {
      if (signal.aborted) return { kind: "stopped", outcome, stop: null };
      const isToRead = toApply.isToRead || isKeyOld(firstSent, outside);
      if (inDoubt && operation.kind !== "remove_relationship" && isToRead) {
        return { kind: "settle", outcome, ifAbsent: "again" };
      }
      recordedAt = sentAt(outside);
      await recorder.recordSending(generation, key, recordedAt);
    }
    firstSent ??= recordedAt;
    // The process may have been stopped since.
    const waitedMs = Math.max(0, clock.nowMs() - recordedAt.ourMs);
    recordedAt = null;
    const performed = await performOperation(bank, operation, accountId, key, waitedMs);
    const answer = await judgeOwner(performed, operation, outside);
    const elapsedMs = clock.monotonicMs() - startedMs;
    const spent = elapsedMs >= timeoutMs ? attempts : attempt;
    const decision = decide(answer, {
      kind: operation.kind,
      attempt: spent,
      attempts,
      inDoubt,
      misanswered: toApply.misanswered,
      elapsedMs,
      random: random(),
    });
    outcome = outcomeOf(answer, decision, operation, outside.judge);
    await recorder.recordOutcome(outcome, decision.kind === "end");
    if (decision.kind === "end") return { kind: "ended", outcome };
    if (decision.kind === "settle") return { kind: "settle", outcome, ifAbsent: decision.ifAbsent };
    if (decision.kind === "stop") return { kind: "stopped", outcome, stop: outcome.issue };
    inDoubt = decision.inDoubt;
    if (decision.nextGeneration) {
      generation += 1;
      firstSent = null;
    }
    if (answer.ok || answer.failure.outage !== true) attempt += 1;
    await rest(decision.delayMs);
  }
}

/** A create did not make an account that is linked to another client_account_id, unless the answer itself names one. */
async function judgeOwner(
  answer: Answer<Account | null>,
  { kind }: Operation,
  { isAnothers }: Outside,
): Promise<Answer<Account | null>> {
  if (kind !== "create" || !answer.ok || answer.value === null) return answer;
  const { id, client_account_id } = answer.value;
  if (client_account_id !== undefined || !(await isAnothers(id))) return answer;
  return { ok: false, failure: answeredForAnother(id, answer) };
}

/** By the larger of the two ages, since one of the clocks may have been set meanwhile. */
function isKeyOld(first: SentAt | null, outside: Outside): boolean {
  if (first === null) return false;
  const now = sentAt(outside);
  const ages = [now.ourMs - first.ourMs];
  if (now.bankMs !== null && first.bankMs !== null) ages.push(now.bankMs - first.bankMs);
  return Math.max(...ages) >= outside.keyLifeMs;
}

function outcomeOf(
  answer: Answer<Account | null>,
  decision: Decision,
  operation: Operation,
  judge: (account: Account) => Judged,
): AttemptOutcome {
  const account = answer.ok ? answer.value : null;
  const { status: httpStatus, requestId = null } = answer.ok ? answer : answer.failure;
  const state = stateOf(decision);
  const kept = account === null ? null : judge(account);
  const issue = kept === null ? nameEntities(issueOf(answer, state), operation) : kept.issue;
  return { state, inDoubt: decision.inDoubt, httpStatus, requestId, issue, accountId: account?.id ?? null, kept };
}

function stateOf(decision: Decision): AttemptOutcome["state"] {
  if (decision.kind === "settle") return "unknown";
  if (decision.kind === "again") return decision.inDoubt ? "unknown" : "planned";
  return decision.state;
}

function issueOf(answer: Answer<unknown>, state: AttemptOutcome["state"]): Issue | null {
  if (answer.ok || state === "applied") return null;
  const { code, message, parameter, bankCode } = answer.failure;
  // A refusal with an attempt in doubt does not refuse the row: the row is still open, and has to say so.
  if (state === "unknown" && answer.failure.kind === "refused")
    return {
      code: "outcome_unknown",
      column: "",
      message: `an earlier attempt may have taken effect; the last answer was: ${message}`,
    };
  return { code, column: parameter, message, ...(bankCode !== "" && { bankCode }) };
}
