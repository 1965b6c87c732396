/**
 * What the ledger keeps of rows that a run leaves out, as its selection says.
 */
import type { Selection } from "../plan/selection.ts";
import type { Run } from "./run.ts";

export interface SelectionLedger {
  /**
   * Every open change without a plan that the run's selection leaves out is skipped (`NOT_SELECTED`), whatever kinds it will have. All at once,
   * and only once in a run: later joins must not move a sample. Accounts count by the id in a change's key, and by that which was found.
   * Of a run that applies a plan, every planned change of which nothing was sent, also one that a guard holds; its kinds are known.
   */
  leaveOut(run: Run, atMs: number): Promise<void>;
  /** How many changes of a plan the selection wants, of those that are to be sent, or may be once a guard has released them; before a sample. */
  countWanted(plan: Run, selection: Selection): Promise<number>;
  /** How many of the selection's accounts are in no row, as far as accounts have been found. */
  countUnnamed(run: Run): Promise<number>;
  /** Opens changes again that were left out and turned out to be of the account of one that was not. */
  takeIn(run: Run): Promise<void>;
  /** Some planned changes that are open, at most `count`, spread over all of them up to `to`, in order. */
  listSpread(run: Run, count: number, to: number): Promise<readonly number[]>;
  /**
   * Opens all that was left out, and the run has no selection from then on; it goes back to planning. A run that applies a plan goes back to its
   * guards, and has the selection of that plan: what the plan itself has left out stays so, and what a guard holds is held.
   */
  widen(run: Run): Promise<void>;
}
