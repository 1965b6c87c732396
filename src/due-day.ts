/**
 * The days on which a job expects a file, and for which of them one is that comes at some time: for the day whose time it comes before, or up
 * to twelve hours after. Pure.
 */
import { type Calendar, dayAfter, isExpectedDay } from "./calendar.ts";
import type { ExpectSettings } from "./expect-settings.ts";
import type { ScheduleSettings } from "./schedule-settings.ts";
import { localTime, zoneInstantMs } from "./zone-instant.ts";

/** After its deadline a file is late for so long, and then missing. */
export const LATE_FOR_MS = 12 * 3_600_000;

/** As many days may lie between two expected ones, with the holidays that a job adds. */
export const MOST_BETWEEN = 60;

/** Which days a file is expected on, and by when. */
export type DayRule = Calendar & Pick<ExpectSettings, "by"> & { readonly zone: string };

interface DaysOfJob {
  readonly expect?: ExpectSettings | undefined;
  readonly schedule?: ScheduleSettings | undefined;
}

const zoneOf = ({ expect, schedule }: DaysOfJob) => expect?.zone ?? schedule?.zone ?? "UTC";

/** The days and times of a job that expects files. */
export function dayRuleOf(job: DaysOfJob): DayRule | undefined {
  return job.expect && { ...job.expect, zone: zoneOf(job) };
}

export const deadlineOf = (day: string, { by, zone }: DayRule) => zoneInstantMs(`${day}T${by}`, zone);

/**
 * The day of a file that comes at that instant, and the last such day before it. Each day of the calendar has one where the job expects no
 * files: then a file is of the day on which it comes.
 */
export function dueDay(
  job: DaysOfJob,
  atMs: number,
): { readonly day: string; readonly before: string; readonly zone: string } {
  const rule = dayRuleOf(job);
  const zone = zoneOf(job);
  const today = localTime(zone, atMs).slice(0, 10);
  if (rule === undefined) return { day: today, before: dayAfter(today, -1), zone };
  const isAhead = (day: string) => isExpectedDay(day, rule) && deadlineOf(day, rule) + LATE_FOR_MS >= atMs;
  const near = Array.from({ length: 2 * MOST_BETWEEN }, (_, ahead) => dayAfter(today, ahead - 1));
  const day = near.find(isAhead) ?? today;
  const earlier = Array.from({ length: MOST_BETWEEN }, (_, before) => dayAfter(day, -before - 1));
  return { day, before: earlier.find((one) => isExpectedDay(one, rule)) ?? dayAfter(day, -1), zone };
}
