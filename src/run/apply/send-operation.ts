/**
 * Sends one operation of a change. The ledger records every attempt before it leaves, and every outcome. The body must be
 * the one that was planned, byte for byte.
 */
import { type Applied, applyOperation, type Recorder, type SentAt } from "../../apply/apply-operation.ts";
import { LONGEST_WAIT_MS } from "../../bank/transport/leave-by.ts";
import { clientIdOf } from "../../change-keys.ts";
import type { Issue } from "../../errors/issue.ts";
import type { ChangeToApply, StoredOperation } from "../../ledger/ledger.ts";
import { hashBody, idempotencyKey } from "../../plan/idempotency-key.ts";
import { issueOfClockSkew } from "../clock-skew.ts";
import { nameOf } from "../plan/key-operations.ts";
import type { RunInHand } from "../run-in-hand.ts";
import type { Rest } from "../window.ts";
import { endOf, goesOn } from "./end-of.ts";
import { isInDoubt } from "./is-in-doubt.ts";
import { openJudge } from "./open-judge.ts";

/** A key is no longer sent so long before the bank may forget it (contract, "Settling a doubt"). */
const KEY_MARGIN_HOURS = 2;
const MS_PER_HOUR = 3_600_000;

export type ToSettle = Extract<Applied, { kind: "settle" }> & { readonly lastSentAtMs: number };
type SendEnd = Exclude<Applied, { kind: "settle" }> | ToSettle;

/** The next operation of a change: those before `index` have been applied. */
export interface OperationInTurn {
  readonly change: ChangeToApply;
  readonly index: number;
  readonly operation: StoredOperation;
}

/** If the whole change ends with this operation, both ends are recorded as one. */
export async function sendOperation(
  inHand: RunInHand,
  { change, index, operation }: OperationInTurn,
  rest: Rest,
): Promise<SendEnd> {
  const { ledger, clock, random, job, signal, bank, run } = inHand;
  // A call of another process may have left a little after its intent was recorded.
  let lastSentAtMs = (operation.lastSentAtMs ?? 0) + LONGEST_WAIT_MS + job.callTimeoutMs;
  if (run.abandoned !== null) return { kind: "settle", outcome: null, ifAbsent: "again", lastSentAtMs };
  const stop = mayNotSend(inHand, operation);
  if (stop !== null) return { kind: "stopped", outcome: null, stop };
  const name = nameOf(run, change.key, operation);
  const { step, generation } = operation;
  const recorder: Recorder = {
    async recordSending(present, key, at) {
      const lease = inHand.lease();
      if (lease === null) throw new Error("a plan sends nothing");
      const renewed = present === generation ? undefined : { generation: present, key };
      await ledger.operations.recordSending(run, lease, change.change, step, at, renewed);
    },
    async recordOutcome(outcome, isEnd) {
      // The call may have waited for its turn, but it has left before now.
      lastSentAtMs = clock.nowMs();
      const end = isEnd && !goesOn(change, index, outcome) ? endOf(change, index, outcome) : undefined;
      await ledger.operations.recordOutcome(run, change.change, step, name, { ...outcome, atMs: lastSentAtMs }, end);
    },
  };
  const outside = {
    bank,
    clock,
    random,
    isAnothers: (accountId: string) => ledger.accounts.isLinkedOtherwise(run.bank, accountId, clientIdOf(change.key)),
    keyOf: (present: number) => idempotencyKey(name, present),
    attempts: job.attempts,
    timeoutMs: job.rowTimeoutMs,
    keyLifeMs: (job.keyHours - KEY_MARGIN_HOURS) * MS_PER_HOUR,
    judge: await openJudge(inHand, change, operation),
    signal,
    rest: async (ms: number) => (ms > 0 ? rest(() => clock.sleep(ms, signal)) : undefined),
  };
  const { misanswered } = change;
  const isToRead = operation.issue?.code === "bank_answered_for_another";
  const inDoubt = isInDoubt(operation);
  const toApply = { operation, generation, inDoubt, misanswered, isToRead, firstSent: firstSentOf(operation) };
  const applied = await applyOperation(toApply, change.accountId, recorder, outside);
  return applied.kind === "settle" ? { ...applied, lastSentAtMs } : applied;
}

function firstSentOf({ firstSentAtMs, firstSentBankAtMs }: StoredOperation): SentAt | null {
  return firstSentAtMs === null ? null : { ourMs: firstSentAtMs, bankMs: firstSentBankAtMs };
}

/** A body that is not the planned one must not go out under its key; and nothing may go out while the clocks differ too much. */
function mayNotSend({ bank }: RunInHand, { step, kind, body, bodyHash }: StoredOperation): Issue | null {
  if (hashBody(body) !== bodyHash) {
    const message = `the ledger's body of step ${step}, ${kind}, differs from the body that was planned`;
    return { code: "body_altered", column: "", message };
  }
  return issueOfClockSkew(bank.clockSkewMs());
}
