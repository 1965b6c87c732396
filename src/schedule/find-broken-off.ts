/**
 * What a process has left of a job when it died: a start of a slot, which has further files perhaps, or a run alone.
 */
import type { RunContext } from "../run/context.ts";
import { findDead, findLeft } from "../run/start/find-left.ts";
import { isSlotOf } from "./claim-slot.ts";

/** `begunBy` is the process that has died. */
export type BrokenOff = { readonly kind: "start"; readonly begunBy: string } | { readonly kind: "run" };

/** Sooner than a worker looks: that one would continue the run, and leave the other files of the start. */
export const DEAD_FOR_MS = 500;

export async function findBrokenOff(context: RunContext): Promise<BrokenOff | undefined> {
  const begunBy = await findDead(context, DEAD_FOR_MS);
  if (begunBy === undefined) return undefined;
  if (await isSlotOf(context, begunBy)) return { kind: "start", begunBy };
  return (await findLeft(context)) === undefined ? undefined : { kind: "run" };
}
