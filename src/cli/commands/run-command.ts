/**
 * `tieout run` and `tieout plan`: a start of a job, with the new files of its source or one that is named.
 */
import { type ExitCode, worstExit } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { jobWord } from "../../report/job-word.ts";
import type { RunContext } from "../../run/context.ts";
import { sourceOf } from "../../run/sources.ts";
import { exitOf, type FileEnd, isTaken, type StartOptions, startJob } from "../../run/start/start-job.ts";
import { findOverdueDay, lookAtExpected } from "../../schedule/look-at-expected.ts";
import { expectedSource, sourcesOf } from "../../source-settings.ts";
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
      const ends = await keepAlarms(context, options, (onEnd) => startLoaded(session, context, options, onEnd));
      return worstExit(ends.map(exitOf));
    } finally {
      if (options.kind === "run") await tell(context);
    }
  };
  return withContext(session, loaded, start, "may begin");
}

/** Also called for each start of the schedule. `onEnd` is called for each file as it ends. */
export async function startLoaded(
  session: Session,
  context: RunContext,
  options: StartOptions,
  onEnd: (end: FileEnd) => void,
): Promise<readonly FileEnd[]> {
  const print = (end: FileEnd) => {
    onEnd(end);
    printEnd(session, context, end);
  };
  const ends = await lookAfter(context, options, () => startJob(context, options, print));
  const { job, log } = context;
  if (ends.length > 0) {
    await checkExpectedOf(context, options, ends);
    return ends;
  }
  session.say({ event: "none", job: job.name }, `job ${job.name}: no new file`);
  await checkExpected(context);
  log.info("no new file", { job: job.name });
  return ends;
}

/** The files that the job expects are looked at after each start, however it ends. */
export async function lookAfter<Result>(
  context: RunContext,
  { kind }: StartOptions,
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } finally {
    if (kind === "run" && !context.signal.aborted) await lookAtExpected(context);
  }
}

/** For a start that has found no file. Throws FatalError `file_expected` if one should have come. */
export async function checkExpected(context: RunContext): Promise<void> {
  const day = await findOverdueDay(context);
  if (day !== undefined) throw fileExpected(context, `of ${day}`);
}

/** For a start that has found files: those of other sources say nothing of the one that the job expects files of. */
export async function checkExpectedOf(
  context: RunContext,
  { kind, file, from }: StartOptions,
  ends: readonly FileEnd[],
): Promise<void> {
  const { job } = context;
  if (sourcesOf(job).length === 1 || kind !== "run" || file !== null || from !== null) return;
  const isExpected = (end: FileEnd) =>
    !isTaken(end) || sourceOf(job, end.run.file.place, end.run.file.key) === expectedSource(job);
  if (!ends.some(isExpected)) await checkExpected(context);
}

export function fileExpected({ job, jobPath }: Pick<RunContext, "job" | "jobPath">, which = ""): FatalError {
  const expected = ["a file", ...(which === "" ? [] : [which])].join(" ");
  return new FatalError("file_expected", `job ${job.name} expects ${expected}, and there is no new one`, {
    hint: `see why it was not delivered, then type: tieout run ${jobWord(jobPath)}`,
  });
}
