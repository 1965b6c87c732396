/**
 * `tieout rehearse`: the true file against a stand-in that holds what the bank holds. The bank is read as by a plan, and
 * gets nothing else; then the job runs to its end, faults and all, on a ledger that is thrown away. Last of all it is
 * seen whether each operation took effect exactly once.
 */

import { dirname, join } from "node:path";
import { CODES, type Code } from "../../errors/codes/registry.ts";
import { EXIT, type ExitCode, worstExit } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Job } from "../../job.ts";
import type { Run } from "../../ledger/run.ts";
import { countEffects, describeEffects } from "../../rehearse/count-effects.ts";
import { assumeNamed, fillSandbox, isLookUpUnseen, lookupModeOf } from "../../rehearse/furnish-sandbox.ts";
import { Observed, observeBank } from "../../rehearse/observe-bank.ts";
import { PAGE } from "../../run/context.ts";
import { exitOf, type FileEnd, isTaken, startJob } from "../../run/start/start-job.ts";
import { walk } from "../../run/window.ts";
import type { FaultOrder } from "../../sandbox/server/faults.ts";
import { type Sandbox, startSandbox } from "../../sandbox/start-sandbox.ts";
import { counted } from "../../text/counted.ts";
import { type Environment, ledgerPlace, readEnvironment } from "../environment.ts";
import { describeStruck, readFaultFile } from "../fault-file.ts";
import { type LoadedJob, loadJob } from "../load-job.ts";
import { openContextAt } from "../open-context.ts";
import { tell } from "../output/tell.ts";
import type { Session } from "../session.ts";
import { openThrowAway, type ThrowAway, withResults } from "../throw-away.ts";
import { fileExpected } from "./run-command.ts";

export interface RehearseFlags {
  readonly file?: string;
  readonly from?: string;
  readonly limit?: number;
  readonly faults?: string;
  /** A folder, instead of `rehearsals` beside the ledger. */
  readonly results?: string;
}

/** What both halves of a rehearsal work with. */
interface Stage {
  readonly session: Session;
  readonly loaded: LoadedJob;
  readonly away: ThrowAway;
  readonly flags: RehearseFlags;
}

export async function rehearseCommand(session: Session, name: string, flags: RehearseFlags): Promise<ExitCode> {
  const loaded = await loadJob(name);
  const environment = readEnvironment(process.env);
  const faults = await readFaultFile(flags.faults);
  await using away = await openThrowAway(session, "rehearse");
  const stage = { session, loaded, away, flags };

  session.progress.note("reading the bank as a plan does; nothing is changed there");
  const { observed, plans } = await readBank(stage, environment);
  if (plans.length === 0) {
    if (session.signal.aborted) throw notRead("run_stopped", "the command was stopped");
    session.say({ event: "none", job: loaded.job.name }, `job ${loaded.job.name}: no file`);
    if (loaded.job.expectFile) throw fileExpected({ job: loaded.job, jobPath: loaded.path });
    return EXIT.done;
  }
  await using bank = await startSandbox({
    faults,
    lookup: lookupModeOf(observed),
    keyHours: loaded.job.keyHours,
    recordRequests: false,
  });
  await furnish(stage, bank, observed, plans);
  return await perform(stage, bank, faults, plans);
}

interface Reading {
  readonly observed: Observed;
  readonly plans: readonly Run[];
}

/** Entities and applications are read too, whether the job prechecks them or not, unless the client may not. */
async function readBank(stage: Stage, environment: Environment): Promise<Reading> {
  const { job } = stage.loaded;
  const reading = await planAt(stage, environment, { ...job, precheck: true });
  if (!("stopped" in reading)) return reading;
  const mayNot = reading.stopped.code === "bank_credentials_refused" || reading.stopped.code === "bank_forbidden";
  const second = mayNot && !job.precheck ? await planAt(stage, environment, job) : reading;
  if (!("stopped" in second)) return second;
  throw notRead(second.stopped.code, second.stopped.message);
}

/** Nothing of a rehearsal is resumed. */
function notRead(code: Code, message: string): FatalError {
  const hint = code === "run_stopped" || code === "run_deadline" ? "start the rehearsal again" : CODES[code].todo;
  return new FatalError(code, `the bank could not be read completely, so nothing was rehearsed: ${message}`, { hint });
}

type Stopped = NonNullable<Extract<FileEnd, { kind: "reported" }>["summary"]["stopped"]>;

async function planAt(stage: Stage, environment: Environment, job: Job): Promise<Reading | { stopped: Stopped }> {
  const { session, loaded, away, flags } = stage;
  const { log, progress, signal } = session;
  const parts = { loaded: { ...loaded, job }, ledger: away.ledger, log, progress, signal };
  const context = withResults(await openContextAt(environment, parts, away.folder), join(away.folder, "plan"));
  const observed = new Observed();
  const openBank: typeof context.openBank = (kind, ownIds) => observeBank(context.openBank(kind, ownIds), observed);
  const ends = await startJob({ ...context, openBank }, startOf(flags, "plan"));
  for (const end of ends) {
    if (end.kind === "reported" && end.summary.stopped !== null) return { stopped: end.summary.stopped };
  }
  return { observed, plans: ends.filter(isTaken).map(({ run }) => run) };
}

