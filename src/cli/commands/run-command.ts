/**
 * `tieout run` and `tieout plan`: a start of a job, with the new files of its source or one that is named.
 */
import { type ExitCode, worstExit } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { jobWord } from "../../report/job-word.ts";
import type { RunContext } from "../../run/context.ts";
import { exitOf, type FileEnd, type StartOptions, startJob } from "../../run/start/start-job.ts";
import { keepAlarms } from "../keep-alarms.ts";
import { loadJob } from "../load-job.ts";
import { printEnd } from "../output/print-end.ts";
import type { Session } from "../session.ts";
import { tell } from "../tell.ts";
import { withContext } from "../with-context.ts";
import { detach } from "./detach.ts";

/** `isDetached`: a worker does it. */
export async function runCommand(
  session: Session,
  jobName: string,
  options: StartOptions,
  isDetached = false,
): Promise<ExitCode> {
  const loaded = await loadJob(jobName);
  if (isDetached) return withContext(session, loaded, (context) => detach(session, context, options));
  const start = async (context: RunContext) => {
    try {
      const ends = await keepAlarms(context, options, () => startLoaded(session, context, options));
      return worstExit(ends.map(exitOf));
    } finally {
      if (options.kind === "run") await tell(context);
    }
  };
  return withContext(session, loaded, start, "may begin");
}

/** Also called for each start of the schedule. */
export async function startLoaded(
  session: Session,
  context: RunContext,
  options: StartOptions,
): Promise<readonly FileEnd[]> {
  const ends = await startJob(context, options, (end) => printEnd(session, context, end));
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
