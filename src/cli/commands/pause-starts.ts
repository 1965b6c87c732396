/**
 * The pause of a schedule, as the starts meet it: they do not begin under one, and may end with one.
 */
import { EXIT, type ExitCode, worstExit } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { jobWord } from "../../report/job-word.ts";
import type { RunContext } from "../../run/context.ts";
import { exitOf, type FileEnd } from "../../run/start/start-job.ts";
import { mayComeRight } from "../../schedule/judge-start.ts";
import type { StartEnd } from "../../schedule/on-tick.ts";
import { isBadEnd, pauseAfter } from "../../schedule/pause-schedule.ts";

/** Says so each time, since nothing else tells that a night is left out. */
export async function isPaused({ ledger, bankName, job, jobPath, log }: RunContext): Promise<boolean> {
  const pause = await ledger.schedules.findPause(bankName, job.name);
  if (pause === undefined) return false;
  const next = `tieout schedule ${jobWord(jobPath)} --resume --reason "…"`;
  const { reason } = pause;
  const about = { job: job.name, code: "schedule_paused", reason, next };
  log.warn("the schedule of the job is paused, so this start is skipped", about);
  return true;
}

/** What the schedule tries again by itself is no bad end yet; after one that pauses it, nothing is tried again. */
export async function pauseAfterEnds(context: RunContext, ends: readonly FileEnd[], end: StartEnd): Promise<StartEnd> {
  if (end === "stopped") return end;
  return (await pauseIfBad(context, worstExit(ends.map(exitOf)))) ? "ended" : end;
}

export async function pauseAfterError(context: RunContext, error: unknown): Promise<void> {
  if (!(error instanceof FatalError)) await pauseIfBad(context, EXIT.ourFault);
  else if (!mayComeRight(error)) await pauseIfBad(context, error.exit);
}

async function pauseIfBad(context: RunContext, exit: ExitCode): Promise<boolean> {
  return isBadEnd(exit) && (await pauseAfter(context, exit));
}
