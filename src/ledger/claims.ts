/**
 * Which change of which run may act on an account.
 */
import type { Run } from "./run.ts";

export interface ClaimsLedger {
  /**
   * Claims the account of a change for the run, before anything of it is sent. `drifted`: another run has touched it
   * since it was planned, so it is to be planned again. `busy`: a run whose lease lives, or which has it in doubt, holds
   * it; `isAtWork` when its change is not done and its lease lives, so that it will give the account up on its own.
   */
  claim(
    run: Run,
    change: number,
    nowMs: number,
  ): Promise<{ kind: "claimed" | "drifted" } | { kind: "busy"; run: string; isAtWork: boolean }>;
  /** The run stops: it gives up every account on which it has nothing in doubt. */
  releaseClaims(run: Run): Promise<void>;
}
