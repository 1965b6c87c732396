/**
 * Turns the cron expressions of jobs into ticks, until told to stop; then the start in hand is waited for.
 */
import { schedule, validate } from "node-cron";
import { FatalError } from "../errors/fatal-error.ts";
import type { Job } from "../job.ts";

export interface Acts {
  /** Once for each job, as the schedule begins. */
  readonly onBegin: (job: Job) => Promise<void>;
  readonly onTick: (job: Job) => Promise<void>;
}

/** Throws FatalError `job_invalid` for an expression or zone that node-cron does not take. Resolves once stopped and idle. */
export async function runSchedule(jobs: readonly Job[], { onBegin, onTick }: Acts, signal: AbortSignal): Promise<void> {
  const running = new Set<Promise<void>>();
  const act = (what: (job: Job) => Promise<void>, job: Job) => {
    const acting = what(job).finally(() => running.delete(acting));
    running.add(acting);
  };
  const tasks = jobs.map((job) => {
    const { cron, zone } = checkSchedule(job);
    return schedule(cron, () => act(onTick, job), { timezone: zone, name: job.name });
  });
  for (const job of jobs) act(onBegin, job);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  for (const task of tasks) await task.destroy();
  await Promise.all(running);
}

function checkSchedule({ name, schedule: given }: Job): { cron: string; zone: string } {
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
