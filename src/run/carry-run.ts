/**
 * Takes one run through its phases, from the one that comes next: read, plan, guard, apply, report. A table of contents: the
 * ledger says which phase is next, so that a resumed run and a new one go the same way.
 */
import { EXIT } from "../errors/exit-codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { Rejection } from "../errors/rejection.ts";
import type { Lease, Run, Stage } from "../ledger/run.ts";
import { renderForecast } from "../report/forecast.ts";
import type { Ahead } from "../report/plan-page.ts";
import type { Summary } from "../report/summary.ts";
import { issueOfAbandoned } from "./abandoned.ts";
import { entryOfJob } from "./audit-entry.ts";
import type { RunContext } from "./context.ts";
import { stopIfFrozen } from "./find-freeze.ts";
import { guardPhase } from "./guard-phase.ts";
import { foresee, sendOutlook } from "./outlook.ts";
import { leaveOut } from "./plan/select-changes.ts";
import { noteFiling } from "./report/note-filing.ts";
import { openResults } from "./report/open-results.ts";
import { reportPhase } from "./report/report-phase.ts";
import type { RunInHand } from "./run-in-hand.ts";
import { EVERY_ROW } from "./run-in-hand.ts";
import { endSnapshot } from "./snapshot/end-snapshot.ts";
import { contextOfRun } from "./sources.ts";
import type { Stop } from "./stop.ts";
import { takeInHand } from "./take-in-hand.ts";
import { tieOut } from "./tie-out.ts";
import { keepPersonStop } from "./watch-stop.ts";

export type RunEnd =
  | { readonly kind: "reported"; readonly run: Run; readonly summary: Summary }
  | { readonly kind: "rejected"; readonly run: Run; readonly rejection: Rejection };

export interface RunOptions {
  readonly lease: () => Lease | null;
  /** How many rows to work on; null for all. */
  readonly limit: number | null;
  /** Fills the ledger with the run's rows; called only for a run that has not read them yet. */
  readonly read: (run: Run) => Promise<Rejection | null>;
  /** Whether an earlier process has begun on it; false when not given. */
  readonly isResumed?: boolean;
}

/** How long the report waits for the calls of other processes, and between two looks. */
const CALLS_MS = 5_000;
const LOOK_MS = 100;

/** Every write of the run is fenced by the lease of its job: a process that lost it changes nothing more. */
export async function carryRun(outer: RunContext, opened: Run, options: RunOptions): Promise<RunEnd> {
  let context = outer;
  const { ledger, clock } = context;
  if (options.lease() !== null) await shutWorkersOut(context);
  await ledger.controls.open(opened, context.owner, settableOf(context.job));
  let run = opened;
  using _ = keepPersonStop(context, run);
  using _view = { [Symbol.dispose]: () => context.progress.end() };
  const { limit } = options;
  // Rows beyond a limit, and those that are left out, wait for a person, however the process ends.
  const waiting = run.kind === "run" && (limit !== null || run.selection !== undefined);
  if (run.waiting || waiting) await ledger.runs.record(run, { waiting });
  if (run.stage === "read") {
    const rejection = await options.read(run);
    if (rejection !== null) {
      const exit = EXIT.fileRejected;
      const entry = entryOfJob(context, "end", { run: run.id, details: { exit, code: rejection.code } });
      await ledger.audited(entry).runs.recordRejection(run, rejection, exit, clock.nowMs());
      return { kind: "rejected", run, rejection };
    }
    run = await enter(context, run, run.planOf === null ? "plan" : "guard");
  }
  context = contextOfRun(outer, run);
  await noteFiling(context, run);
  // Row numbers count from the top of the file, and data begins after the header.
  const maxChange = limit === null ? EVERY_ROW : limit + (run.reading?.headerRow ?? 1);
  const isDone = run.rows === 0 || run.kind === "validate" || (await isGivenUp(context, run));
  const isPlanResumed = opened.stage === "plan";
  if (!isDone) await openResults(context, run);
  const hand = { lease: options.lease, maxChange, isResumed: options.isResumed ?? false };
  const seen: Foreseen = { ahead: null };
  const stop = isDone ? null : await takeInHand(context, run, hand, (inHand) => goThrough(inHand, isPlanResumed, seen));
  if (stop !== null) await ledger.accounts.releaseClaims(run);
  run = stop === null && !isDone ? await withAllCalls(context, run) : await current(context, run);
  if (!isDone) await tieOut(context, run);
  if (stop === null && maxChange === EVERY_ROW) await endSnapshot(context, run);
  const summary = await reportPhase(context, run, { stop, maxChange, ...seen });
  return { kind: "reported", run, summary };
}

