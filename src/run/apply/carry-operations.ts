/**
 * Sends the operations of one planned change in order, settles those in doubt, and ends the change with its word.
 */
import type { SentAt } from "../../apply/sent-at.ts";
import type { ChangeToApply, StoredOperation, Verdict } from "../../ledger/ledger.ts";
import { issueOfAbandoned } from "../abandoned.ts";
import type { RunInHand } from "../run-in-hand.ts";
import { type Stop, stopFor, stopOf } from "../stop.ts";
import type { Rest } from "../window.ts";
import { withOperation } from "./change-now.ts";
import { endOf, goesOn, type OperationEnd } from "./end-of.ts";
import { isInDoubt } from "./is-in-doubt.ts";
import { sendOperation } from "./send-operation.ts";
import { settleOperation } from "./settle-operation.ts";

/**
 * Resolves with why the run must stop, or null. The account must be claimed; `sentAt` when the first operation was recorded as being
 * sent with the claim.
 */
export async function carryOperations(
  inHand: RunInHand,
  planned: ChangeToApply,
  rest: Rest,
  sentAt: SentAt | null = null,
): Promise<Stop | null> {
  const { ledger, signal, run } = inHand;
  let change = planned;
  let recordedAt = sentAt;
  for (let index = 0; ; ) {
    const operation = change.operations[index];
    // It was planned again, and nothing is left to send: it already has its word.
    if (operation === undefined) return null;
    const known = knownEnd(inHand, operation);
    if (known !== null && goesOn(change, index, known)) {
      index += 1;
      continue;
    }
    if (known !== null) return end(inHand, change, endOf(change, index, known));
    const sent = await sendOperation(inHand, { change, index, operation, recordedAt }, rest);
    recordedAt = null;
    if (sent.kind === "settle") {
      const settled = await settleOperation(inHand, change, sent, rest);
      if (settled.kind === "stop") return settled;
      if (settled.kind === "open") {
        return end(inHand, change, endOf(change, index, { state: "unknown", issue: settled.issue }));
      }
      change = settled.change;
      continue;
    }
    const { outcome } = sent;
    if (sent.kind === "stopped") {
      if (outcome?.state === "unknown") await end(inHand, change, endOf({ ...change, notes: [] }, index, outcome));
      return sent.stop === null ? stopOf(signal) : stopFor(sent.stop);
    }
    // The bank may no longer know an id that an earlier run has asked for.
    if (sent.outcome.state === "refused" && change.resolutions.length > 0)
      await ledger.ownIds.forget(run, change.resolutions);
    if (!goesOn(change, index, sent.outcome)) return null;
    // The change must show it as applied in case the rest has to be planned again.
    const { accountId, issue } = sent.outcome;
    const applied = { ...operation, state: "applied", issue } as const;
    change = withOperation({ ...change, accountId: change.accountId ?? accountId }, applied);
  }
}

/** How an operation has ended already, or ends without being sent; null for one that must be sent. */
function knownEnd({ run }: RunInHand, operation: StoredOperation): OperationEnd | null {
  // Version 0.1 wrote the end of an operation before the end of its row, and could die in between.
  if (["applied", "refused", "failed"].includes(operation.state)) return operation;
  const isGivenUp = run.abandoned !== null && !isInDoubt(operation);
  return isGivenUp ? { state: "skipped", issue: issueOfAbandoned(run) } : null;
}

async function end({ ledger, clock, run }: RunInHand, { change }: ChangeToApply, verdict: Verdict): Promise<null> {
  await ledger.changes.recordDone(run, change, verdict, clock.nowMs());
  return null;
}
