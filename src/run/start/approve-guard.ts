/**
 * `tieout approve`: releases what a guard holds in a run, once, and publishes the results again. Sends nothing: `resume` does.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { GuardOfRun } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import type { GuardName } from "../../plan/guard-settings.ts";
import { approveCommand } from "../../report/next-commands.ts";
import type { Summary } from "../../report/summary.ts";
import { counted, grouped } from "../../text/counted.ts";
import { entryOfJob } from "../audit-entry.ts";
import type { RunContext } from "../context.ts";
import { holdLease } from "../lease.ts";
import type { Ending } from "../report/open-end.ts";
import { reportPhase } from "../report/report-phase.ts";
import { EVERY_ROW } from "../run-in-hand.ts";
import { stopFor } from "../stop.ts";
import { ABSENCE_OVER, isAbsenceOver } from "./absent-run.ts";

/** What a person releases: what the guard holds, if its figure is not above `max`. */
export interface ToApprove {
  readonly guard: GuardName;
  readonly max: number;
  readonly reason: string;
}

/**
 * Under the job's lease, so that nobody works on the run meanwhile. A second time it releases nothing, and publishes what the first has
 * perhaps not published. Throws FatalError `nothing_to_approve`, `guard_above_max`, `approver_same`, and those of `holdLease` and `reportPhase`.
 */
export async function approveGuard(context: RunContext, { id, bank, job }: Run, approved: ToApprove): Promise<Summary> {
  const { clock, owner } = context;
  await using lease = await holdLease(context.ledger, { bank, job }, owner, clock);
  const ledger = context.ledger.fencedBy(lease.current);
  const run = await find(context, id);
  await checkNotApplied(context, run, approved.guard);
  if (await isAbsenceOver(context, run))
    throw new FatalError("nothing_to_approve", `run ${id} is over: ${ABSENCE_OVER}`, { hint: seeReport(run) });
  const guard = findGuard(run, approved.guard, await ledger.guards.list(run));
  if (guard.holding > 0) {
    checkMax(run, guard, approved.max);
    await checkPerson(context, run);
    // Workers of a process that died may still be at the run.
    await ledger.chunks?.close(run);
    const { max, reason } = approved;
    const approval = { max, by: context.actor.user, reason, atMs: clock.nowMs() };
    const details = { guard: guard.guard, figure: guard.figure, max };
    const audited = ledger.audited(entryOfJob(context, "approve", { run: id, reason, details }));
    await audited.guards.approve(run, guard.guard, approval);
    const reopened = await ledger.guards.release(run, guard.guard, clock.nowMs());
    context.progress.note(`run ${id}: ${counted(reopened, "account")} released by the guard ${guard.guard}`);
  }
  const now = await find(context, id);
  return await reportPhase({ ...context, ledger }, now, endingOf(now, guard));
}

async function find({ ledger }: RunContext, id: string): Promise<Run> {
  const run = await ledger.runs.find(id);
  if (run === undefined) throw new FatalError("run_not_found", `run ${id} is gone`, { hint: "see tieout runs" });
  return run;
}

/** What a plan held is held by the run that has applied it. */
async function checkNotApplied({ ledger }: RunContext, plan: Run, name: GuardName): Promise<void> {
  const applied = plan.kind === "plan" ? await ledger.runs.findApplied(plan) : undefined;
  if (applied === undefined) return;
  const message = `the plan ${plan.id} was applied by run ${applied.id}, which holds now what guards held of it`;
  const guard = (await ledger.guards.list(applied)).find((one) => one.guard === name);
  const isHolding = guard !== undefined && guard.holding > 0;
  throw new FatalError("nothing_to_approve", message, {
    hint: isHolding ? `type: ${approveCommand(applied.id, name, guard.figure)}` : seeReport(applied),
  });
}

/** The guard, if it holds something or was approved and the run is still to be resumed. */
function findGuard(run: Run, name: GuardName, guards: readonly GuardOfRun[]): GuardOfRun {
  const guard = guards.find((one) => one.guard === name);
  const isPending = guard !== undefined && guard.approval !== null && run.stage !== "ended";
  if (run.abandoned === null && guard !== undefined && (guard.holding > 0 || isPending)) return guard;
  throw new FatalError("nothing_to_approve", `the guard ${name} holds no row of run ${run.id}${whyNot(run, guard)}`, {
    hint: hintOf(run, guards),
  });
}

const seeReport = ({ id }: Run) => `to see what became of it, type: tieout report ${id}`;

function whyNot({ abandoned, kind }: Run, guard: GuardOfRun | undefined): string {
  if (abandoned !== null) return ", which was abandoned";
  if (guard === undefined || guard.approval === null) return "";
  const { by, atMs } = guard.approval;
  const since = kind === "run" ? ", and what it held was sent since" : "";
  return `: ${by} has approved it at ${new Date(atMs).toISOString()}${since}`;
}

function hintOf(run: Run, guards: readonly GuardOfRun[]): string {
  const { id, abandoned, kind } = run;
  const [holding] = abandoned === null ? guards.filter((one) => one.holding > 0) : [];
  if (holding !== undefined)
    return `for the guard ${holding.guard}, type: ${approveCommand(id, holding.guard, holding.figure)}`;
  return kind === "plan" ? `to make its calls, type: tieout apply ${id}` : seeReport(run);
}

function checkMax({ id }: Run, { guard, figure, allowed }: GuardOfRun, max: number): void {
  if (figure <= max) return;
  const message = `the guard ${guard} has ${grouped(figure)} in run ${id}, more than --max ${max}, so nothing is released`;
  throw new FatalError("guard_above_max", message, {
    hint: `the job allows ${grouped(allowed)}; if all are right, type: ${approveCommand(id, guard, figure)}`,
  });
}

/** Users as the operating system has them: asserted, and not proven. Nobody is another one than the unknown user of an older run. */
async function checkPerson({ ledger, job, actor }: RunContext, run: Run): Promise<void> {
  if (job.approval !== "second person") return;
  const plan = run.planOf === null ? undefined : await ledger.runs.find(run.planOf);
  const began = [run, ...(plan === undefined ? [] : [plan])].map((one) => one.actor?.user);
  if (began.every((user) => user !== undefined && user !== actor.user)) return;
  const who = began.includes(undefined) ? "nobody knows who has begun it" : `${actor.user} has begun it`;
  const message = `run ${run.id} is to be approved by a second person (approval in the job), and ${who}`;
  throw new FatalError("approver_same", message, {
    hint: began.includes(undefined)
      ? `type: tieout rerun ${run.id} --only held; then let another person approve that`
      : "let another user of the operating system type the same command",
  });
}

/** A run that another guard still holds whole has ended as before. */
function endingOf({ kind, stage, summary }: Run, { guard }: GuardOfRun): Ending {
  if (kind !== "run" || stage === "ended") return { stop: null, maxChange: EVERY_ROW };
  const last = summary === null ? null : (JSON.parse(summary) as Summary);
  const message = `a person has approved what the guard ${guard} held`;
  return {
    stop: stopFor({ code: "guard_approved", column: "", message }),
    maxChange: last?.maxChange ?? EVERY_ROW,
  };
}
