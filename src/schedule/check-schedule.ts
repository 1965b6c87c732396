/**
 * A job comes in, its schedule goes out, checked to be one that can be followed.
 */
import { validate } from "node-cron";
import { InvalidJob } from "../errors/invalid-job.ts";
import type { Job } from "../job.ts";
import type { ScheduleSettings } from "../schedule-settings.ts";
import { isZone } from "../zone-instant.ts";
import { openBlackouts } from "./blackouts.ts";

/** Throws InvalidJob for a job without a schedule, and for an expression that node-cron does not take, for a zone that is
 * none, and for blackouts that never end. */
export function checkSchedule({ schedule: given }: Job): ScheduleSettings {
  if (given === undefined) throw wrong({ cron: "the job has no schedule" });
  const { cron, zone, blackout } = given;
  const inZone = isZone(zone);
  const isEndless = inZone && openBlackouts(blackout, zone).freeFromMs(Date.now()) === undefined;
  const found = {
    ...(!validate(cron) && { cron: `${JSON.stringify(cron)} is not a cron expression` }),
    ...(!inZone && { zone: `${JSON.stringify(zone)} is not an IANA zone` }),
    ...(isEndless && { blackout: "the windows follow each other without an end, so no start would ever begin" }),
  };
  if (Object.keys(found).length > 0) throw wrong(found);
  return given;
}

function wrong(found: Readonly<Record<string, string>>): InvalidJob {
  const settings = Object.entries(found).map(([setting, message]) => ({ path: ["schedule", setting], message }));
  return new InvalidJob(settings, checkSchedule);
}
