/**
 * The commands that work on runs: run, plan, resume, abandon, report. Flags in, exit code out.
 */
import { EXIT, type ExitCode, worstExit } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Job } from "../../job.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { isSameBank, type Run } from "../../ledger/run.ts";
import type { LogFields } from "../../log.ts";
import { jobWord, shellWord } from "../../report/next-commands.ts";
import type { RunContext } from "../../run/context.ts";
import { reportAgain } from "../../run/report/report-again.ts";
import { abandonRun } from "../../run/start/abandon.ts";
import { chooseBank } from "../../run/start/choose-bank.ts";
import { moveName } from "../../run/start/job-name.ts";
import { resumeUnderLease } from "../../run/start/rerun-rows.ts";
import { exitOf, type FileEnd, type StartOptions, startJob } from "../../run/start/start-job.ts";
import { readEnvironment } from "../environment.ts";
import { findRun } from "../find-run.ts";
import { type LoadedJob, loadJob } from "../load-job.ts";
import { openContext, openOfflineContext } from "../open-context.ts";
import { tell, tellSummary } from "../output/tell.ts";
import type { Session } from "../session.ts";

export async function startCommand(session: Session, jobName: string, options: StartOptions): Promise<ExitCode> {
  const loaded = await loadJob(jobName);
  const start = async (context: RunContext) => worstExit((await startLoaded(session, context, options)).map(exitOf));
  return withContext(session, loaded, start, "may begin");
}

/** Also what a tick of the schedule does. */
export async function startLoaded(
  session: Session,
  context: RunContext,
  options: StartOptions,
): Promise<readonly FileEnd[]> {
  const ends = await startJob(context, options, (end) => tell(session, context, end));
  if (ends.length > 0) return ends;
  const { job, log } = context;
  session.say({ event: "none", job: job.name }, `job ${job.name}: no new file`);
  if (job.expectFile) throw fileExpected(context);
  log.info("no new file", { job: job.name });
  return ends;
}

export function fileExpected({ job, jobPath }: Pick<RunContext, "job" | "jobPath">): FatalError {
  return new FatalError("file_expected", `job ${job.name} expects a file, and there is no new one`, {
    hint: `see why it was not delivered, then type: tieout run ${jobWord(jobPath)}`,
  });
}

/** Continues what earlier starts of the job have left, and takes no further file. */
export async function resumeLeft(session: Session, context: RunContext): Promise<readonly FileEnd[]> {
  const ends: FileEnd[] = [];
  for (const run of await context.ledger.runs.listUnfinished(context.bankName, context.job.name)) {
    const end = run.waiting ? ({ kind: "waiting", run } as const) : await resumeUnderLease(context, run, null);
    tell(session, context, end);
    ends.push(end);
    if (end.kind !== "waiting" && exitOf(end) === EXIT.stopped) break;
  }
  return ends;
}

/** Without an id, or for `last`: the last run of this bank that is not finished. What has ended is left as it is. */
export async function resumeCommand(session: Session, id: string | undefined, limit: number | null): Promise<ExitCode> {
  if (id === undefined || id === "last") {
    const last = await findLastUnfinished(await session.ledger());
    if (last !== undefined) return resumeOne(session, last, limit);
    session.say({ event: "nothing" }, "nothing to resume: every run at this bank has ended");
    return EXIT.done;
  }
  const run = await findUnfinished(session, id, "resume");
  return typeof run === "number" ? run : resumeOne(session, run, limit);
}

/** Where the environment gives no program, its job may; so a client id that is new may be that of any bank at the address. */
async function findLastUnfinished({ banks, runs }: Ledger): Promise<Run | undefined> {
  const { apiUrl, clientId, program } = readEnvironment(process.env);
  const known = await banks.list(apiUrl);
  const own = known.filter(({ clientIds }) => clientIds.includes(clientId));
  const possible = (own.length > 0 ? own : known).map(({ bank }) => bank);
  const meant = program === undefined ? possible : [chooseBank(known, { apiUrl, clientId, program })];
  const unfinished = await Promise.all(meant.map((bank) => runs.listUnfinished(bank, null)));
  return unfinished
    .flat()
    .reduce<Run | undefined>((last, run) => (last === undefined || run.no > last.no ? run : last), undefined);
}