const settableOf = ({ requestsPerSecond, concurrency }: RunContext["job"]) => ({ requestsPerSecond, ...concurrency });

/** They may still be at a run whose process died, this one or one that waits for a person. */
async function shutWorkersOut({ ledger, bankName, job }: RunContext): Promise<void> {
  for (const id of (await ledger.chunks?.listOpen(bankName, job.name)) ?? []) {
    const run = await ledger.runs.find(id);
    if (run !== undefined) await ledger.chunks?.close(run);
  }
}

/** Workers add what they have called a moment after the last chunk has ended; one that was killed never does. */
async function withAllCalls(context: RunContext, of: Run): Promise<Run> {
  const { ledger, clock } = context;
  const isShared = (await ledger.chunks?.findWork(of)) !== undefined;
  const untilMs = clock.monotonicMs() + CALLS_MS;
  for (;;) {
    const run = await current(context, of);
    if (!isShared || run.calls?.complete !== false || clock.monotonicMs() > untilMs) return run;
    await clock.sleep(LOOK_MS);
  }
}

/** Whether the run is abandoned and nothing of it is in doubt. Skips everything else of it. */
async function isGivenUp({ ledger, clock }: RunContext, run: Run): Promise<boolean> {
  if (run.abandoned === null) return false;
  await ledger.changes.closeOpen(run, { word: "skipped", issues: [issueOfAbandoned(run)] }, clock.nowMs());
  return (await ledger.changes.countOpen(run)).planned === 0;
}

/** What is about to be sent, once all of it is planned. */
interface Foreseen {
  ahead: Ahead | null;
}

async function goThrough(opened: RunInHand, isPlanResumed: boolean, seen: Foreseen): Promise<Stop | null> {
  const enterAt = async (stage: Stage) => ({ ...opened, run: await enter(opened, opened.run, stage) });
  let inHand = opened.run.abandoned === null ? opened : await enterAt("apply");
  if (inHand.run.stage === "plan") {
    const { planPhase } = await import("./plan/plan-phase.ts");
    const stop = await planPhase(inHand, isPlanResumed);
    if (stop !== null) return stop;
    inHand = await enterAt("guard");
  }
  if (inHand.run.stage === "guard") {
    await guardPhase(inHand);
    if (inHand.run.planOf !== null) await leaveOut(inHand);
    inHand = await enterAt("apply");
  }
  if (inHand.run.stage !== "apply") return null;
  const outlook = await sendOutlook(inHand);
  seen.ahead = await foresee(inHand, outlook);
  if (inHand.run.kind === "run") {
    if (seen.ahead !== null) inHand.progress.note(`to send: ${renderForecast(seen.ahead.forecast, seen.ahead.atMs)}`);
    const frozen = await stopIfFrozen(inHand, inHand.run);
    if (frozen !== null) return frozen;
    const { applyPhase } = await import("./apply/apply-phase.ts");
    const stop = await applyPhase(inHand, outlook);
    if (stop !== null) return stop;
    // The rows that --limit left still need a plan.
    await enterAt(inHand.maxChange === EVERY_ROW ? "report" : "plan");
  }
  return null;
}

async function enter(context: RunContext, run: Run, stage: Stage): Promise<Run> {
  await context.ledger.runs.record(run, { stage });
  return current(context, run);
}

async function current({ ledger }: RunContext, { id }: Run): Promise<Run> {
  const run = await ledger.runs.find(id);
  if (run === undefined)
    throw new FatalError("run_not_found", `run ${id} is gone from the ledger`, { hint: "see tieout runs" });
  return run;
}
