/**
 * Turns the schedules of jobs into ticks until it is stopped; then it waits for the starts that are still running.
 */
import type { Job } from "../job.ts";
import { checkSchedule } from "./check-schedule.ts";
import { type Following, followSlots } from "./follow-slots.ts";
import { openSlots, type Slot, type Slots } from "./slots.ts";

export interface Acts {
  /** Once for each job, as the schedule begins. */
  readonly onBegin: (job: Job, slots: Slots) => Promise<void>;
  readonly onTick: (job: Job, slot: Slot, slots: Slots) => Promise<void>;
  /** The slot has no start of its own: it lies in a blackout. */
  readonly onNone: (job: Job, slot: Slot) => void;
  /** It is too late for a tick: the process was suspended for too long. */
  readonly onMissed: (job: Job, slot: Slot) => void;
}

/** Throws FatalError `job_invalid` as `checkSchedule` does. Resolves once stopped and idle. */
export async function runSchedule(jobs: readonly Job[], acts: Acts, following: Following): Promise<void> {
  const running = new Set<Promise<void>>();
  const run = (acting: Promise<void>) => {
    const act = acting.finally(() => running.delete(act));
    running.add(act);
  };
  const opened = jobs.map((job) => ({ job, slots: openSlots(checkSchedule(job), job.name) }));
  const followed = opened.map(({ job, slots }) => {
    const ending = followSlots(
      slots,
      {
        onSlot: (slot) => run(acts.onTick(job, slot, slots)),
        onNone: (slot) => acts.onNone(job, slot),
        onMissed: (slot) => acts.onMissed(job, slot),
      },
      following,
    );
    run(acts.onBegin(job, slots));
    return ending;
  });
  await Promise.all(followed);
  await Promise.all(running);
}
