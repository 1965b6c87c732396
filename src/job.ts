/**
 * defineJob(): everything that a file in jobs/ may say. Takes a plain object, gives it back checked and with every
 * default filled in; reads no environment and no file.
 */
import { z } from "zod";
import { archiveSettings, findBadFiling, tagSettings } from "./archive-settings.ts";
import { InvalidJob, type WrongSetting } from "./errors/invalid-job.ts";
import { expectSettings } from "./expect-settings.ts";
import { notifySettings } from "./notify-settings.ts";
import { guardSettings } from "./plan/guard-settings.ts";
import { isProgramName, PROGRAM_RULE } from "./program-name.ts";
import { findShapeFaults, type ShapeFault } from "./read/find-shape-faults.ts";
import { layoutOf } from "./read/layouts.ts";
import { readSettings } from "./read-settings.ts";
import { retentionSettings } from "./retention-settings.ts";
import { scheduleSettings } from "./schedule-settings.ts";
import { skipSettings } from "./skip-settings.ts";
import { snapshotFault, snapshotSettings } from "./snapshot-settings.ts";
import { expectedSource, resultsSettings, sourceSettings, sourcesOf } from "./source-settings.ts";
import { nearest } from "./text/nearest.ts";
import { parseRates, TIME_OF_DAY } from "./time-of-day.ts";
import { isZone } from "./zone-instant.ts";

const count = z.int().min(0);
const positive = z.int().min(1);

const shape = z.strictObject({
  /** Names the job in the ledger, in leases and on the command line. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "use lower-case letters, digits and hyphens"),
  /** What the bank's credentials are for, which is given per program; `LEAD_PROGRAM`, else the client id, when not given. */
  program: z.string().refine(isProgramName, PROGRAM_RULE).optional(),
  /** Where the files come from; `pattern` is matched against the key, and may capture `(?<sequence>…)`. */
  source: sourceSettings,
  ...snapshotSettings,
  /** Where each run's results.csv, failed.csv, report.html and summary.json go; `spreadsheet` adds results.spreadsheet.csv. */
  results: resultsSettings,
  /** Where a file goes once its run is over; nowhere when not given. `move` removes the original. */
  archive: archiveSettings.optional(),
  /** The tags that a file in a bucket gets once its run is over; `{run}` in a value is the run's id. */
  tag: tagSettings.optional(),
  /** Whether report.html shows cells, and messages that may quote them, of the first rows of each cause. */
  report: z.strictObject({ values: z.boolean().default(true) }).prefault({}),
  ...readSettings,
  /** Calls in flight at once. */
  concurrency: z
    .strictObject({ reads: positive.max(1024).default(16), writes: positive.max(1024).default(8) })
    .prefault({}),
  /** Over reads and writes together; `burst` calls may go at once. */
  requestsPerSecond: positive.default(50),
  burst: positive.default(50),
  /** How fast from which time of day on, up to `requestsPerSecond`; in the schedule's zone, or UTC. One rate when not given. */
  rates: z
    .string()
    .refine((text) => parseRates(text) !== undefined, 'give times and rates, such as "08:00 5/s, 20:00 50/s"')
    .optional(),
  /** How long the ledger keeps what of runs that are over; everything for ever when not given. */
  retention: retentionSettings.optional(),
  /** What is judged over the whole plan before the first write; rows over a limit are held until `tieout approve`. */
  guards: guardSettings.prefault({}),
  /** Who may approve what a guard holds: anybody, or only another user of the operating system than began the run or its plan. */
  approval: z.enum(["one person", "second person"]).default("one person"),
  /**
   * What a row whose account the bank does not seem to hold may become. `proven`: a create, once the look-up has found
   * an account known to exist, or has answered with an empty list and then found the first create. `first_alone`: as
   * proven, and when no account is known the first create goes alone and must then be found. `trusted`: a create at
   * once. `never`: held.
   */
  creates: z.enum(["proven", "first_alone", "trusted", "never"]).default("proven"),
  /** Whether the bank's look-up by client_account_id may be used. */
  lookup: z.boolean().default(true),
  removeRelationships: z.boolean().default(false),
  /** Whether entities and applications are fetched and judged before anything is sent that names them. */
  precheck: z.boolean().default(false),
  /** When the job is started, by `tieout schedule`. */
  schedule: scheduleSettings.optional(),
  /** Which files are expected when; the job is alarmed about what is otherwise. Nothing when not given. */
  expect: expectSettings.optional(),
  /** Who is told of the job's alarms, as they are raised and cleared. */
  notify: notifySettings,
  /** Which files the first start of the job takes. */
  firstStart: z.enum(["newest", "all"]).default("newest"),
  /** Whether a rejected, held-over or stopped file keeps the later ones waiting. */
  onRejected: z.enum(["stop", "continue"]).default("stop"),
  /** For how long a row is not fetched that asks for what was last applied or seen equal; always fetched when not given. */
  skipUnchangedFor: skipSettings.optional(),
  /** A plan older than this is made again before it is sent. */
  recheckAfterMs: positive.default(15 * 60_000),
  /** A plan that was begun longer ago is not applied. */
  planMaxAgeMs: positive.default(12 * 3_600_000),
  /** Attempts of one call before its row is failed or unknown. */
  attempts: positive.default(6),
  /** Time for one call, from the first byte sent to the last received. */
  callTimeoutMs: positive.default(30_000),
  /** Time for the attempts of one operation; what has not ended by then is failed or unknown. */
  rowTimeoutMs: positive.default(20 * 60_000),
  /** Time for a run in one process; it then stops, to be resumed. */
  runTimeoutMs: positive.default(6 * 3_600_000),
  /** The time of day at which a start stops, to be resumed; in the schedule's zone, or UTC, when none is given. */
  stopAt: z
    .strictObject({
      time: z.string().regex(TIME_OF_DAY, "give a time of day, such as 06:00"),
      zone: z.string().refine(isZone, "give an IANA zone, such as America/Chicago").optional(),
    })
    .optional(),
  /** Time for the calls in flight once the run is to stop. */
  shutdownGraceMs: positive.default(20_000),
  /** How long the bank keeps an idempotency key. Two hours before, nothing is sent under it any more. */
  keyHours: z.number().min(3).default(24),
  /** How long nothing is sent for an account in doubt before it is read and judged by what is there. */
  settleAfterMs: count.default(15 * 60_000),
});

