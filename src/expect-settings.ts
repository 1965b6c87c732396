/**
 * What a job file says of the files that are expected: when, on which days, in which order and of which size. What that means is in
 * schedule/judge-days.ts and its neighbours.
 */
import { z } from "zod";
import { TIME_OF_DAY } from "./time-of-day.ts";
import { isZone } from "./zone-instant.ts";

export const EXPECTED_DAYS = ["every-day", "weekdays", "federal-reserve-business-days"] as const;

const day = z
  .string()
  .refine((text) => /^\d{4}-\d\d-\d\d$/.test(text) && new Date(text).toJSON()?.slice(0, 10) === text, {
    error: "give a day, such as 2026-12-24",
  });

export const expectSettings = z.strictObject({
  /** The name of the source whose files are expected; the only one when not given. */
  source: z.string().min(1).optional(),
  /** The time of day by which the file of the day is there. */
  by: z.string().regex(TIME_OF_DAY, "give a time of day, such as 02:30"),
  /** The schedule's, or UTC, when not given. */
  zone: z.string().refine(isZone, "give an IANA zone, such as America/Chicago").optional(),
  days: z.enum(EXPECTED_DAYS).default("every-day"),
  /** Days without a file beside those (`add`), and days with one all the same (`leaveOut`). */
  holidays: z.strictObject({ add: z.array(day).default([]), leaveOut: z.array(day).default([]) }).prefault({}),
  /** Whether the numbers that the pattern captures follow each other; with `wait` no file is taken before the one that it follows. */
  sequence: z.union([z.literal(true), z.literal("wait")], { error: 'give true or "wait"' }).optional(),
  /** The fewest and the most rows. */
  rows: z
    .tuple([z.int().min(0), z.int().min(0)], { error: "give the fewest and the most rows, such as [900, 1500]" })
    .refine(([least, most]) => least <= most, { error: "give the fewest rows first" })
    .optional(),
  /** What a start does when several files wait: shows in which order they are to be taken, or takes them. */
  catchUp: z.enum(["propose", "take"]).default("propose"),
});
export type ExpectSettings = z.output<typeof expectSettings>;
