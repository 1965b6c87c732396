/**
 * Judges the account in an answer, by what the row wants and what the ledger remembers of the account.
 */
import type { Account } from "../../account.ts";
import type { ChangeToApply } from "../../ledger/ledger.ts";
import { type Judged, judgeAnswer } from "../../plan/judge-answer.ts";
import type { Operation } from "../../plan/operation.ts";
import { withBankIds } from "../../plan/own-ids.ts";
import type { Desired } from "../../read/change.ts";

/** `desired` is what the change wants, as its rows say it. */
export function openJudge(
  { resolutions, kept }: Pick<ChangeToApply, "resolutions" | "kept">,
  desired: Desired,
  operation: Operation,
): (account: Account) => Judged {
  return (account) => judgeAnswer(operation, withBankIds(desired, resolutions), account, kept);
}
