/**
 * `tieout apply`: makes the calls of a plan, once, as a run of its own that resumes like any other. Each account is read again before its
 * first call.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { Run } from "../../ledger/run.ts";
import { describeSelection, type Selection } from "../../plan/selection.ts";
import { shownKey } from "../../text/shown-key.ts";
import { entryOfJob } from "../audit-entry.ts";
import { carryRun, type RunEnd } from "../carry-run.ts";
import type { RunContext } from "../context.ts";
import { settingsSha256 } from "../job-sha256.ts";
import { takePlan } from "../plan/take-plan.ts";
import { isOfSource } from "../sources.ts";
import { checkLedgerHasJob, checkLedgerKnows } from "./check-ledger-knows.ts";
import { checkPlan } from "./check-plan.ts";
import { holdJob } from "./hold-job.ts";
import { keepName } from "./keep-name.ts";

export interface ApplyOptions {
  /** How many accounts are sent first, read back and compared. */
  readonly canary?: number;
  /** What of the plan is sent; all when not given. */
  readonly selection?: Selection;
}

/** The plan's file counts as run from then on. Throws FatalError as `checkPlan`, `holdJob` and `keepName` do. */
export async function applyPlan(outer: RunContext, plan: Run, options: ApplyOptions = {}): Promise<RunEnd> {
  const { bankName, job, jobPath, clock, newRunId, progress } = outer;
  await using lease = await holdJob(outer);
  const ledger = outer.ledger.fencedBy(lease.current);
  const context = { ...outer, ledger };
  await keepName(context, "run");
  await checkPlan(context, plan);
  if (options.selection !== undefined) await checkWanted(context, plan, options.selection);
  const { file, byName, reason, withoutLedger } = plan;
  const { canary, selection: narrower } = options;
  const selection = narrower === undefined ? plan.selection : { ...plan.selection, ...narrower };
  if (!withoutLedger) {
    await checkLedgerHasJob(context);
    await checkLedgerKnows(context, file);
  }
  const opening = {
    id: newRunId(),
    kind: "run",
    job: job.name,
    jobPath,
    file,
    byName,
    rerunOf: null,
    planOf: plan.id,
    settingsSha256: settingsSha256(job),
    accepts: [],
    reason,
    withoutLedger,
    startedAtMs: clock.nowMs(),
    actor: outer.actor,
    ...(canary !== undefined && { canary }),
    ...(selection !== undefined && { selection }),
  } as const;
  const details = { planOf: plan.id, ...(selection && { narrowed: describeSelection(selection) }) };
  const about = { run: opening.id, planHash: plan.planHash, reason, details };
  const audited = ledger.audited(entryOfJob(context, "apply", about));
  const run = await audited.runs.open(bankName, opening, isOfSource(job, file.place, file.key) ? [file] : []);
  progress.note(`run ${run.id}: the calls of plan ${plan.id} for ${shownKey(file.key)}`);
  return await carryRun(context, run, {
    lease: lease.current,
    limit: null,
    read: (opened) => takePlan(context, opened),
  });
}

/** A plan is applied once, so not in vain. */
async function checkWanted({ ledger }: RunContext, plan: Run, selection: Selection): Promise<void> {
  if ((await ledger.selection.countWanted(plan, selection)) > 0) return;
  const message = `the plan ${plan.id} has nothing to send for ${describeSelection(selection)}, so it is not applied`;
  throw new FatalError("usage", message, { hint: `to see which rows it sends, type: tieout report ${plan.id}` });
}
