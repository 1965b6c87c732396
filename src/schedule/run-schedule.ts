/**
 * Turns the schedules of jobs into ticks until it is stopped; then it waits for the starts that are still running.
 */
import type { Job } from "../job.ts";
import { checkSchedule } from "./check-schedule.ts";
import { openSlots, type Slots } from "./slots.ts";

export interface Acts {
  /** Once for each job, as the schedule begins. */
  readonly onBegin: (job: Job, slots: Slots) => Promise<void>;
  readonly onTick: (job: Job, slotMs: number) => Promise<void>;
  /** It is too late for a tick: the process was suspended for too long. */
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
      (slotMs) => run(onTick(job, slotMs)),
      () => onMissed(job),
    );
    run(onBegin(job, slots));
  }
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  for (const { slots } of opened) await slots.stop();
  await Promise.all(running);
}
