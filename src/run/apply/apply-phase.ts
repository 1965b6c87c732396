/**
 * The apply phase: sends what was planned. Here is what concerns all changes together; apply-range.ts works on them.
 */
import type { SendOutlook } from "../outlook.ts";
import type { RunInHand } from "../run-in-hand.ts";
import { isBusy, type Stop } from "../stop.ts";
import type { Rest } from "../window.ts";
import { applyChange } from "./apply-change.ts";
import { sendCanary } from "./canary.ts";
import { firstAlone } from "./first-alone.ts";

/** Resolves with why it stopped, or null at its end. */
export async function applyPhase(inHand: RunInHand, { of, look }: SendOutlook): Promise<Stop | null> {
  const { ledger, sight, clock, run, spread } = inHand;
  const inPlace: Rest = (wait) => wait();
  let nextPlannedAtMs = clock.nowMs();
  const onThrough = sight.show({
    stage: "apply",
    of,
    look: (done) => look(done, clock.nowMs() - nextPlannedAtMs),
  });
  await ledger.changes.recordDeaths(run);
  const stop = await firstAlone(inHand, (change) => applyChange(inHand, change, inPlace));
  // While the create that has to go alone is open, nothing may take its turn: a canary would end with other creates.
  if (stop !== null && (!isBusy(stop) || run.canary !== undefined)) return stop;
  const current = { ...inHand, run: (await ledger.runs.find(run.id)) ?? run };
  const early = await sendCanary(current);
  if (early !== null) return early;
  // The deaths of earlier processes are counted above.
  const end = await spread(current, { phase: "apply", isTakenOver: false }, (plannedAtMs) => {
    nextPlannedAtMs = plannedAtMs;
    onThrough();
  });
  return end ?? stop;
}
