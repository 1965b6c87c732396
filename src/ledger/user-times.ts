/**
 * What the ledger keeps of single authorized users of accounts: when each was last added or removed, by which run. It is apart from what is
 * kept of the account, so that neither makes the other stale.
 */
import type { BankName } from "./run.ts";

export interface UserTime {
  /** The bank's. */
  readonly entityId: string;
  /** The latest that was applied; null for none. */
  readonly effectiveAt: string | null;
  /** `no` of the last run that added or removed the user. */
  readonly byRun: number;
}

/** It is written with the outcome of the operation (operations.ts). */
export interface UserTimesLedger {
  /** Of those users of the account that were ever added or removed. */
  read(bank: BankName, accountId: string, entityIds: readonly string[]): Promise<readonly UserTime[]>;
}
