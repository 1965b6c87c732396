/**
 * Applies one planned change until it has its word: claims its account and sends its operations in order. If our own code
 * fails on it, it is set aside and the others go on.
 */
import type { Issue } from "../../errors/issue.ts";
import type { ChangeToApply } from "../../ledger/ledger.ts";
import { costsOneRow, poisonOf } from "../one-row.ts";
import type { RunInHand } from "../run-in-hand.ts";
import type { Stop } from "../stop.ts";
import type { Rest } from "../window.ts";
import { carryOperations } from "./carry-operations.ts";
import { claimAccount } from "./claim-account.ts";
import { isInDoubt } from "./is-in-doubt.ts";
import { planAgain } from "./plan-again.ts";

/** Resolves with why the run must stop, or null. */
export async function applyChange(inHand: RunInHand, planned: ChangeToApply, giveWay: Rest): Promise<Stop | null> {
  const { ledger, run } = inHand;
  const { accounts } = ledger;
  const poison = poisonOf(planned);
  if (poison !== null) {
    await setAside(inHand, planned, poison);
    return null;
  }
  // A process that dies during a rest has not died over this row.
  const rest: Rest = async (wait) => {
    await accounts.recordResting(run, planned.change, true);
    try {
      return await giveWay(wait);
    } finally {
      await accounts.recordResting(run, planned.change, false);
    }
  };
  const work = async () => {
    const claim = await claimAccount(inHand, planned, giveWay);
    if (claim.kind === "stop") return claim;
    if (claim.kind === "claimed") return carryOperations(inHand, planned, rest, claim.sentAt);
    const now = await planAgain(inHand, planned, rest);
    return now.kind === "stop" ? now : carryOperations(inHand, now.change, rest);
  };
  return costsOneRow(inHand, planned, work, (issue) => setAside(inHand, planned, issue));
}

/** Failed, or unknown when something of it may have taken effect. */
async function setAside({ ledger, clock, run }: RunInHand, { change }: ChangeToApply, issue: Issue): Promise<void> {
  const [now] = await ledger.changes.takeToApply(run, { after: change - 1, to: change, limit: 1 });
  const isOpen = now?.operations.some((operation) => isInDoubt(operation)) ?? false;
  await ledger.changes.recordDone(run, change, { word: isOpen ? "unknown" : "failed", issues: [issue] }, clock.nowMs());
}
