/**
 * The apply phase: planned changes are taken up in order, a bounded number at a time, and carried to their word. Nothing
 * leaves before the ledger has it; nothing new begins once the run is to stop.
 */
import pLimit from "p-limit";
import type { ChangeToApply } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";
import { applyChange } from "./apply-change.ts";
import { type Hands, PAGE, type RunContext, type Stop, stopOf } from "./context.ts";
import { firstAlone } from "./first-alone.ts";
import type { SendOutlook } from "./outlook.ts";
import { forEachInWindow, type Rest, walk } from "./window.ts";

/** Resolves with why it stopped, or null at its end. */
export async function applyPhase(context: RunContext, hands: Hands, run: Run, look: SendOutlook): Promise<Stop | null> {
  const { ledger, job, progress, signal, clock } = context;
  const inPlace: Rest = (waiting) => waiting;
  const stop = await firstAlone(context, hands, run, (change) => applyChange(context, hands, run, change, inPlace));
  if (stop !== null) return stop;
  // Of the changes that a process has died over one is in hand at a time, so that the guilty one is found.
  const suspects = pLimit(1);
  const apply = (change: ChangeToApply, rest: Rest) =>
    change.begun === 0
      ? applyChange(context, hands, run, change, rest)
      : suspects(() => applyChange(context, hands, run, change, rest));
  let applied = 0;
  const toApply = walk(
    (page) => ledger.changes.readToApply(run, page),
    ({ change }) => change,
    PAGE,
  );
  return forEachInWindow(toApply, job.concurrency.writes * 4, async (change, rest) => {
    if (signal.aborted) return stopOf(signal);
    const end = await apply(change, rest);
    applied += 1;
    progress.count("apply", applied, () => look(applied, clock.nowMs() - change.plannedAtMs));
    return end;
  });
}
