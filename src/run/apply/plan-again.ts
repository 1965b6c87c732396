/**
 * Plans a change again when its plan may be out of date.
 */
import { clientIdOf, isClientKey } from "../../change-keys.ts";
import { worstWord } from "../../errors/words.ts";
import type { ChangeToApply, PlannedChange, StoredOperation } from "../../ledger/ledger.ts";
import { lookUp } from "../look-up.ts";
import { planOne } from "../plan/plan-one.ts";
import type { RunInHand } from "../run-in-hand.ts";
import type { Stop } from "../stop.ts";
import type { Rest } from "../window.ts";
import type { ChangeNow } from "./change-now.ts";
import { holdAccount } from "./claim-account.ts";
import { judgeDrift } from "./judge-drift.ts";

/**
 * Plans a claimed change on what the bank holds now: what was applied stays, the rest is planned anew. If nothing is left to send,
 * the change has got its word, and comes back without operations. So does a change that somebody has seen before it was to be sent,
 * as part of a plan or since a guard held it, when the bank no longer holds what its plan saw: it is held.
 */
export async function planAgain(inHand: RunInHand, change: ChangeToApply, rest: Rest): Promise<ChangeNow | Stop> {
  const { ledger, job, clock, run } = inHand;
  let { accountId } = change;
  // Of a plan that another run has made, this is the first reading.
  const isFirst = run.planOf !== null && change.plannedAtMs === 0;
  if (accountId === null && isClientKey(change.key)) {
    const clientAccountId = clientIdOf(change.key);
    accountId = (await ledger.accounts.readLink(run.bank, clientAccountId)) ?? null;
    if (accountId === null && job.lookup) {
      const found = await lookUp(inHand.bank, clientAccountId);
      if (isFirst) inHand.needed.reads += 1;
      if (found.kind === "stop") return found;
      // It is not certain that there is none: a create could make a second account.
      if (found.kind === "verdict") {
        await ledger.changes.recordDone(run, change.change, found.verdict, clock.nowMs());
        return { kind: "change", change: { ...change, operations: [] } };
      }
      if (found.kind === "account") accountId = found.account.id;
    }
  }
  if (accountId !== change.accountId) {
    const held = await holdAccount(inHand, { ...change, accountId }, rest);
    if (held.kind === "stop") return held;
  }
  const current = { ...inHand, run: (await ledger.runs.find(run.id)) ?? run };
  const kept = change.operations.filter(({ state }) => state === "applied");
  const stored = await ledger.changes.readStored(run, change.change, accountId);
  const planned = await planOne(current, stored, kept.at(-1)?.step ?? 0);
  if (planned.kind === "stop") return planned;
  if (isFirst) inHand.needed.reads += planned.needed;
  const isSeen = run.planOf !== null || (await ledger.guards.listHolds(run, change.change)).length > 0;
  const drifted = isSeen ? await judgeDrift(inHand, change, planned.plan) : null;
  if (drifted !== null) {
    await ledger.changes.recordDone(run, change.change, drifted.verdict, clock.nowMs(), drifted.drift);
    return { kind: "change", change: { ...change, operations: [] } };
  }
  const plan = kept.length === 0 ? planned.plan : afterApplied(planned.plan);
  await ledger.changes.recordPlanAgain(run, plan);
  const { touch, resolutions } = plan;
  const now = { ...change, accountId, touch, resolutions, kept: stored.kept, notes: plan.verdict.issues };
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
      requestId: null,
      issue: null,
    }),
  );
  const all = operations.length === 0 ? [] : [...kept, ...operations];
  return { kind: "change", change: { ...now, operations: all } };
}

/** A row of which something was applied gets no better word than `applied`. */
function afterApplied(plan: PlannedChange): PlannedChange {
  const { word, issues } = plan.verdict;
  return word === null ? plan : { ...plan, verdict: { word: worstWord([word, "applied"]) ?? word, issues } };
}
