/**
 * The alarm for a scheduled start that did not happen, and that nobody makes up for. The next start that works clears it.
 */
import { jobWord } from "../report/job-word.ts";
import type { RunContext } from "../run/context.ts";
import { raiseAlarm } from "./raise-alarm.ts";

/** `away`: no process was there. `held`: another process was at work on the job, on something that is no start. */
export type MissedReason = "away" | "held";

const MESSAGES: Readonly<Record<MissedReason, (job: string) => string>> = {
  away: (job) => `no process was there for a scheduled start of job ${job} within 6 hours`,
  held: (job) => `another process was at work on job ${job} for 6 hours, so a scheduled start of it was left out`,
};

export async function raiseMissed(context: RunContext, reason: MissedReason): Promise<void> {
  await raiseAlarm(context, {
    kind: "missed_start",
    code: "start_missed",
    message: MESSAGES[reason](context.job.name),
    next: `tieout run ${jobWord(context.jobPath)}`,
  });
}
