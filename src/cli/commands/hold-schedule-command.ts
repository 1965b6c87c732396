/**
 * `tieout schedule --pause` and `--resume`: a person stops the starts of jobs by their schedule, or lets them go on. Starts nothing.
 */
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { jobWord } from "../../report/job-word.ts";
import type { RunContext } from "../../run/context.ts";
import { pauseSchedule, resumeSchedule } from "../../schedule/pause-schedule.ts";
import { loadScheduled } from "../load-scheduled.ts";
import { asTyped } from "../output/as-typed.ts";
import type { Session } from "../session.ts";
import { withContext } from "../with-context.ts";

export async function holdScheduleCommand(
  session: Session,
  names: readonly string[],
  order: "pause" | "resume",
  reason: string | undefined,
): Promise<ExitCode> {
  if (names.length === 0)
    throw new FatalError("usage", `--${order} needs the name of a job`, {
      hint: `type tieout schedule <job> --${order} --reason "…"`,
    });
  if (reason === undefined || reason.trim() === "")
    throw new FatalError("usage", `--${order} needs --reason`, {
      hint: `add --reason "…"; it is kept in the audit trail`,
    });
  for (const loaded of await loadScheduled(names))
    await withContext(session, loaded, async (context) => {
      await (order === "pause" ? pause(session, context, reason) : resume(session, context, reason));
      return EXIT.done;
    });
  return EXIT.done;
}

async function pause(session: Session, context: RunContext, reason: string): Promise<void> {
  const { job, jobPath } = context;
  const isNew = await pauseSchedule(context, null, reason);
  const next = `tieout schedule ${jobWord(jobPath)} --resume --reason "…"`;
  const text = isNew ? "no start of it begins by its schedule" : "it was paused already";
  session.say(
    { event: "schedule_paused", job: job.name, isNew, next: asTyped(next) },
    `the schedule of ${job.name} is paused: ${text}; to let it go on, type: ${asTyped(next)}`,
  );
}

async function resume(session: Session, context: RunContext, reason: string): Promise<void> {
  const { job } = context;
  const paused = await resumeSchedule(context, reason);
  const since = paused === undefined ? null : new Date(paused.atMs).toISOString();
  const text =
    paused === undefined
      ? `the schedule of ${job.name} was not paused`
      : `the schedule of ${job.name} goes on with its next slot; it was paused since ${since} (${paused.reason})`;
  session.say({ event: "schedule_resumed", job: job.name, since, reason: paused?.reason ?? null }, text);
}
