/**
 * Turns the schedules of jobs into ticks, until told to stop; then the start in hand is waited for.
 */
import { validate } from "node-cron";
import { FatalError } from "../errors/fatal-error.ts";
import type { Job } from "../job.ts";
import { openSlots, type Schedule, type Slots } from "./slots.ts";

export interface Acts {
  /** Once for each job, as the schedule begins. */
  readonly onBegin: (job: Job, slots: Slots) => Promise<void>;
  readonly onTick: (job: Job) => Promise<void>;
  /** It is too late for a tick: the process was held up for too long. */
  readonly onMissed: (job: Job) => void;
}

/** Throws FatalError `job_invalid` for an expression or zone that node-cron does not take. Resolves once stopped and idle. */
export async function runSchedule(jobs: readonly Job[], acts: Acts, signal: AbortSignal): Promise<void> {
  const { onBegin, onTick, onMissed } = acts;
  const running = new Set<Promise<void>>();
  const run = (acting: Promise<void>) => {
    const act = acting.finally(() => running.delete(act));
    running.add(act);
  };
  const opened = jobs.map((job) => ({ job, slots: openSlots(checkSchedule(job)) }));
  for (const { job, slots } of opened) {
    slots.start(
      () => run(onTick(job)),
      () => onMissed(job),
    );
    run(onBegin(job, slots));
  }
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  for (const { slots } of opened) await slots.stop();
  await Promise.all(running);
}

function checkSchedule({ name, schedule: given }: Job): Schedule {
  const wrong = (what: string) =>
    new FatalError("job_invalid", `job ${name}: schedule.${what}`, { hint: "correct the schedule in the job file" });
  if (given === undefined) throw wrong("cron: the job has no schedule");
  if (!validate(given.cron)) throw wrong(`cron: ${JSON.stringify(given.cron)} is not a cron expression`);
  try {
    new Intl.DateTimeFormat("en", { timeZone: given.zone });
  } catch {
    throw wrong(`zone: ${JSON.stringify(given.zone)} is not an IANA zone`);
  }
  return given;
}
