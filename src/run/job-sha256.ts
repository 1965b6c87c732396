/**
 * What a job's settings are known by. Pure.
 */
import { createHash } from "node:crypto";
import type { Job } from "../job.ts";

/** Settings for when, how fast and where to: with others, a run makes the same calls. */
const NOT_OF_CALLS: readonly (keyof Job)[] = [
  "results",
  "archive",
  "tag",
  "report",
  "retention",
  "concurrency",
  "requestsPerSecond",
  "burst",
  "rates",
  "schedule",
  "expect",
  "notify",
  "firstStart",
  "onRejected",
  "skipUnchangedFor",
  "recheckAfterMs",
  "planMaxAgeMs",
  "attempts",
  "callTimeoutMs",
  "rowTimeoutMs",
  "runTimeoutMs",
  "stopAt",
  "shutdownGraceMs",
];

const GIVEN = Symbol("the job as its file has it");

/** The job with the settings of one source in place of its own. It is known by what its file says all the same. */
export function withReads(job: Job, reads: Partial<Job>): Job {
  return Object.assign({ ...job, ...reads }, { [GIVEN]: givenOf(job) });
}

function givenOf(job: Job & { readonly [GIVEN]?: Job }): Job {
  return job[GIVEN] ?? job;
}

/** Of all settings, but for how many calls are made at once: a process with others would judge rows differently. */
export function jobSha256(job: Job): string {
  const { concurrency: _atOnce, ...settings } = givenOf(job);
  return sha256Of(settings);
}

/** Of the settings that decide what is sent. */
export function settingsSha256(job: Job): string {
  const settings = Object.entries(givenOf(job)).filter(([name]) => !NOT_OF_CALLS.some((one) => one === name));
  return sha256Of(Object.fromEntries(settings));
}

/** As JSON text. */
function sha256Of(settings: object): string {
  return createHash("sha256")
    .update(JSON.stringify(settings, (_, value: unknown) => (value instanceof RegExp ? String(value) : value)))
    .digest("hex");
}
