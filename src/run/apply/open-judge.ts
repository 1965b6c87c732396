/**
 * Gathers what is needed to judge the account in an answer: what the row wants, and what the ledger remembers of the account.
 */
import type { Account } from "../../account.ts";
import type { ChangeToApply } from "../../ledger/ledger.ts";
import { type Judged, judgeAnswer } from "../../plan/judge-answer.ts";
import type { Operation } from "../../plan/operation.ts";
import { ownIdsOf, withBankIds } from "../../plan/own-ids.ts";
import type { RunInHand } from "../run-in-hand.ts";

/** Call it before the operation is sent, and again when its doubt is settled. */
export async function openJudge(
  { ledger, run }: RunInHand,
  { change, accountId }: ChangeToApply,
  operation: Operation,
): Promise<(account: Account) => Judged> {
  const stored = await ledger.changes.readStored(run, change);
  const resolutions = ownIdsOf(stored.desired).length === 0 ? [] : await ledger.ownIds.readOf(run, change);
  const desired = withBankIds(stored.desired, resolutions);
  const memory = accountId === null ? [] : await ledger.accounts.readKept(run.bank, accountId);
  return (account) => judgeAnswer(operation, desired, account, memory);
}
