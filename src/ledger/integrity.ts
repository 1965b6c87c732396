/**
 * Whether the ledger is as it must be, whatever its runs say: what its database finds of damage, and rows that belong to nothing.
 */

/** What is wrong, and in which table; "" for the database as a whole. No value of a row. */
export interface IntegrityProblem {
  readonly table: string;
  readonly problem: string;
}

export interface IntegrityLedger {
  /** Reads the whole ledger, in bounded memory. None when all is well. */
  check(): Promise<readonly IntegrityProblem[]>;
}
