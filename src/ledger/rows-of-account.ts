/**
 * Where the ledger has an account or a code: which rows of which runs, found by indexes, for `explain` and `history`.
 */
import type { Code } from "../errors/codes/codes.ts";
import type { BankName, Run } from "./run.ts";

/** The names of one account. */
export interface IdsOfAccount {
  readonly accountIds: readonly string[];
  readonly clientAccountIds: readonly string[];
}

export interface RowOfRun {
  /** The run's id. */
  readonly run: string;
  readonly row: number;
}

export interface RowsOfAccountLedger {
  /** The given id, which may be of either kind, and those that the bank's links join with it. */
  readIds(bank: BankName, id: string): Promise<IdsOfAccount>;
  /** Rows of the bank's runs, or of one run, about the account: those of the latest run first, at most `limit`. */
  listOfAccount(
    bank: BankName,
    ids: IdsOfAccount,
    among: { readonly run?: Run; readonly sinceMs: number; readonly limit: number },
  ): Promise<readonly RowOfRun[]>;
  /** Other client_account_ids of the bank that are near to the id (near-id.ts), at most `limit`. */
  listNearIds(bank: BankName, id: string, limit: number): Promise<readonly string[]>;
  /** The first rows of the run that have the code, at most `limit`, and how many there are. One look at the whole run. */
  findCode(run: Run, code: Code, limit: number): Promise<{ readonly rows: readonly number[]; readonly count: number }>;
}
