/**
 * Which client_account_ids are near to one that is to be made. The rule is near-id.ts.
 */
import type { Run } from "./run.ts";

/** A client_account_id that is near to another: that of a link, or of the change of that row, with or without an account. */
export interface NearId {
  readonly clientAccountId: string;
  readonly accountId: string | null;
  /** Null for a link. */
  readonly row: number | null;
}

export interface NearLedger {
  /**
   * Makes the client_account_ids of the run's rows comparable for `findNear`, once accounts are found. `at`: the column that has
   * them, none where the file has no such column. Can be repeated.
   */
  recordNear(run: Run, at: number | null): Promise<void>;
  /** A link of the bank, or another change of the run, whose client_account_id is near (near-id.ts) to the change's. */
  findNear(run: Run, change: number, clientAccountId: string): Promise<NearId | undefined>;
}
