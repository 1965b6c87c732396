/**
 * Works on a range of planned changes in order, a bounded number at a time, until each has its word. Nothing leaves before the ledger has
 * it; nothing new begins once the run must stop.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { ChangeToApply } from "../../ledger/ledger.ts";
import { isOneDeathFromPoison } from "../one-row.ts";
import { PAGE, walk } from "../pages.ts";
import type { OnThrough, RangeWork } from "../ranges.ts";
import type { RunInHand } from "../run-in-hand.ts";
import type { Stop } from "../stop.ts";
import { isBusy, stopOf } from "../stop.ts";
import type { Rest } from "../window.ts";
import { forEachInWindow } from "../window.ts";
import { applyChange } from "./apply-change.ts";
import { isCreate } from "./first-alone.ts";

/** Resolves with why it stopped, or null at its end. `account_busy` stops no other row: that row is left open. */
export async function applyRange(
  outer: RunInHand,
  { range, isTakenOver, isPart }: RangeWork,
  onThrough: OnThrough,
): Promise<Stop | null> {
  const failed = new AbortController();
  const signal = AbortSignal.any([outer.signal, failed.signal]);
  const inHand = { ...outer, signal };
  const { ledger, job, run } = inHand;
  if (isTakenOver) await ledger.changes.recordDeaths(run, range);
  const apply = async (change: ChangeToApply, rest: Rest) => {
    const act = (resting: Rest) => applyChange(inHand, change, resting);
    try {
      // Changes left over from a crash run one at a time, so that a poison row can be identified.
      return await (change.begun === 0 ? act(rest) : inHand.suspects.take(rest, act));
    } catch (error) {
      // The range ends here. What waits for its turn or for a doubt must not go out, since the ledger could not record its end. Whoever
      // has taken a part over knows that something of it may still leave.
      const isTaken = isPart && error instanceof FatalError && error.code === "lease_lost";
      if (!isTaken) inHand.bank.stop();
      failed.abort("failed");
      throw error;
    }
  };
  let busy: Stop | null = null;
  const act = async (change: ChangeToApply, rest: Rest) => {
    if (signal.aborted) return stopOf(signal);
    const end = await apply(change, rest);
    if (end !== null && isBusy(end)) {
      busy ??= end;
      return null;
    }
    onThrough(change.plannedAtMs);
    return end;
  };
  const toApply = walk((page) => ledger.changes.takeToApply(run, page), numberOf, PAGE, range);
  const last: ChangeToApply[] = [];
  const inTurn = async (change: ChangeToApply, rest: Rest) => {
    // No create may go before the one that goes alone, and that one is still open.
    if (run.proof === "alone" && isCreate(change)) return null;
    if (!isOneDeathFromPoison(change)) return act(change, rest);
    last.push(change);
    return null;
  };
  const atOnce = job.concurrency.writes * 4;
  let end = await forEachInWindow(toApply, atOnce, inTurn, inHand.places);
  // Last, so that a row which kills its process stops no other row. A row that was only there by chance is seldom there again.
  end ??= await forEachInWindow(last, atOnce, act, inHand.places);
  return end ?? busy;
}

const numberOf = ({ change }: ChangeToApply) => change;
