/**
 * What the ledger keeps of changes, from read to done.
 */
import type { Drift } from "../plan/drift.ts";
import type { FindsLedger } from "./finds.ts";
import type { FoldsLedger } from "./folds.ts";
import type { NearLedger } from "./near.ts";
import type { PlansLedger } from "./plans.ts";
import type { Run } from "./run.ts";
import type { Verdict } from "./stored-change.ts";

/** A change from read to done; with its folding, the finding of its account and its plan. */
export interface ChangesLedger extends FoldsLedger, FindsLedger, NearLedger, PlansLedger {
  /**
   * Counts the claimed changes of the run, or of those above `after` and up to `to`, that a process was at work on when it died. Called
   * once by each process that goes on.
   */
  recordDeaths(run: Run, range?: { readonly after: number; readonly to: number }): Promise<void>;
  /** Counts that this process, which may die of it, begins on the change before it is claimed. */
  recordBegun(run: Run, change: number): Promise<void>;
  /** A process leaves the change in good order: `begun` processes have died of it, whatever it counted itself. */
  recordLeft(run: Run, change: number, begun: number): Promise<void>;
  /** From now on no change of the run counts more than `most` deaths. */
  forgiveDeaths(run: Run, most: number): Promise<void>;
  /**
   * Ends the change: what it has not sent is skipped, and it gives up its claim unless the word is `unknown`. `drift`: in what its account
   * differs from what its plan saw.
   */
  recordDone(run: Run, change: number, verdict: Verdict, atMs: number, drift?: readonly Drift[]): Promise<void>;
  /**
   * Opens done changes with unknown operations again, so that they are settled. A run with open changes that was past the phase that works
   * on them goes back to it. Resolves with how many were unknown.
   */
  reopenUnknown(run: Run): Promise<number>;
}
