/**
 * A job comes in, its schedule goes out, checked to be one that can be followed.
 */
import { validate } from "node-cron";
import { FatalError } from "../errors/fatal-error.ts";
import type { Job } from "../job.ts";
import type { ScheduleSettings } from "../schedule-settings.ts";
import { isZone } from "../zone-instant.ts";
import { openBlackouts } from "./blackouts.ts";

/** Throws FatalError `job_invalid` for a job without a schedule, and for an expression that node-cron does not take, for a zone that is
 * none, and for blackouts that never end. */
export function checkSchedule({ name, schedule: given }: Job): ScheduleSettings {
  const wrong = (what: string) =>
    new FatalError("job_invalid", `job ${name}: schedule.${what}`, { hint: "correct the schedule in the job file" });
  if (given === undefined) throw wrong("cron: the job has no schedule");
  if (!validate(given.cron)) throw wrong(`cron: ${JSON.stringify(given.cron)} is not a cron expression`);
  if (!isZone(given.zone)) throw wrong(`zone: ${JSON.stringify(given.zone)} is not an IANA zone`);
  if (openBlackouts(given.blackout, given.zone).freeFromMs(Date.now()) === undefined)
    throw wrong("blackout: the windows follow each other without an end, so no start would ever begin");
  return given;
}
