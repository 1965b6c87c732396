/**
 * A rehearsal: the real file against a stand-in that holds what the bank holds. First the bank is read as a plan reads it, and nothing
 * else; then the job runs to its end at the stand-in, with faults; at last each operation is checked to have taken effect exactly once.
 */
import { FatalError } from "../errors/fatal-error.ts";
import type { Job } from "../job.ts";
import type { Run } from "../ledger/run.ts";
import type { Progress } from "../report/progress.ts";
import type { RunContext } from "../run/context.ts";
import { type FileEnd, isTaken, type StartOptions, startJob } from "../run/start/start-job.ts";
import type { FaultOrder } from "../sandbox/server/faults.ts";
import { type Sandbox, startSandbox } from "../sandbox/start-sandbox.ts";
import { counted } from "../text/counted.ts";
import { countEffects, type EffectCount } from "./count-effects.ts";
import { assumeUnread, furnishSandbox, isLookUpUnseen, lookupModeOf } from "./furnish-sandbox.ts";
import { describeWaits, hasten } from "./hasten.ts";
import { type BankReading, notRead, readBank } from "./read-bank.ts";

export interface RehearsalParts {
  readonly job: Job;
  /** Which files; as for a run. */
  readonly options: Omit<StartOptions, "kind">;
  readonly faults: readonly FaultOrder[];
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** The context of a job at the bank and at the stand-in; both have the same temporary ledger. */
  readonly openAtBank: (job: Job) => Promise<RunContext>;
  readonly openAtStandIn: (job: Job, standIn: Sandbox) => Promise<RunContext>;
  /** Called for each file as its run at the stand-in ends. */
  readonly onEnd: (context: RunContext, end: FileEnd) => void;
}

export interface Rehearsal {
  readonly ends: readonly FileEnd[];
  readonly count: EffectCount;
  /** How often each fault has struck. */
  readonly struck: Sandbox["struck"];
}

/** Null where there is no file. Throws FatalError where the bank could not be read, or the files changed on the way. */
export async function rehearse(parts: RehearsalParts): Promise<Rehearsal | null> {
  const { job, options, faults, progress, signal, openAtBank } = parts;
  progress.note("reading the bank as a plan does; nothing is changed there");
  const reading = await readBank(job, options, openAtBank);
  if (reading.plans.length === 0) {
    if (signal.aborted) throw notRead("run_stopped", "the command was stopped");
    return null;
  }
  await using standIn = await startSandbox({
    faults,
    lookup: lookupModeOf(reading.observed),
    keyHours: job.keyHours,
    recordRequests: false,
  });
  return await perform(parts, reading, standIn);
}

async function perform(parts: RehearsalParts, reading: BankReading, standIn: Sandbox): Promise<Rehearsal> {
  const { options, faults, progress, onEnd } = parts;
  const job = hasten(parts.job, faults);
  const context = { ...(await parts.openAtStandIn(job, standIn)), isRehearsal: true };
  await furnish(standIn, reading, context);
  progress.note(
    `running against a stand-in with ${counted(standIn.accounts.size, "account")} of the bank; ${describeWaits(parts.job, job)}`,
  );
  const ends = await startJob(context, { ...options, kind: "run" }, (end) => onEnd(context, end));
  checkSameFiles(reading.plans, ends);

  // Requests that are still on their way belong to the count.
  await standIn.landLate();
  const runs = ends.filter(isTaken).map(({ run }) => run);
  const count = await countEffects(context.ledger, runs, standIn.effects);
  return { ends, count, struck: standIn.struck };
}

async function furnish(standIn: Sandbox, { observed, plans }: BankReading, { ledger, progress }: RunContext) {
  furnishSandbox(standIn, observed);
  if (isLookUpUnseen(observed))
    progress.note(
      "the bank's look-up has found no account, so it is not known whether it works; the rehearsal assumes that it does",
    );
  const assumed = await assumeUnread(standIn, observed, ledger, plans);
  if (assumed > 0)
    progress.note(
      `${counted(assumed, "entity or application", "entities and applications")} could not be read, and ${assumed === 1 ? "is" : "are"} assumed to be valid`,
    );
}

/** A file that came or changed meanwhile was not compared with the bank, so the stand-in lacks its accounts. */
function checkSameFiles(plans: readonly Run[], ends: readonly FileEnd[]): void {
  const planned = new Set(plans.map(({ file }) => file.sha256));
  if (ends.filter(isTaken).every(({ run }) => planned.has(run.file.sha256))) return;
  throw new FatalError("file_changed", "a file arrived or changed during the rehearsal", {
    hint: "start the rehearsal again",
  });
}
