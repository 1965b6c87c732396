/**
 * Plans a change again when what it was planned on may no longer be so.
 */
import { clientIdOf, isClientKey } from "../../change-keys.ts";
import { worstWord } from "../../errors/words.ts";
import type { ChangeToApply, PlannedChange, StoredOperation } from "../../ledger/ledger.ts";
import { lookUp } from "../look-up.ts";
import { planOne } from "../plan/plan-one.ts";
import type { RunInHand } from "../run-in-hand.ts";
import type { Stop } from "../stop.ts";
import type { ChangeNow } from "./change-now.ts";

/**
 * The same change on the bank as it is now: what was sent of it stays, and what was not is planned anew. A change of
 * which nothing is left to send has got its word thereby, and comes back without operations.
 */
export async function planAgain(inHand: RunInHand, change: ChangeToApply): Promise<ChangeNow | Stop> {
  const { ledger, job, clock, run } = inHand;
  let { accountId } = change;
  if (accountId === null && isClientKey(change.key)) {
    const clientAccountId = clientIdOf(change.key);
    accountId = (await ledger.accounts.readLink(run.bank, clientAccountId)) ?? null;
    if (accountId === null && job.lookup) {
      const found = await lookUp(inHand.bank, clientAccountId);
      if (found.kind === "stop") return found;
      // No certain none: a create may be a second account.
      if (found.kind === "verdict") {
        await ledger.changes.recordDone(run, change.change, found.verdict, clock.nowMs());
        return { kind: "change", change: { ...change, operations: [] } };
      }
      if (found.kind === "account") accountId = found.accountId;
    }
  }
  const current = { ...inHand, run: (await ledger.runs.find(run.id)) ?? run };
  const kept = change.operations.filter(({ state }) => state === "applied");
  const stored = await ledger.changes.readStored(run, change.change);
  const planned = await planOne(current, { ...stored, accountId }, kept.at(-1)?.step ?? 0);
  if (planned.kind === "stop") return planned;
  const plan = kept.length === 0 ? planned.plan : afterApplied(planned.plan);
  await ledger.changes.recordPlans(run, [plan]);
  if (plan.operations.length > 0) await ledger.accounts.claim(run, change.change, clock.nowMs());
  const operations = plan.operations.map(
    (operation): StoredOperation => ({
      ...operation,
      state: "planned",
      attempts: 0,
      inDoubt: false,
      firstSentAtMs: null,
      firstSentBankAtMs: null,
      lastSentAtMs: null,
      httpStatus: null,
      issue: null,
    }),
  );
  const all = operations.length === 0 ? [] : [...kept, ...operations];
  return { kind: "change", change: { ...change, accountId, operations: all, notes: plan.verdict.issues } };
}

/** A row of which something was applied takes no better word than that. */
function afterApplied(plan: PlannedChange): PlannedChange {
  const { word, issues } = plan.verdict;
  return word === null ? plan : { ...plan, verdict: { word: worstWord([word, "applied"]) ?? word, issues } };
}
