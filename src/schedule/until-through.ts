/**
 * A start of a job, and what comes while it is at work: a slot that is due meanwhile has no start of its own, so its files would wait for the
 * next one.
 */
import type { Clock } from "../clock.ts";
import type { Job } from "../job.ts";
import type { Log } from "../log.ts";
import type { Start } from "./on-tick.ts";
import { openSlots } from "./slots.ts";

/** Slots that come all the time bring their own ticks. */
const MOST_MORE = 10;

interface ThroughParts {
  readonly clock: Pick<Clock, "nowMs">;
  /** Aborted when the schedule stops. */
  readonly signal: AbortSignal;
  readonly log: Pick<Log, "info">;
  /** The start of a slot, which is none where another process has begun it. */
  readonly startAt: (slotMs: number) => Start;
}

/** Begins with `first`, and goes on with each last slot that came due meanwhile. Not after a start that is tried again, and not in a blackout. */
export function untilThrough(first: Start, { clock, signal, log, startAt }: ThroughParts): Start {
  // What is tried again is the start that stopped.
  let current = first;
  return async (job: Job) => {
    const slots = job.schedule && openSlots(job.schedule, job.name);
    let sinceMs = clock.nowMs();
    for (let more = 0; ; more++) {
      const end = await current(job);
      const nowMs = clock.nowMs();
      const slot = end === "ended" && more < MOST_MORE ? slots?.findLast(sinceMs, nowMs) : undefined;
      if (slot === undefined || signal.aborted || slots?.freeFromMs(nowMs) !== nowMs) return end;
      log.info("the job was due again while it was at work, so it is started once more", { job: job.name });
      current = startAt(slot.slotMs);
      sinceMs = nowMs;
    }
  };
}
