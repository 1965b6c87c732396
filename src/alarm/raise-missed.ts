/**
 * The alarm for a scheduled start that did not happen, and that nobody makes up for. The next start that works clears it.
 */
import { jobWord } from "../report/job-word.ts";
import type { RunContext } from "../run/context.ts";
import { raiseAlarm } from "./raise-alarm.ts";

export async function raiseMissed(context: RunContext): Promise<void> {
  await raiseAlarm(context, {
    kind: "missed_start",
    code: "start_missed",
    message: `no process was there for a scheduled start of job ${context.job.name} within 6 hours`,
    next: `tieout run ${jobWord(context.jobPath)}`,
  });
}