function startOf({ file, from, limit }: RehearseFlags, kind: "plan" | "run") {
  return { kind, file: file ?? null, from: from ?? null, limit: limit ?? null, again: null };
}

async function furnish({ session, away }: Stage, bank: Sandbox, observed: Observed, plans: readonly Run[]) {
  fillSandbox(bank, observed);
  if (isLookUpUnseen(observed))
    session.progress.note(
      "the bank's look-up has found no account, so it is not known whether it works; the rehearsal assumes that it does",
    );
  let assumed = 0;
  for (const plan of plans) {
    const changes = walk(
      (page) => away.ledger.changes.readToApply(plan, page),
      ({ change }) => change,
      PAGE,
    );
    for await (const change of changes) {
      const stored = await away.ledger.changes.readStored(plan, change.change);
      assumed += assumeNamed(bank, observed, { ...change, ...stored });
    }
  }
  if (assumed > 0)
    session.progress.note(
      `${counted(assumed, "entity or application", "entities and applications")} could not be read, and ${assumed === 1 ? "is" : "are"} assumed to be valid`,
    );
}

async function perform(stage: Stage, bank: Sandbox, faults: readonly FaultOrder[], plans: readonly Run[]) {
  const { session, loaded, away, flags } = stage;
  const { log, progress, signal } = session;
  const job = hasten(loaded.job, faults);
  progress.note(
    `running against a stand-in with ${counted(bank.accounts.size, "account")} of the bank; ${describeWaits(loaded.job, job)}`,
  );
  const environment = { apiUrl: bank.url, clientId: bank.clientId, clientSecret: bank.clientSecret };
  const parts = { loaded: { ...loaded, job }, ledger: away.ledger, log, progress, signal };
  const results = flags.results ?? join(dirname(ledgerPlace(process.env).path), "rehearsals");
  const own = { ...(await openContextAt(environment, parts, away.folder)), isRehearsal: true };
  const context = withResults(own, results);
  const ends = await startJob(context, startOf(flags, "run"), (end) => tell(session, context, end));
  checkSameFiles(plans, ends);

  // What is still on its way belongs to the count.
  await bank.landLate();
  const runs = ends.filter(isTaken).map(({ run }) => run);
  const count = await countEffects(away.ledger, runs, bank.effects);
  const lines = [...(faults.length === 0 ? [] : [describeStruck(bank.struck)]), describeEffects(count)];
  session.say({ event: "rehearsal", struck: bank.struck, ...count }, lines.join("\n"));
  const isOnce = count.duplicates + count.missing === 0;
  return worstExit([
    ...ends.map(exitOf),
    ...(isOnce ? [] : [EXIT.ourFault]),
    ...(signal.aborted ? [EXIT.stopped] : []),
  ]);
}

/** What came or changed meanwhile was not compared with the bank, and so the stand-in knows nothing of it. */
function checkSameFiles(plans: readonly Run[], ends: readonly FileEnd[]): void {
  const planned = new Set(plans.map(({ file }) => file.sha256));
  if (ends.filter(isTaken).every(({ run }) => planned.has(run.file.sha256))) return;
  throw new FatalError("file_changed", "a file arrived or changed during the rehearsal", {
    hint: "start the rehearsal again",
  });
}

/** Longest that the stand-in takes for an answer on a busy machine, apart from what it is told to wait. */
const ANSWER_MS = 3_000;

/** Waits that only a true network calls for are shortened: no request is on its way for longer than a fault says. */
function hasten(job: Job, faults: readonly FaultOrder[]): Job {
  const waitsOf = (wanted: string) => faults.map(({ fault, ms = 0 }) => (fault === wanted ? ms : 0));
  const slowMs = waitsOf("slow").reduce((sum, ms) => sum + ms, 0);
  const lateMs = Math.max(0, ...waitsOf("late"));
  return {
    ...job,
    callTimeoutMs: Math.min(job.callTimeoutMs, ANSWER_MS + slowMs),
    settleAfterMs: Math.min(job.settleAfterMs, ANSWER_MS + lateMs),
  };
}

function describeWaits(job: Job, hastened: Job): string {
  const changes = (["callTimeoutMs", "settleAfterMs"] as const).flatMap((name) =>
    job[name] === hastened[name] ? [] : [`${name} ${hastened[name]} instead of ${job[name]}`],
  );
  return changes.length === 0 ? "all waits as in the job" : `shorter waits: ${changes.join(", ")}`;
}
