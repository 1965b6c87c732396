/**
 * Takes an account for this run before anything of a change is sent, and plans the change again when what it was
 * planned on may no longer be so.
 */
import type { ChangeToApply, StoredOperation } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";
import type { Hands, RunContext, Stop } from "./context.ts";
import { lookUp } from "./look-up.ts";
import { planOne } from "./plan-one.ts";

/** How long a row waits for another run to let go of its account, and how often it asks. */
const BUSY_WAIT_MS = 2_000;
const BUSY_POLL_MS = 100;

/** `busy` has given the change its word already. */
export async function claimAccount(
  context: RunContext,
  run: Run,
  change: ChangeToApply,
): Promise<"claimed" | "plan again" | "busy"> {
  const { ledger, clock, signal, job } = context;
  const startedMs = clock.monotonicMs();
  for (;;) {
    const claim = await ledger.accounts.claim(run, change.change, clock.nowMs());
    if (claim.kind !== "busy") {
      const untouched = change.operations.every(({ state, attempts }) => state === "planned" && attempts === 0);
      const isOld = clock.nowMs() - change.plannedAtMs > job.recheckAfterMs;
      return untouched && (claim.kind === "drifted" || isOld) ? "plan again" : "claimed";
    }
    if (signal.aborted || clock.monotonicMs() - startedMs >= BUSY_WAIT_MS) {
      const message = `run ${claim.run} is at work on this account; run the row again once that has ended`;
      const issues = [{ code: "account_busy" as const, column: "", message }];
      await ledger.changes.recordDone(run, change.change, { word: "skipped", issues }, clock.nowMs());
      return "busy";
    }
    await clock.sleep(BUSY_POLL_MS, signal);
  }
}

/** The same change on the bank as it is now; without operations when it has got its word thereby. */
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
  const planned = await planOne(context, hands, current, { ...change, accountId });
  if (planned.kind === "stop") return planned.stop;
  await ledger.changes.recordPlans(run, [planned.plan]);
  if (planned.plan.operations.length > 0) await ledger.accounts.claim(run, change.change, context.clock.nowMs());
  const operations = planned.plan.operations.map(
    (operation): StoredOperation => ({
      ...operation,
      state: "planned",
      attempts: 0,
      inDoubt: false,
      firstSentAtMs: null,
      httpStatus: null,
      issue: null,
    }),
  );
  return { ...change, accountId, operations, notes: planned.plan.verdict.issues };
}
