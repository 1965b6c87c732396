/**
 * `tieout prune`: takes values of old runs out of the ledger, as their jobs say. Asks the bank nothing.
 */
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { KEPT_FOR, type KeptFor, type StaysFor } from "../../ledger/retention.ts";
import { type PrunedRun, pruneJob } from "../../run/after/prune-job.ts";
import { counted, grouped } from "../../text/counted.ts";
import { type LoadedJob, loadJobs } from "../load-job.ts";
import { openOfflineContext } from "../open-context.ts";
import type { Session } from "../session.ts";
import { fieldsOf } from "../with-context.ts";

export interface PruneFlags {
  readonly dryRun?: true;
  readonly reason?: string;
}

/** A job that is at work is left out, and the others are pruned all the same. */
export async function pruneCommand(session: Session, name: string | undefined, flags: PruneFlags): Promise<ExitCode> {
  const jobs = await loadKept(name);
  let exit: ExitCode = EXIT.done;
  for (const loaded of jobs)
    try {
      await pruneOne(session, loaded, flags);
    } catch (error) {
      if (!(error instanceof FatalError) || error.code !== "lease_held" || jobs.length === 1) throw error;
      session.alert(error.message, fieldsOf(loaded.job, error));
      exit = error.exit;
    }
  return exit;
}

async function loadKept(name: string | undefined): Promise<readonly LoadedJob[]> {
  const all = await loadJobs(name === undefined ? [] : [name]);
  const kept = all.filter(({ job }) => job.retention !== undefined);
  if (kept.length > 0) return kept;
  const [only] = all;
  const message =
    name === undefined || only === undefined
      ? "no job in jobs/ has a retention, so nothing is pruned"
      : `job ${only.job.name} has no retention, so nothing of it is pruned (${only.path})`;
  throw new FatalError("job_invalid", message, {
    hint: 'to have old values pruned, add retention: { cells: "400d" } to the job file, with your own time',
  });
}

/** What went and what stayed of one job. */
interface Sums {
  runs: number;
  rows: number;
  kept: Partial<Record<KeptFor, number>>;
  stays: number;
  evidence: number;
}

async function pruneOne(session: Session, loaded: LoadedJob, flags: PruneFlags): Promise<void> {
  const { dryRun: isTrial = false, reason } = flags;
  const { retention, name: job } = loaded.job;
  if (retention === undefined) return;
  const { log, progress, signal } = session;
  const ledger = await session.ledger();
  const context = openOfflineContext({ loaded, ledger, log, progress, signal }, session.workFolder());
  const sums: Sums = { runs: 0, rows: 0, kept: {}, stays: 0, evidence: 0 };
  for await (const pruned of pruneJob(context, retention, { isTrial, ...(reason !== undefined && { reason }) })) {
    add(sums, pruned);
    const { run, kind } = pruned;
    const more = kind === "stays" ? { why: pruned.why } : { rows: pruned.rows };
    const kept = kind === "values" ? { kept: pruned.kept } : {};
    const event = { event: "pruned", run: run.id, job, what: kind, ...more, ...kept, trial: isTrial };
    session.say(event, describeRun(pruned, isTrial));
  }
  session.say({ event: "prune", job, ...sums, trial: isTrial }, describeJob(job, sums, isTrial));
}

function add(sums: Sums, pruned: PrunedRun): void {
  if (pruned.kind === "stays") sums.stays += 1;
  else if (pruned.kind === "evidence") sums.evidence += 1;
  else {
    sums.runs += 1;
    sums.rows += pruned.rows;
    for (const why of KEPT_FOR) {
      const count = (sums.kept[why] ?? 0) + (pruned.kept[why] ?? 0);
      if (count > 0) sums.kept[why] = count;
    }
  }
}

const WHY_STAYS: Readonly<Record<StaysFor, string>> = {
  unsettled: "a row of it is unknown: resume it first",
  guard: "a guard holds rows of it: approve or abandon it first",
  applied: "the run that applies it has not ended",
  absent: "accounts that its snapshot lacks are still to be worked on: start the job first",
};

function describeRun(pruned: PrunedRun, isTrial: boolean): string {
  const { run } = pruned;
  if (pruned.kind === "stays") return `${run.id} stays whole: ${WHY_STAYS[pruned.why]}`;
  const rows = counted(pruned.rows, "row");
  if (pruned.kind === "evidence") return `${run.id}: ${rows} and all about them ${isTrial ? "would go" : "are gone"}`;
  return `${run.id}: values of ${rows} ${isTrial ? "would go" : "are gone"}${describeKept(pruned.kept)}`;
}

function describeKept(kept: Readonly<Partial<Record<KeptFor, number>>>): string {
  const reasons = KEPT_FOR.flatMap((why) => (kept[why] === undefined ? [] : [`${grouped(kept[why])} ${why}`]));
  if (reasons.length === 0) return "";
  const all = Object.values(kept).reduce((sum, count) => sum + count, 0);
  return `; ${counted(all, "account")} ${all === 1 ? "stays" : "stay"}: ${reasons.join(", ")}`;
}

function describeJob(job: string, { runs, rows, kept, stays, evidence }: Sums, isTrial: boolean): string {
  if (runs + stays + evidence === 0) return `${job}: nothing to prune`;
  const parts = [
    `values of ${counted(rows, "row")} in ${counted(runs, "run")}${describeKept(kept)}`,
    ...(evidence === 0 ? [] : [`all rows of ${counted(evidence, "run")}`]),
    ...(stays === 0 ? [] : [`${counted(stays, "run")} ${stays === 1 ? "stays" : "stay"} whole`]),
  ];
  return `${job}: ${isTrial ? "would be pruned" : "pruned"}: ${parts.join("; ")}`;
}
