/**
 * What a job file says of when the job is started. Whether cron knows the expression is for schedule/check-schedule.ts.
 */
import { z } from "zod";
import { TIME_OF_DAY } from "./time-of-day.ts";

export const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

const isLocalTime = (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}Z`));
const time = z.string().refine((text) => TIME_OF_DAY.test(text) || isLocalTime(text), {
  error: "give a time of day, such as 22:00, or a day and a time, such as 2026-12-24T18:00",
});

/** A time in which no start begins: each day (or on `days`, on which it begins), or once. */
const blackout = z
  .strictObject({
    from: time,
    to: time,
    days: z.array(z.enum(WEEKDAYS)).min(1).optional(),
    /** What becomes of a slot in it: made up for as it ends, or skipped. */
    slots: z.enum(["after", "skip"]).default("after"),
    reason: z.string().min(1).optional(),
  })
  .refine(({ from, to }) => from.length === to.length, { error: "give from and to in the same way" })
  .refine(({ from, to }) => (TIME_OF_DAY.test(from) ? from !== to : from < to), { error: "from must be before to" })
  .refine(({ from, days }) => days === undefined || TIME_OF_DAY.test(from), {
    error: "days are for a window that comes again, with times of day",
  });
export type BlackoutWindow = z.output<typeof blackout>;

export const MOST_JITTER_MS = 3_600_000;

export const scheduleSettings = z.strictObject({
  /** Five or six fields. */
  cron: z.string().min(1),
  /** An IANA zone. */
  zone: z.string().default("UTC"),
  /** A start begins up to this much after its slot, by a figure that job and slot decide. */
  jitterMs: z.int().min(0).max(MOST_JITTER_MS, "at most an hour, 3600000").default(0),
  blackout: z.array(blackout).max(20).default([]),
  /** Whether a start that ended badly is the last one until a person resumes the schedule. */
  pauseOnFailure: z.boolean().default(false),
});
export type ScheduleInput = z.input<typeof scheduleSettings>;
export type ScheduleSettings = z.output<typeof scheduleSettings>;
