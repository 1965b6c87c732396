/**
 * Sends one operation of a change. The ledger records every attempt before it leaves, and every outcome. The body must be
 * the one that was planned, byte for byte.
 */
import { type Applied, applyOperation, type Recorder } from "../../apply/apply-operation.ts";
import type { SentAt } from "../../apply/sent-at.ts";
import { clientIdOf } from "../../change-keys.ts";
import type { ChangeToApply, Outcome, StoredOperation } from "../../ledger/ledger.ts";
import { changedUsers } from "../../plan/changed-users.ts";
import { idempotencyKey } from "../../plan/idempotency-key.ts";
import type { Desired } from "../../read/change.ts";
import { desiredOf } from "../desired-of.ts";
import { nameOf } from "../plan/key-operations.ts";
import type { RunInHand } from "../run-in-hand.ts";
import type { Rest } from "../window.ts";
import { endOf, goesOn } from "./end-of.ts";
import { isInDoubt } from "./is-in-doubt.ts";
import { mayNotSend } from "./may-not-send.ts";
import { openJudge } from "./open-judge.ts";

/** A key is no longer sent so long before the bank may forget it (contract, "Settling a doubt"). */
const KEY_MARGIN_HOURS = 2;
const MS_PER_HOUR = 3_600_000;

/** `operation` is in the generation of its key that was sent last. */
export type ToSettle = Extract<Applied, { kind: "settle" }> & {
  readonly operation: StoredOperation;
  readonly lastSentAtMs: number;
};
type SendEnd = Exclude<Applied, { kind: "settle" }> | ToSettle;

/** The next operation of a change: those before `index` have been applied. */
export interface OperationInTurn {
  readonly change: ChangeToApply;
  readonly index: number;
  readonly operation: StoredOperation;
  /** When it was recorded as being sent, with the claim of its account; null for one that is still to be recorded. */
  readonly recordedAt: SentAt | null;
}

/** If the whole change ends with this operation, both ends are recorded as one. */
export async function sendOperation(
  inHand: RunInHand,
  { change, index, operation, recordedAt }: OperationInTurn,
  rest: Rest,
): Promise<SendEnd> {
  const { ledger, clock, random, job, signal, bank, run } = inHand;
  // A call of another process may have left a little after its intent was recorded.
  let lastSentAtMs = (operation.lastSentAtMs ?? 0) + bank.longestWaitMs() + job.callTimeoutMs;
  if (run.abandoned !== null) return { kind: "settle", outcome: null, ifAbsent: "again", operation, lastSentAtMs };
  const stop = recordedAt === null ? mayNotSend(inHand, operation) : null;
  if (stop !== null) return { kind: "stopped", outcome: null, stop };
  const desired = desiredOf(run, change);
  const { step } = operation;
  let present = operation;
  const recorder: Recorder = {
    async recordSending(generation, key, at) {
      const lease = inHand.lease();
      if (lease === null) throw new Error("a plan sends nothing");
      const renewed = generation === present.generation ? undefined : { generation, key };
      present = { ...present, ...renewed };
      await ledger.operations.recordSending(run, lease, change.change, step, at, renewed);
    },
    async recordOutcome(outcome, isEnd) {
      // The call may have waited for its turn, but it has left before now.
      lastSentAtMs = clock.nowMs();
      const end = isEnd && !goesOn(change, index, outcome) ? endOf(change, index, outcome) : undefined;
      const users = changedUsers(operation, desired, change.resolutions);
      const recorded = { ...outcome, effectiveAt: effectiveAtOf(desired, outcome), users, atMs: lastSentAtMs };
      await ledger.operations.recordOutcome(run, change, present, recorded, end);
      // Not before: of a chunk that is another's by now, the other counts it.
      if (isEnd) inHand.needed.writes += 1;
    },
  };
  const outside = {
    bank,
    clock,
    random,
    isAnothers: (accountId: string) => ledger.accounts.isLinkedOtherwise(run.bank, accountId, clientIdOf(change.key)),
    keyOf: (generation: number) =>
      generation === operation.generation
        ? operation.key
        : idempotencyKey(nameOf(run, change.key, operation), generation),
    attempts: job.attempts,
    timeoutMs: job.rowTimeoutMs,
    keyLifeMs: (job.keyHours - KEY_MARGIN_HOURS) * MS_PER_HOUR,
    judge: openJudge(change, desired, operation),
    signal,
    rest: async (ms: number) => (ms > 0 ? rest(() => clock.sleep(ms, signal)) : undefined),
  };
  const { misanswered } = change;
  const isToRead = operation.issue?.code === "bank_answered_for_another";
  const inDoubt = isInDoubt(operation);
  const firstSent = firstSentOf(operation);
  const { generation } = operation;
  const toApply = { operation, generation, inDoubt, misanswered, isToRead, firstSent, recordedAt };
  const applied = await applyOperation(toApply, change.accountId, recorder, outside);
  return applied.kind === "settle" ? { ...applied, operation: present, lastSentAtMs } : applied;
}

/** A value that the bank keeps differently may be corrected in a row of the same instant. */
export function effectiveAtOf({ effective_at }: Desired, { issue }: Pick<Outcome, "issue">): string | null {
  return issue?.code === "bank_kept_different" ? null : (effective_at ?? null);
}

function firstSentOf({ firstSentAtMs, firstSentBankAtMs }: StoredOperation): SentAt | null {
  return firstSentAtMs === null ? null : { ourMs: firstSentAtMs, bankMs: firstSentBankAtMs };
}
