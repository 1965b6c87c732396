/**
 * RunInHand: a run that is being worked on, with all that its phases need.
 */
import type { BankApi } from "../bank/bank-api.ts";
import type { Lease, Run } from "../ledger/run.ts";
import type { Needed } from "../report/calls.ts";
import type { RunContext } from "./context.ts";
import type { Facts } from "./facts.ts";
import type { OwnIds } from "./own-ids.ts";
import type { Spread } from "./ranges.ts";
import type { RunSight } from "./run-sight.ts";
import type { OneByOne, Places } from "./window.ts";

export interface RunInHand extends RunContext {
  /** As the ledger had it when the phase began. */
  readonly run: Run;
  readonly bank: BankApi;
  /** What the rows have needed of the bank in this process. */
  readonly needed: Needed;
  readonly sight: RunSight;
  readonly facts: Facts;
  readonly ownIds: OwnIds;
  /** The lease as last renewed; none for a plan, which sends nothing. */
  readonly lease: () => Lease | null;
  /** Changes up to this row are worked on (`--limit`). */
  readonly maxChange: number;
  /** Works on all changes of a phase, in this process or in several. */
  readonly spread: Spread;
  /** Rows over which a process may have died: one at a time in this process, so that of two nobody takes the blame for the other. */
  readonly suspects: OneByOne;
  /** The rows of the range that is worked on. */
  readonly places: Places;
  /** Whether an earlier process has begun on the run. */
  readonly isResumed: boolean;
}

/** The `maxChange` of a run without a limit. */
export const EVERY_ROW = Number.MAX_SAFE_INTEGER;
