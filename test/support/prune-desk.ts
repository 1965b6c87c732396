/**
 * Lets time pass at a desk, and then prunes its job, as `tieout prune` does.
 */
import type { JobInput } from "../../src/job.ts";
import { type PrunedRun, pruneJob } from "../../src/run/after/prune-job.ts";
import type { Desk, Reached } from "./scenario.ts";

export const DAY_MS = 86_400_000;

export interface PruneOfDesk {
  readonly days?: number;
  readonly isTrial?: boolean;
  readonly isUnattended?: boolean;
  readonly retention?: NonNullable<JobInput["retention"]>;
}

export async function pruneDesk(
  desk: Desk,
  bank: Reached,
  { days = 31, isTrial = false, isUnattended = false, retention = { cells: "30d" } }: PruneOfDesk = {},
): Promise<readonly PrunedRun[]> {
  await desk.clock.sleep(days * DAY_MS);
  const context = desk.context(bank, { retention });
  const pruned: PrunedRun[] = [];
  if (context.job.retention !== undefined)
    for await (const one of pruneJob(context, context.job.retention, {
      isTrial,
      ...(!isUnattended && { reason: "the clock is that of a test" }),
    }))
      pruned.push(one);
  return pruned;
}
