/**
 * Which change of which run may act on an account.
 */
import type { FirstSending } from "./operations.ts";
import type { Run } from "./run.ts";
import type { AccountOfChange } from "./stored-change.ts";

/** A change as it was planned. */
export interface PlannedAccount extends AccountOfChange {
  /** The account's touch count that it was planned on. */
  readonly touch: number;
  /** Whether something of it may have taken effect without our knowing: then it is not planned again. */
  readonly inDoubt: boolean;
}

/**
 * `drifted`: the account was touched since it was planned, even by the change itself, or was made since, or one near to it
 * was, so it is to be planned again. `busy`: a run whose lease lives, or which has it in doubt, holds it; `isAtWork` when its
 * change is not done and its lease lives, so that it will give the account up on its own.
 */
export type Claim =
  | { readonly kind: "claimed" | "drifted" }
  | { readonly kind: "busy"; readonly run: string; readonly isAtWork: boolean };

export interface ClaimsLedger {
  /**
   * Hot. Claims the account of a change for the run, before anything of it is sent; what is claimed and has not drifted is
   * recorded as being sent in the same transaction, if `first` says so (see OperationsLedger.recordSending).
   * Writes the account and the sending. Never reads the change, its plan or its operations, which the caller knows.
   */
  claim(run: Run, planned: PlannedAccount, nowMs: number, first?: FirstSending): Promise<Claim>;
  /** Whether the process only waits with the change that it has claimed, or works on it. A wait is not a death of that row. */
  recordResting(run: Run, change: number, isResting: boolean): Promise<void>;
  /** The run stops in good order: it gives up every account on which it has nothing in doubt, and works on none. */
  releaseClaims(run: Run): Promise<void>;
}
