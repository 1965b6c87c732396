/**
 * Takes an account for this run before anything of a change is sent, and plans the change again when what it was
 * planned on may no longer be so.
 */
import { type BackOff, backOffMs } from "../../back-off.ts";
import { clientIdOf, isClientKey } from "../../change-key.ts";
import { worstWord } from "../../errors/words.ts";
import type { ChangeToApply, Ledger, PlannedChange, StoredOperation } from "../../ledger/ledger.ts";
import { LEASE_MS } from "../lease.ts";
import { lookUp } from "../look-up.ts";
import { planOne } from "../plan/plan-one.ts";
import type { RunInHand } from "../run-in-hand.ts";
import type { Stop } from "../stop.ts";
import { stopFor, stopOf } from "../stop.ts";
import type { Rest } from "../window.ts";

/** The waits between looks at a busy account. */
const LOOKS: BackOff = { firstMs: 100, longestMs: 10_000 };
/** How long a row waits for an account that nobody works on: the next start of a job that died needs a lease's time. */
const IDLE_MS = 2 * LEASE_MS;

type Claim = Awaited<ReturnType<Ledger["accounts"]["claim"]>>;
type Busy = Extract<Claim, { kind: "busy" }>;

/**
 * Begins on a change. While another run is at work on its account, the row rests, until the run's time is over; when
 * that run only has it in doubt and is not at work, for two minutes. Then comes the stop `account_busy`, and the row
 * stays open.
 */
export async function claimAccount(
  inHand: RunInHand,
  change: ChangeToApply,
  rest: Rest,
): Promise<"claimed" | "plan again" | Stop> {
  const { ledger, clock, job, run } = inHand;
  const look = () => ledger.accounts.claim(run, change.change, clock.nowMs());
  // Both are one commit.
  const [first] = await Promise.all([look(), ledger.changes.recordBegun(run, change.change)]);
  const claim = first.kind === "busy" ? await rest(() => waitWhileBusy(inHand, change, first, look)) : first;
  if ("exit" in claim) return claim;
  const isSettled = change.operations.every(({ state, inDoubt }) => !inDoubt && ["applied", "planned"].includes(state));
  const isOld = clock.nowMs() - change.plannedAtMs > job.recheckAfterMs;
  return isSettled && (claim.kind === "drifted" || isOld) ? "plan again" : "claimed";
}

async function waitWhileBusy(
  { clock, signal, log, run }: RunInHand,
  { change }: ChangeToApply,
  first: Busy,
  look: () => Promise<Claim>,
): Promise<Exclude<Claim, Busy> | Stop> {
  log.info("a row waits, as another run works on its account", { run: run.id, row: change });
  let busy = first;
  let atWorkMs = clock.monotonicMs();
  for (let looks = 0; ; looks += 1) {
    if (signal.aborted) return stopOf(signal);
    const nowMs = clock.monotonicMs();
    if (busy.isAtWork) atWorkMs = nowMs;
    else if (nowMs - atWorkMs >= IDLE_MS) return stayedBusy(busy.run);
    await clock.sleep(backOffMs(LOOKS, looks), signal);
    const claim = await look();
    if (claim.kind !== "busy") return claim;
    busy = claim;
  }
}

function stayedBusy(holder: string): Stop {
  const message = `run ${holder} may have changed an account of this run, and the outcome is not known; settle it first: tieout resume ${holder}`;
  return stopFor({ code: "account_busy", column: "", message });
}

/**
 * The same change on the bank as it is now: what was sent of it stays, and what was not is planned anew. A change of
 * which nothing is left to send has got its word thereby, and comes back without operations.
 */
export async function planAgain(inHand: RunInHand, change: ChangeToApply): Promise<ChangeToApply | Stop> {
  const { ledger, job, clock, run } = inHand;
  let { accountId } = change;
  if (accountId === null && isClientKey(change.key)) {
    const clientAccountId = clientIdOf(change.key);
    accountId = (await ledger.accounts.readLink(run.bank, clientAccountId)) ?? null;
    if (accountId === null && job.lookup) {
      const found = await lookUp(inHand.bank, clientAccountId);
      if (found.kind === "stop") return found.stop;
      // No certain none: a create may be a second account.
      if (found.kind === "verdict") {
        await ledger.changes.recordDone(run, change.change, found.verdict, clock.nowMs());
        return { ...change, operations: [] };
      }
      if (found.kind === "account") accountId = found.accountId;
    }
  }
  const current = { ...inHand, run: (await ledger.runs.find(run.id)) ?? run };
  const kept = change.operations.filter(({ state }) => state === "applied");
  const stored = await ledger.changes.readStored(run, change.change);
  const planned = await planOne(current, { ...stored, accountId }, kept.at(-1)?.step ?? 0);
  if (planned.kind === "stop") return planned.stop;
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
  const isDone = operations.length === 0;
  return { ...change, accountId, operations: isDone ? [] : [...kept, ...operations], notes: plan.verdict.issues };
}

/** A row of which something was applied takes no better word than that. */
function afterApplied(plan: PlannedChange): PlannedChange {
  const { word, issues } = plan.verdict;
  return word === null ? plan : { ...plan, verdict: { word: worstWord([word, "applied"]) ?? word, issues } };
}
