/**
 * One operation, carried to an end: intent recorded, call made, outcome recorded, and again as `decide` says. What is to
 * be durable is handed to the recorder, and nothing leaves before the recorder has it.
 */

import type { Account } from "../account.ts";
import type { Answer, BankApi } from "../bank/bank-api.ts";
import type { Clock } from "../clock.ts";
import type { Issue } from "../errors/issue.ts";
import type { Operation } from "../plan/operation.ts";
import { type Decision, decide } from "./decide.ts";
import { performOperation } from "./perform-operation.ts";

/** The operation as it stands: which generation of its key is in force, and what earlier attempts left behind. */
export interface OperationToApply {
  readonly operation: Operation;
  readonly generation: number;
  readonly inDoubt: boolean;
}

/** What became of one attempt; `planned`: certainly nothing, and it may go out again. */
export interface AttemptOutcome {
  readonly state: "planned" | "applied" | "refused" | "failed" | "unknown";
  readonly inDoubt: boolean;
  readonly httpStatus: number;
  readonly issue: Issue | null;
  readonly accountId: string | null;
}

export interface Recorder {
  /** Durable before it resolves. */
  recordSending(generation: number, key: string): Promise<void>;
  recordOutcome(outcome: AttemptOutcome): Promise<void>;
}

export interface Outside {
  readonly bank: BankApi;
  readonly clock: Clock;
  readonly random: () => number;
  readonly keyOf: (generation: number) => string;
  /** Attempts in this process. */
  readonly attempts: number;
  /** Aborted when the run is to stop: no new attempt begins. */
  readonly signal: AbortSignal;
}

/** `stop` carries the failure that ends the run; the operation's own state has been recorded all the same. */
export type Applied =
  | { readonly kind: "ended"; readonly outcome: AttemptOutcome }
  | { readonly kind: "stopped"; readonly outcome: AttemptOutcome | null; readonly stop: Issue | null };

export async function applyOperation(
  { operation, generation, inDoubt }: OperationToApply,
  accountId: string,
  recorder: Recorder,
  { bank, clock, random, keyOf, attempts, signal }: Outside,
): Promise<Applied> {
  const startedMs = clock.monotonicMs();
  let outcome: AttemptOutcome | null = null;
  for (let attempt = 1; ; attempt++) {
    if (signal.aborted) return { kind: "stopped", outcome, stop: null };
    const key = keyOf(generation);
    await recorder.recordSending(generation, key);
    const answer = await performOperation(bank, operation, accountId, key);
    const elapsedMs = clock.monotonicMs() - startedMs;
    const decision = decide(answer, { kind: operation.kind, attempt, attempts, inDoubt, elapsedMs, random: random() });
    outcome = outcomeOf(answer, decision);
    await recorder.recordOutcome(outcome);
    if (decision.kind === "end") return { kind: "ended", outcome };
    if (decision.kind === "stop") return { kind: "stopped", outcome, stop: outcome.issue };
    inDoubt = decision.inDoubt;
    if (decision.nextGeneration) generation += 1;
    await clock.sleep(decision.delayMs, signal).catch(() => {});
  }
}

function outcomeOf(answer: Answer<Account | null>, decision: Decision): AttemptOutcome {
  const state = decision.kind === "again" ? (decision.inDoubt ? "unknown" : "planned") : decision.state;
  const accountId = answer.ok ? (answer.value?.id ?? null) : null;
  const httpStatus = answer.ok ? answer.status : answer.failure.status;
  return { state, inDoubt: decision.inDoubt, httpStatus, issue: issueOf(answer, state), accountId };
}

function issueOf(answer: Answer<unknown>, state: AttemptOutcome["state"]): Issue | null {
  if (answer.ok || state === "applied") return null;
  const { code, message, parameter } = answer.failure;
  // A refusal with an attempt in doubt is no refusal of the row: what the row needs to hear is that it is open.
  if (state === "unknown" && answer.failure.kind === "refused")
    return {
      code: "outcome_unknown",
      column: "",
      message: `an earlier attempt may have taken effect; the last one got: ${message}`,
    };
  return { code, column: parameter, message };
}