export async function abandonCommand(session: Session, id: string, reason: string): Promise<ExitCode> {
  const run = await findUnfinished(session, id, "abandon");
  if (typeof run === "number") return run;
  return withContext(session, await loadJobOf(session, run), async (context) => {
    checkBank(context, run);
    const end = await abandonRun(context, run, reason);
    if (end.kind === "reported") {
      tell(session, context, end);
      return exitOf(end);
    }
    session.say({ event: "abandoned", run: run.id }, `run ${run.id} is abandoned; nothing was sent`);
    return EXIT.done;
  });
}

/** Of a run that has ended that is told, and its exit code is the answer. */
async function findUnfinished(session: Session, id: string, verb: "resume" | "abandon"): Promise<Run | ExitCode> {
  const ledger = await session.ledger();
  const run = await findRun(ledger, id);
  if (run.kind === "plan")
    throw new FatalError("usage", `${run.id} is a plan, which sends nothing, so it cannot be ${verb}d`, {
      hint: `to send what it shows, type: tieout run ${jobWord(run.jobPath)} --file ${shellWord(`${run.file.place}/${run.file.key}`)}`,
    });
  const unfinished = await ledger.runs.listUnfinished(run.bank, run.job);
  if (unfinished.some((one) => one.id === run.id)) return run;
  const event = { event: "ended", run: run.id, exit: run.exit };
  session.say(event, `nothing to ${verb}: run ${run.id} has ended with exit code ${run.exit}`);
  return run.exit ?? EXIT.done;
}

async function resumeOne(session: Session, run: Run, limit: number | null): Promise<ExitCode> {
  return withContext(session, await loadJobOf(session, run), async (context) => {
    checkBank(context, run);
    const end = await resumeUnderLease(context, run, limit);
    tell(session, context, end);
    return exitOf(end);
  });
}

export async function reportCommand(session: Session, id: string): Promise<ExitCode> {
  const ledger = await session.ledger();
  const run = await findRun(ledger, id);
  const loaded = await loadJobOf(session, run);
  return withAlert(session, loaded.job, async () => {
    const { log, progress, signal } = session;
    const context = openOfflineContext({ loaded, ledger, log, progress, signal }, session.workFolder());
    const summary = await reportAgain(context, run);
    tellSummary(session, "summary", summary);
    return summary.exit;
  });
}

/** The job's file is where the ledger has it by now; the run knows where it was. */
export async function loadJobOf(session: Session, { bank, job, jobPath }: Run): Promise<LoadedJob> {
  const kept = await (await session.ledger()).jobs.find(bank, job);
  return loadJob(kept?.path ?? jobPath);
}

/** `tieout move`: the job's name belongs to this file from now on. */
export async function moveCommand(session: Session, jobName: string): Promise<ExitCode> {
  return withContext(session, await loadJob(jobName), async (context) => {
    const { job, jobPath } = context;
    const before = await moveName(context);
    const from = before === undefined || before.path === jobPath ? "" : `, no longer to ${before.path}`;
    const event = { event: "moved", job: job.name, path: jobPath, before: before?.path ?? null };
    session.say(event, `the name ${job.name} belongs to ${jobPath}${from}`);
    return EXIT.done;
  });
}

export async function withContext(
  session: Session,
  loaded: LoadedJob,
  act: (context: RunContext) => Promise<ExitCode>,
  mayBegin?: "may begin",
): Promise<ExitCode> {
  const { log, progress, signal } = session;
  return withAlert(session, loaded.job, async () => {
    // No ledger is begun for a bank that is not named.
    readEnvironment(process.env);
    const parts = { loaded, ledger: await session.ledger(mayBegin), log, progress, signal };
    return act(await openContext(parts, session.workFolder()));
  });
}

async function withAlert(session: Session, job: Job, act: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof FatalError && error.exit !== EXIT.done) session.alert(error.message, fieldsOf(job, error));
    throw error;
  }
}

/** What the log has of an error that ends a start of a job. */
export function fieldsOf({ name }: Job, { code, exit, hint }: FatalError): LogFields {
  return { job: name, code, exit, next: hint };
}

/** A run belongs to its bank: rows of a sandbox never go to production by a forgotten variable. */
export function checkBank({ bankName }: RunContext, run: Run): void {
  if (isSameBank(run.bank, bankName)) return;
  const { apiUrl, program } = run.bank;
  throw new FatalError("env_missing", `run ${run.id} belongs to the bank at ${apiUrl} (program ${program})`, {
    hint: "set LEAD_API_URL and LEAD_PROGRAM to that bank, with credentials of that program",
  });
}
