/**
 * The shorter waits of a rehearsal: shortens the waits of a job that only a real network needs. Pure.
 */
import type { Job } from "../job.ts";
import type { FaultOrder } from "../sandbox/server/faults.ts";

/** The longest time that the stand-in needs for an answer on a busy machine, apart from its faults. */
const ANSWER_MS = 3_000;

/** No request to the stand-in takes longer than a fault makes it. */
export function hasten(job: Job, faults: readonly FaultOrder[]): Job {
  const waitsOf = (wanted: string) => faults.map(({ fault, ms = 0 }) => (fault === wanted ? ms : 0));
  const slowMs = waitsOf("slow").reduce((sum, ms) => sum + ms, 0);
  const lateMs = Math.max(0, ...waitsOf("late"));
  return {
    ...job,
    callTimeoutMs: Math.min(job.callTimeoutMs, ANSWER_MS + slowMs),
    settleAfterMs: Math.min(job.settleAfterMs, ANSWER_MS + lateMs),
  };
}

/** As `shorter waits: settleAfterMs 3000 instead of 900000`. */
export function describeWaits(job: Job, hastened: Job): string {
  const changes = (["callTimeoutMs", "settleAfterMs"] as const).flatMap((name) =>
    job[name] === hastened[name] ? [] : [`${name} ${hastened[name]} instead of ${job[name]}`],
  );
  return changes.length === 0 ? "all waits as in the job" : `shorter waits: ${changes.join(", ")}`;
}
