/**
 * What a tick of a job's schedule does: start the job, unless a start of it is still under way here or elsewhere. The
 * lease decides; a tick never waits for another.
 */
import { FatalError } from "../errors/fatal-error.ts";
import type { Job } from "../job.ts";

export type Tick = "started" | "busy";

/** Gives the function that a schedule calls. `start` runs the whole job; its FatalError `lease_held` means busy elsewhere. */
export function createOnTick(
  start: (job: Job, nowMs: number) => Promise<void>,
): (job: Job, nowMs: number) => Promise<Tick> {
  const underWay = new Set<string>();
  return async (job, nowMs) => {
    if (underWay.has(job.name)) return "busy";
    underWay.add(job.name);
    try {
      await start(job, nowMs);
      return "started";
    } catch (error) {
      if (error instanceof FatalError && error.code === "lease_held") return "busy";
      throw error;
    } finally {
      underWay.delete(job.name);
    }
  };
}
