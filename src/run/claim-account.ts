/**
 * Takes an account for this run before anything of a change is sent, and plans the change again when what it was
 * planned on may no longer be so.
 */
import { worstWord } from "../errors/words.ts";
import type { ChangeToApply, PlannedChange, StoredOperation } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";
import type { Hands, RunContext, Stop } from "./context.ts";
import { lookUp } from "./look-up.ts";
import { planOne } from "./plan-one.ts";
import type { Rest } from "./window.ts";

/** How long a row waits for another run to let go of its account, and how often it asks. */
const BUSY_WAIT_MS = 2_000;
const BUSY_POLL_MS = 100;

/** `busy` has given the change its word already, unless the run is to stop. */
export async function claimAccount(
  context: RunContext,
  run: Run,
  change: ChangeToApply,
  rest: Rest,
): Promise<"claimed" | "plan again" | "busy"> {
  const { ledger, clock, signal, job } = context;
  const startedMs = clock.monotonicMs();
  for (;;) {
    const claim = await ledger.accounts.claim(run, change.change, clock.nowMs());
    if (claim.kind !== "busy") {
      const isSettled = change.operations.every(
        ({ state, inDoubt }) => !inDoubt && ["applied", "planned"].includes(state),
      );
      const isOld = clock.nowMs() - change.plannedAtMs > job.recheckAfterMs;
      return isSettled && (claim.kind === "drifted" || isOld) ? "plan again" : "claimed";
    }
    if (signal.aborted) return "busy";
    if (clock.monotonicMs() - startedMs >= BUSY_WAIT_MS) {
      const message = `run ${claim.run} is at work on this account; run the row again once that has ended`;
      const issues = [{ code: "account_busy" as const, column: "", message }];
      await ledger.changes.recordDone(run, change.change, { word: "skipped", issues }, clock.nowMs());
      return "busy";
    }
    await rest(clock.sleep(BUSY_POLL_MS, signal));
  }
}

/**
 * The same change on the bank as it is now: what was sent of it stays, and what was not is planned anew. A change of
 * which nothing is left to send has got its word thereby, and comes back without operations.
 */
export async function planAgain(
  context: RunContext,
  hands: Hands,
  run: Run,
  change: ChangeToApply,
): Promise<ChangeToApply | Stop> {
  const { ledger, job } = context;
  let { accountId } = change;
  if (accountId === null && change.key.startsWith("client:")) {
    const clientAccountId = change.key.slice("client:".length);
    accountId = (await ledger.accounts.readLink(run.bank, clientAccountId)) ?? null;
    if (accountId === null && job.lookup) {
      const found = await lookUp(hands.bank, clientAccountId);
      if (found.kind === "stop") return found.stop;
      if (found.kind === "account") accountId = found.accountId;
    }
  }
  const current = (await ledger.runs.find(run.id)) ?? run;
  const kept = change.operations.filter(({ state }) => state === "applied");
  const stored = await ledger.changes.readStored(run, change.change);
  const planned = await planOne(context, hands, current, { ...stored, accountId }, kept.at(-1)?.step ?? 0);
  if (planned.kind === "stop") return planned.stop;
  const plan = kept.length === 0 ? planned.plan : afterApplied(planned.plan);
  await ledger.changes.recordPlans(run, [plan]);
  if (plan.operations.length > 0) await ledger.accounts.claim(run, change.change, context.clock.nowMs());
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
  const isDone = operations.length === 0;
  return { ...change, accountId, operations: isDone ? [] : [...kept, ...operations], notes: plan.verdict.issues };
}

/** A row of which something was applied takes no better word than that. */
function afterApplied(plan: PlannedChange): PlannedChange {
  const { word, issues } = plan.verdict;
  return word === null ? plan : { ...plan, verdict: { word: worstWord([word, "applied"]) ?? word, issues } };
}
