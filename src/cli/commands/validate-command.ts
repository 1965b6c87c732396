/**
 * `tieout validate`: checks a file on its own, by the settings of a job or the defaults. It is a run like any other, with a temporary
 * ledger; the real ledger and the bank are not touched.
 */
import { statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { type ExitCode, worstExit } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { defineJob } from "../../job.ts";
import { exitOf, startJob } from "../../run/start/start-job.ts";
import { checkFile } from "../check-command-line.ts";
import { isJobName, type LoadedJob, loadJob } from "../load-job.ts";
import { openOfflineContext } from "../open-context.ts";
import { printEnd } from "../output/print-end.ts";
import type { Session } from "../session.ts";
import { openThrowAway, withResults } from "../throw-away.ts";

export interface ValidateFlags {
  readonly file?: string;
  readonly from?: string;
  /** A folder, instead of the job's results place. */
  readonly results?: string;
}

/** Where the results go when a file is given without a job. */
const RESULTS_FOLDER = "validated";

export async function validateCommand(session: Session, named: string, flags: ValidateFlags): Promise<ExitCode> {
  const isFile = namesFile(named);
  if (isFile) checkFile(named);
  for (const flag of ["file", "from"] as const)
    if (isFile && flags[flag] !== undefined)
      throw new FatalError("usage", `${named} is a file, and --${flag} is given too`, {
        hint: `name the file alone, or a job with --${flag}`,
      });
  const loaded = isFile ? defaultJob() : await loadJob(named);
  if (isFile) session.progress.note("no job is given, so the default settings of a job are used");
  const { log, progress, signal } = session;
  await using away = await openThrowAway(session, "validate");
  const own = openOfflineContext({ loaded, ledger: away.ledger, log, progress, signal }, away.folder);
  const context = flags.results === undefined ? own : withResults(own, flags.results);
  const options = {
    kind: "validate" as const,
    file: isFile ? named : (flags.file ?? null),
    from: flags.from ?? null,
    limit: null,
    again: null,
  };
  const ends = await startJob(context, options, (end) => printEnd(session, own, end));
  if (ends.length === 0) session.say({ event: "none", job: loaded.job.name }, `job ${loaded.job.name}: no file`);
  return worstExit(ends.map(exitOf));
}

/** A job is named without an extension or by the path of a program; everything else is a file. A folder may have the name of a job. */
function namesFile(named: string): boolean {
  if (named.startsWith("s3://")) return true;
  const extension = extname(named);
  if (/^\.[cm]?[jt]s$/.test(extension)) return false;
  if (extension !== "") return true;
  const stats = statSync(resolve(named), { throwIfNoEntry: false });
  return stats !== undefined && !(stats.isDirectory() && isJobName(named));
}

function defaultJob(): LoadedJob {
  const job = defineJob({ name: "validate", source: { folder: "." }, results: { folder: RESULTS_FOLDER } });
  return { job, path: "", mark: "" };
}
