/**
 * `tieout validate`: a whole file judged by itself, by a job's settings or the defaults. Keeps its rows in a ledger of its
 * own that is thrown away, so that it goes the way of every run and touches nobody's ledger and no bank.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { type ExitCode, worstExit } from "../errors/exit-codes.ts";
import { defineJob } from "../job.ts";
import { openSqliteLedger } from "../ledger/sqlite-ledger.ts";
import { exitOf, startJob } from "../run/run-job.ts";
import { ledgerPath, workFolder } from "./environment.ts";
import { type LoadedJob, loadJob } from "./load-job.ts";
import { openOfflineContext } from "./open-context.ts";
import type { Session } from "./session.ts";
import { tell } from "./tell.ts";

export interface ValidateFlags {
  readonly file?: string;
  readonly from?: string;
  /** A folder, instead of the job's results place. */
  readonly results?: string;
}

/** Where the results of a file go that was given without a job. */
const RESULTS_FOLDER = "validated";

export async function validateCommand(session: Session, named: string, flags: ValidateFlags): Promise<ExitCode> {
  const isFile = namesFile(named);
  const loaded = withResults(isFile ? defaultJob() : await loadJob(named), flags.results);
  if (isFile) session.progress.note("no job is given, so the default settings of a job are used");
  const { log, progress, signal } = session;
  const work = workFolder(ledgerPath(process.env));
  await mkdir(work, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(work, "validate-"));
  try {
    await using ledger = await openSqliteLedger(join(folder, "ledger.sqlite"), { durable: false });
    const context = openOfflineContext({ loaded, ledger, log, progress, signal }, folder);
    const file = isFile ? named : (flags.file ?? null);
    const ends = await startJob(context, {
      kind: "validate",
      file,
      from: flags.from ?? null,
      limit: null,
      again: null,
    });
    if (ends.length === 0) session.say({ event: "none", job: loaded.job.name }, `job ${loaded.job.name}: no file`);
    for (const end of ends) tell(session, context, end);
    return worstExit(ends.map(exitOf));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Jobs are named plainly or by a path of a program; everything else is a file. */
function namesFile(named: string): boolean {
  if (named.startsWith("s3://")) return true;
  const extension = extname(named);
  if (/^\.[cm]?[jt]s$/.test(extension)) return false;
  return extension !== "" || existsSync(resolve(named));
}

function defaultJob(): LoadedJob {
  const job = defineJob({ name: "validate", source: { folder: "." }, results: { folder: RESULTS_FOLDER } });
  return { job, path: "" };
}

function withResults({ job, path }: LoadedJob, folder: string | undefined): LoadedJob {
  if (folder === undefined) return { job, path };
  return { job: { ...job, results: { folder, spreadsheet: job.results.spreadsheet } }, path };
}
