/**
 * The guard phase: the whole plan is judged by the job's guards before the first write. What a guard holds that has tripped is held whole,
 * until a person approves it.
 */
import type { GuardOfRun, TrippedGuard } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";
import { judgeGuards, type Tripped } from "../plan/judge-guards.ts";
import { approveCommand } from "../report/next-commands.ts";
import type { RunInHand } from "./run-in-hand.ts";

export async function guardPhase(inHand: RunInHand): Promise<void> {
  const { ledger, job, clock, log, run } = inHand;
  const figures = { accounts: await countAccounts(inHand), operations: await ledger.guards.countOperations(run) };
  const approved = await ledger.guards.list(run);
  const tripped = judgeGuards(job.guards, figures).filter((one) => !isApproved(one, approved));
  await ledger.guards.hold(
    run,
    tripped.map((one) => toHold(inHand, one)),
    clock.nowMs(),
  );
  for (const { guard, figure, allowed } of tripped)
    log.warn("guard: rows were held", { run: run.id, kind: guard, planned: figure, max: allowed });
}

/** Of the file that the rows are from: a re-run has only some of them. */
async function countAccounts({ ledger, run }: RunInHand): Promise<number> {
  let origin: Run = run;
  while (origin.rerunOf !== null) {
    const before = await ledger.runs.find(origin.rerunOf);
    if (before === undefined) break;
    origin = before;
  }
  return ledger.guards.countAccounts(origin);
}

/** A person has allowed as many before, of this run or of the plan that it applies. */
function isApproved({ guard, figure }: Tripped, approved: readonly GuardOfRun[]): boolean {
  return approved.some((one) => one.guard === guard && one.approval !== null && figure <= one.approval.max);
}

function toHold({ run, isRehearsal }: RunInHand, { guard, figure, allowed, why }: Tripped): TrippedGuard {
  // No ledger has a rehearsal.
  const way = isRehearsal ? "a run holds them too" : `if they are right: ${approveCommand(run.id, guard, figure)}`;
  const issue = { code: "guard" as const, column: "", message: `guard ${guard}: ${why}; ${way}` };
  return { guard, figure, allowed, issue, holds: { kind: "kinds", kinds: [guard] } };
}
