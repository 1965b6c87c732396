/**
 * What every command with a job does first and last: it opens the job's context, and logs a FatalError that ends the command.
 */
import { EXIT, type ExitCode } from "../errors/exit-codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { Job } from "../job.ts";
import { isSameBank, type Run } from "../ledger/run.ts";
import type { LogFields } from "../log.ts";
import type { RunContext } from "../run/context.ts";
import { readEnvironment } from "./environment.ts";
import { findRun } from "./find-run.ts";
import { type LoadedJob, loadJob } from "./load-job.ts";
import { openContext, openOfflineContext } from "./open-context.ts";
import type { Session } from "./session.ts";

export async function withContext(
  session: Session,
  loaded: LoadedJob,
  act: (context: RunContext) => Promise<ExitCode>,
  mayBegin?: "may begin",
): Promise<ExitCode> {
  const { log, progress, signal } = session;
  return withAlert(session, loaded.job, async () => {
    // Checked first: no ledger is made for a bank that the environment does not name.
    readEnvironment(process.env);
    const parts = { loaded, ledger: await session.ledger(mayBegin), log, progress, signal, queue: session.queue };
    return act(await openContext(parts, session.workFolder()));
  });
}

/** For what is done with a run by the ledger alone: neither the bank nor its credentials are asked for. */
export async function withRunOffline(
  session: Session,
  id: string,
  act: (context: RunContext, run: Run) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { log, progress, signal } = session;
  const ledger = await session.ledger();
  const run = await findRun(ledger, id);
  const loaded = await loadJobOf(session, run);
  return withAlert(session, loaded.job, () =>
    act(openOfflineContext({ loaded, ledger, log, progress, signal }, session.workFolder()), run),
  );
}

async function withAlert(session: Session, job: Job, act: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof FatalError && error.exit !== EXIT.done) session.alert(error.message, fieldsOf(job, error));
    throw error;
  }
}

/** The log fields of an error that ends a start of a job. */
export function fieldsOf({ name }: Job, { code, exit, hint }: FatalError): LogFields {
  return { job: name, code, exit, next: hint };
}

/** A run belongs to its bank: a forgotten variable must never send a sandbox's rows to production. */
export function checkBank({ bankName }: RunContext, run: Run): void {
  if (isSameBank(run.bank, bankName)) return;
  const { apiUrl, program } = run.bank;
  throw new FatalError("env_missing", `run ${run.id} belongs to the bank at ${apiUrl} (program ${program})`, {
    hint: "set LEAD_API_URL and LEAD_PROGRAM to that bank, with credentials of that program",
  });
}

/** The ledger knows where the job's file is now; the run knows where it was. */
export async function loadJobOf(session: Session, { bank, job, jobPath }: Run): Promise<LoadedJob> {
  const kept = await (await session.ledger()).jobs.find(bank, job);
  return loadJob(kept?.path ?? jobPath);
}
