/**
 * When a job starts: its next starts, in its zone.
 */
import type { Job } from "../job.ts";
import { checkSchedule } from "../schedule/check-schedule.ts";
import { zonedTime } from "../schedule/describe-slot.ts";
import { openSlots } from "../schedule/slots.ts";
import { good, poor, type Remark } from "./finding.ts";

const SHOWN = 5;
const DAY_MS = 24 * 3_600_000;
/** How far ahead is looked. */
const DAYS = 62;

/** Throws FatalError `job_invalid` for a schedule that cannot be followed. */
export function checkStarts(job: Job, nowMs: number): Remark[] {
  if (job.schedule === undefined) return [good("the job has no schedule: something else starts it")];
  const schedule = checkSchedule(job);
  const starts: string[] = [];
  for (const { kind, atMs } of openSlots(schedule, job.name).after(nowMs)) {
    if (atMs > nowMs + DAYS * DAY_MS) break;
    if (kind === "start") starts.push(zonedTime(schedule.zone, atMs));
    if (starts.length === SHOWN) break;
  }
  if (starts.length > 0) return [good(`${schedule.cron} in ${schedule.zone} starts at ${starts.join(", ")}`)];
  return [
    poor(`${schedule.cron} in ${schedule.zone} has no start within ${DAYS} days`, "see that the schedule is right"),
  ];
}