const jobSchema = shape.superRefine((job, context) => {
  for (const [setting, message] of wrongOfExpect(job))
    context.addIssue({ code: "custom", path: ["expect", ...setting], message });
  for (const [setting, message] of findBadFiling(job)) context.addIssue({ code: "custom", path: [setting], message });
  for (const { path, message } of wrongOfShapes(job)) context.addIssue({ code: "custom", path: [...path], message });
  const sources = sourcesOf(job).map(({ repaired, reads }) => ({ repaired, ...layoutOf(reads) }));
  const fault = snapshotFault(job, sources);
  if (fault !== undefined) context.addIssue({ code: "custom", path: [fault.path], message: fault.error });
});

/** What the job says of its files, and what a source says in its place, must each be possible. */
function wrongOfShapes(job: z.output<typeof shape>): readonly ShapeFault[] {
  const sources = sourcesOf(job).flatMap(({ reads }, at) => {
    if (reads === undefined) return [];
    const path = Array.isArray(job.source) ? ["source", String(at), "reads"] : ["source", "reads"];
    const wrong = findShapeFaults({ ...job, ...(reads as Partial<typeof job>) });
    return wrong.map((one) => ({ ...one, path: [...path, ...one.path] }));
  });
  const own = findShapeFaults(job);
  return own.length > 0 ? own : sources;
}

/** What is expected is expected of one source, and must be possible there. */
function wrongOfExpect(job: z.output<typeof shape>): (readonly [setting: readonly string[], message: string])[] {
  if (job.expect === undefined) return [];
  const source = expectedSource(job);
  if (source === undefined) return [[["source"], `give the name of one of the sources: ${namesOf(job)}`]];
  const { sequence } = job.expect;
  return [
    ...(sequence !== undefined && !source.pattern.source.includes("(?<sequence>")
      ? [[["sequence"], "source.pattern must capture the number, as in /-(?<sequence>\\d+)\\.csv$/"] as const]
      : []),
    ...(source.repaired ? [[[], "a source of repaired files has none that are expected"] as const] : []),
  ];
}

const namesOf = (job: z.output<typeof shape>) =>
  sourcesOf(job)
    .map(({ name }) => name ?? "one without a name")
    .join(", ");

/** What a job file says. */
export type JobInput = z.input<typeof jobSchema>;
/** A job with every default filled in. */
export type Job = z.output<typeof jobSchema>;
export type Place = Job["results"];

/** Checks a job and fills in its defaults. Throws InvalidJob, naming every setting that is wrong. */
export function defineJob(input: JobInput): Job {
  return checkJob(input, defineJob);
}

/** A job like another one under a name of its own. The schedule is not taken over: it would run everything twice. */
export function extendJob(base: Job, changes: Partial<JobInput> & { name: string }): Job {
  const { schedule: _, ...rest } = base;
  return checkJob({ ...rest, ...changes }, extendJob);
}

function checkJob(input: JobInput, maker: typeof defineJob | typeof extendJob): Job {
  const parsed = jobSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InvalidJob(parsed.error.issues.flatMap(settingsOf), maker);
}

/** A name that is no setting is wrong itself, and not what it is in; and of a choice, what is wrong in the one that was meant. */
function settingsOf(issue: z.core.$ZodIssue): WrongSetting[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  if (issue.code === "invalid_union") {
    const within = issue.errors.filter((choice) => choice.every(isWithin));
    // Of two places, a bucket and a folder, the one whose only fault lies deeper.
    const meant = within.length === 1 ? within : within.filter((choice) => choice.every(isDeeper));
    if (meant.length === 1)
      return (meant[0] ?? []).flatMap((one) => settingsOf({ ...one, path: [...issue.path, ...one.path] }));
  }
  if (issue.code !== "unrecognized_keys") return [{ path, message: issue.message }];
  return issue.keys.map((key) => {
    const meant = path.length === 0 ? nearest(key, Object.keys(shape.shape)) : undefined;
    return { path: [...path, key], message: `is no setting${meant === undefined ? "" : `: did you mean ${meant}?`}` };
  });
}

function isWithin({ code, path }: z.core.$ZodIssue): boolean {
  return path.length > 0 || code === "unrecognized_keys";
}

function isDeeper({ code, path: [first, ...rest] }: z.core.$ZodIssue): boolean {
  return typeof first === "number" || rest.length > 0 || (first !== undefined && code === "unrecognized_keys");
}
