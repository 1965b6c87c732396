/**
 * What a process has left of a job when it died or was told to stop: a start of a slot, which has further files perhaps, or a run alone.
 */
import { leaseName } from "../ledger/run.ts";
import type { RunContext } from "../run/context.ts";
import { findDead, findLeft } from "../run/start/find-left.ts";
import { findStopped, findUnended, isSlotOf } from "./claim-slot.ts";

/** `begunBy` has the slot. `stopped`: a start, too, whose process was told to stop. */
export type BrokenOff = { readonly kind: "start" | "stopped"; readonly begunBy: string } | { readonly kind: "run" };

/** Sooner than a worker looks: that one would continue the run, and leave the other files of the start. */
export const DEAD_FOR_MS = 500;

export async function findBrokenOff(context: RunContext): Promise<BrokenOff | undefined> {
  const stopped = await findStopped(context);
  if (stopped !== undefined) return { kind: "stopped", begunBy: stopped };
  const begunBy = await findDead(context, DEAD_FOR_MS);
  if (begunBy === undefined) return undefined;
  if (await isSlotOf(context, begunBy)) return { kind: "start", begunBy };
  return (await findLeft(context)) === undefined ? undefined : { kind: "run" };
}

/**
 * As a schedule begins, which takes the place of one that was there before: also a start that waited to be made again, or whose run a worker
 * has continued. A process that is at the start keeps it, and one that only waits finds that it is another's now.
 */
export async function findLeftBefore(context: RunContext): Promise<BrokenOff | undefined> {
  const { ledger, bankName, job, clock } = context;
  const begunBy = await findUnended(context);
  if (begunBy === undefined) return await findBrokenOff(context);
  const lease = await ledger.leases.find(leaseName(bankName, job.name));
  const isAtWork = lease?.owner === begunBy && lease.untilMs + DEAD_FOR_MS > clock.nowMs();
  return isAtWork ? undefined : { kind: "start", begunBy };
}
