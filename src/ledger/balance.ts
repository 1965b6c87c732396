/**
 * The counts over a run that must agree at its end.
 */
import type { OperationState } from "./operations.ts";
import type { Run } from "./run.ts";

/** Counts over a run that must agree with each other; see report/certificate.ts. */
export interface Balance {
  /** Rows that are there, whatever the run says of their number. */
  readonly rows: number;
  readonly changesWithoutWord: number;
  readonly operations: number;
  readonly operationsByState: Readonly<Record<OperationState, number>>;
  /** Operations of each row, over all rows: one that several rows share counts for each. */
  readonly operationsOfRows: number;
  readonly appliedAndSent: number;
  /** Operations that are planned or being sent in changes that are done. */
  readonly leftInDone: number;
  /** Creates that applied, and those whose account is linked. */
  readonly made: number;
  readonly linked: number;
  /** The sum over rows and keys as they were read; null for none. */
  readonly keysIn: string | null;
}

export interface BalanceLedger {
  read(run: Run): Promise<Balance>;
}
