/**
 * Works on one range of a run's changes, whatever the phase: the one door for a process that makes the ranges and for one that is given them.
 */
import type { OnThrough, RangeWork, Spread } from "./ranges.ts";
import type { RunInHand } from "./run-in-hand.ts";
import type { Stop } from "./stop.ts";

/** All in one range, by this process. */
export const workHere: Spread = (inHand, work, onThrough) =>
  workOnRange(inHand, { ...work, range: { after: 0, to: inHand.maxChange }, isPart: false }, onThrough);

/** Resolves with why it stopped, or null when nothing of the range is left, but for rows that wait for another run. */
export async function workOnRange(inHand: RunInHand, work: RangeWork, onThrough: OnThrough): Promise<Stop | null> {
  switch (work.phase) {
    case "find":
      return (await import("./plan/find-range.ts")).findRange(inHand, work, onThrough);
    case "plan":
      return (await import("./plan/plan-range.ts")).planRange(inHand, work, onThrough);
    case "apply":
      return (await import("./apply/apply-range.ts")).applyRange(inHand, work, onThrough);
  }
}
