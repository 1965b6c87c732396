/**
 * Plans a range of changes whose accounts are found: each meets what the bank holds, and gets its operations or its word.
 */
import type { StoredChange } from "../../ledger/ledger.ts";
import { Suspects } from "../one-row.ts";
import { PAGE, walk } from "../pages.ts";
import type { OnThrough, RangeWork } from "../ranges.ts";
import type { RunInHand } from "../run-in-hand.ts";
import type { Stop } from "../stop.ts";
import { stopOf } from "../stop.ts";
import { forEachInWindow, type Rest } from "../window.ts";
import { planOne } from "./plan-one.ts";

/** Resolves with why it stopped, or null at its end. */
export async function planRange(
  inHand: RunInHand,
  { range, isTakenOver }: RangeWork,
  onThrough: OnThrough,
): Promise<Stop | null> {
  const { ledger, signal, job, clock, run } = inHand;
  const toPlan = walk((page) => ledger.changes.readToPlan(run, page), numberOf, PAGE, range);
  const atOnce = job.concurrency.reads * 4;
  const suspects = new Suspects(inHand, isTakenOver ? atOnce : 0);
  const act = async (change: StoredChange, rest: Rest) => {
    if (signal.aborted) return stopOf(signal);
    const plan = async () => {
      const result = await planOne(inHand, change);
      if (result.kind === "stop") return result;
      await ledger.changes.recordPlans(run, [result.plan]);
      inHand.needed.reads += result.needed;
      inHand.sight.countPlanned(result.plan.operations.length);
      return null;
    };
    const stop = await suspects.take(change, rest, plan, (issue) =>
      ledger.changes.recordDone(run, change.change, { word: "failed", issues: [issue] }, clock.nowMs()),
    );
    if (stop === null) onThrough(0);
    return stop;
  };
  return forEachInWindow(toPlan, atOnce, act, inHand.places);
}

const numberOf = ({ change }: StoredChange) => change;
