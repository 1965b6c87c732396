/**
 * When a job starts: its next starts, in its zone; by when a file is expected, and whether a start that ends badly is the last.
 */

import { dayRuleOf } from "../due-day.ts";
import type { Job } from "../job.ts";
import { checkSchedule } from "../schedule/check-schedule.ts";
import { zonedTime } from "../schedule/describe-slot.ts";
import { nextDeadlineMs } from "../schedule/judge-days.ts";
import { openSlots } from "../schedule/slots.ts";
import { good, poor, type Remark } from "./finding.ts";

const SHOWN = 5;
const DAY_MS = 24 * 3_600_000;
/** How far ahead is looked. */
const DAYS = 62;

/** Throws FatalError `job_invalid` for a schedule that cannot be followed. */
export function checkStarts(job: Job, nowMs: number): Remark[] {
  return [...checkCron(job, nowMs), ...checkExpect(job, nowMs), ...sayPause(job)];
}

function checkExpect(job: Job, nowMs: number): Remark[] {
  const rule = dayRuleOf(job);
  if (rule === undefined) return [];
  const nextMs = nextDeadlineMs(rule, nowMs);
  if (nextMs === undefined)
    return [poor("expect has no day ahead", "see that expect.days and expect.holidays are right")];
  return [good(`the next file is expected by ${zonedTime(rule.zone, nextMs)}`)];
}

const sayPause = ({ schedule }: Job): Remark[] =>
  schedule?.pauseOnFailure === true
    ? [
        good(
          "a start that ends badly pauses the schedule until a person resumes it; tieout schedule --list says whether one has",
        ),
      ]
    : [];

function checkCron(job: Job, nowMs: number): Remark[] {
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
