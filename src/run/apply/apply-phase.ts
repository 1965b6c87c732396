/**
 * The apply phase: sends what was planned. Here is what concerns all changes together; apply-range.ts works on them.
 */
import type { SendOutlook } from "../outlook.ts";
import type { RunInHand } from "../run-in-hand.ts";
import { isBusy, type Stop } from "../stop.ts";
import type { Rest } from "../window.ts";
import { applyChange } from "./apply-change.ts";
import { firstAlone } from "./first-alone.ts";

/** Resolves with why it stopped, or null at its end. */
export async function applyPhase(inHand: RunInHand, look: SendOutlook): Promise<Stop | null> {
  const { ledger, progress, clock, run, spread } = inHand;
  const inPlace: Rest = (wait) => wait();
  await ledger.changes.recordDeaths(run);
  const stop = await firstAlone(inHand, (change) => applyChange(inHand, change, inPlace));
  if (stop !== null && !isBusy(stop)) return stop;
  const current = { ...inHand, run: (await ledger.runs.find(run.id)) ?? run };
  let applied = 0;
  // The deaths of earlier processes are counted above.
  const end = await spread(current, { phase: "apply", isTakenOver: false }, (plannedAtMs) => {
    applied += 1;
    progress.count("apply", applied, () => look(applied, clock.nowMs() - plannedAtMs));
  });
  return end ?? stop;
}
