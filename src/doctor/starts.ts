/**
 * When a job starts: its next starts, in its zone.
 */
import type { Job } from "../job.ts";
import { checkSchedule } from "../schedule/check-schedule.ts";
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
    if (kind === "start") starts.push(inZone(atMs, schedule.zone));
    if (starts.length === SHOWN) break;
  }
  if (starts.length > 0) return [good(`${schedule.cron} in ${schedule.zone} starts at ${starts.join(", ")}`)];
  return [
    poor(`${schedule.cron} in ${schedule.zone} has no start within ${DAYS} days`, "see that the schedule is right"),
  ];
}

/** As `Mon 2026-11-30 02:30`. */
function inZone(atMs: number, zone: string): string {
  const options = { timeZone: zone, weekday: "short", year: "numeric", month: "2-digit", day: "2-digit" } as const;
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const parts = new Intl.DateTimeFormat("en-US", { ...options, ...clock }).formatToParts(atMs);
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? "";
  return `${of("weekday")} ${of("year")}-${of("month")}-${of("day")} ${of("hour")}:${of("minute")}`;
}
