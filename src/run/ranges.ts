/**
 * Ranges: a phase works on a run's changes range by range, in this process or in several. Which rows a range has, and what is to be done
 * with each, the ledger says; so whoever works on one needs nothing from whoever made it.
 */
import type { RunInHand } from "./run-in-hand.ts";
import type { Stop } from "./stop.ts";

/** Changes above `after` and up to `to`. */
export interface Range {
  readonly after: number;
  readonly to: number;
}

export type RangePhase = "find" | "plan" | "apply";

/** A range and what is to be done with it. */
export interface RangeWork {
  readonly phase: RangePhase;
  readonly range: Range;
  /** Whether a process may have died over a row of it. */
  readonly isTakenOver: boolean;
  /** Whether this process works on others beside it, which go on when another process takes this one over. */
  readonly isPart: boolean;
}

/** Called for each change that is through; `plannedAtMs` by the phase that applies. */
export type OnThrough = (plannedAtMs: number) => void;

/** Works on every change of the run that the phase has left, up to `inHand.maxChange`. Resolves with why it stopped, or null. */
export type Spread = (
  inHand: RunInHand,
  work: Pick<RangeWork, "phase" | "isTakenOver">,
  onThrough: OnThrough,
) => Promise<Stop | null>;
