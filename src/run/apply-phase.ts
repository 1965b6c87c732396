/**
 * The apply phase: planned changes are claimed, sent operation by operation, and given their word. Nothing leaves before
 * the ledger has it; nothing new begins once the run is to stop.
 */
import { type AttemptOutcome, applyOperation, type Recorder } from "../apply/apply-operation.ts";
import type { Issue } from "../errors/issue.ts";
import { type Word, worstWord } from "../errors/words.ts";
import type { ChangeToApply, StoredOperation } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";
import { idempotencyKey } from "../plan/idempotency-key.ts";
import { claimAccount, planAgain } from "./claim-account.ts";
import { type Hands, PAGE, type RunContext, SIGNAL_STOP, type Stop, stopFor } from "./context.ts";
import { firstAlone } from "./first-alone.ts";
import { nameOf } from "./plan-one.ts";
import { forEachInWindow, walk } from "./window.ts";

/** Resolves with why it stopped, or null at its end. */
export async function applyPhase(context: RunContext, hands: Hands, run: Run): Promise<Stop | null> {
  const { ledger, job, progress, signal } = context;
  const stop = await firstAlone(context, hands, run, (change) => applyChange(context, hands, run, change));
  if (stop !== null) return stop;
  let applied = 0;
  const toApply = walk(
    (page) => ledger.changes.readToApply(run, page),
    ({ change }) => change,
    PAGE,
  );
  return forEachInWindow(toApply, job.concurrency.writes * 4, async (change) => {
    if (signal.aborted) return SIGNAL_STOP;
    const end = await applyChange(context, hands, run, change);
    progress.count("apply", ++applied);
    return end;
  });
}

async function applyChange(context: RunContext, hands: Hands, run: Run, planned: ChangeToApply): Promise<Stop | null> {
  const { ledger, clock } = context;
  const claim = await claimAccount(context, run, planned);
  if (claim === "busy") return null;
  let change = planned;
  if (claim === "plan again") {
    const again = await planAgain(context, hands, run, planned);
    if ("exit" in again) return again;
    if (again.operations.length === 0) return null;
    change = again;
  }
  const words: Word[] = [];
  const issues: Issue[] = [];
  let { accountId } = change;
  for (const operation of change.operations) {
    if (operation.state === "applied") {
      words.push("applied");
      continue;
    }
    const result = await sendOperation(context, hands, run, change, operation, accountId ?? "");
    if (result.outcome?.issue) issues.push(result.outcome.issue);
    const state = result.outcome?.state ?? "planned";
    if (state !== "planned") words.push(state);
    accountId ??= result.outcome?.accountId ?? null;
    if (result.kind === "stopped") {
      if (state === "unknown")
        await ledger.changes.recordDone(run, change.change, { word: "unknown", issues }, clock.nowMs());
      return result.stop === null ? SIGNAL_STOP : stopFor(result.stop);
    }
    if (state !== "applied") break;
  }
  const word = worstWord(words) ?? "unchanged";
  await ledger.changes.recordDone(run, change.change, { word, issues: [...issues, ...change.notes] }, clock.nowMs());
  return null;
}

function sendOperation(
  { ledger, clock, random, job, signal }: RunContext,
  hands: Hands,
  run: Run,
  { change, key: changeKey }: ChangeToApply,
  operation: StoredOperation,
  accountId: string,
) {
  const name = nameOf(run, changeKey, operation);
  const { step } = operation;
  const recorder: Recorder = {
    async recordSending(generation, key) {
      const lease = hands.lease();
      if (lease === null) throw new Error("a plan sends nothing");
      const renewed = generation === operation.generation ? undefined : { generation, key };
      await ledger.operations.recordSending(run, lease, change, step, clock.nowMs(), renewed);
    },
    async recordOutcome(outcome: AttemptOutcome) {
      await ledger.operations.recordOutcome(run, change, step, name, { ...outcome, atMs: clock.nowMs() });
    },
  };
  const keyOf = (generation: number) => idempotencyKey(name, generation);
  const outside = { bank: hands.bank, clock, random, keyOf, attempts: job.attempts, signal };
  const { generation } = operation;
  const inDoubt = operation.inDoubt || operation.state === "sending";
  return applyOperation({ operation, generation, inDoubt }, accountId, recorder, outside);
}
