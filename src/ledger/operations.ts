/**
 * What the ledger keeps of operations: the key and state of each, written before and after every sending.
 */
import type { Issue } from "../errors/issue.ts";
import type { Judged } from "../plan/judge-answer.ts";
import type { Operation } from "../plan/operation.ts";
import type { BankName, Lease, Run } from "./run.ts";
import type { Verdict } from "./stored-change.ts";

export type OperationState = "planned" | "sending" | "applied" | "refused" | "failed" | "unknown" | "skipped";

/** An operation with what its sending needs. `generation` and `key`: contract, "Idempotency". */
export interface KeyedOperation extends Operation {
  readonly bodyHash: string;
  readonly generation: number;
  readonly key: string;
}

export interface StoredOperation extends KeyedOperation {
  readonly state: OperationState;
  /** Sends so far, over all processes. */
  readonly attempts: number;
  /** Whether one attempt under this key may have taken effect without our knowing. */
  readonly inDoubt: boolean;
  /** The first sending under the present key, by our clock and by the bank's, if it was known. */
  readonly firstSentAtMs: number | null;
  readonly firstSentBankAtMs: number | null;
  /** The last sending under whichever key. */
  readonly lastSentAtMs: number | null;
  readonly httpStatus: number | null;
  readonly issue: Issue | null;
}

/** `state` is the operation's new state; `accountId` is given by a create that took effect. */
export interface Outcome {
  readonly state: "planned" | "applied" | "refused" | "failed" | "unknown";
  readonly inDoubt: boolean;
  readonly httpStatus: number;
  readonly issue: Issue | null;
  readonly accountId: string | null;
  readonly atMs: number;
  /** What the answer showed of how the bank keeps what was sent; none without an answer. */
  readonly kept?: Pick<Judged, "remember" | "forget"> | null;
}

export interface OperationsLedger {
  /** The generation that the next operation of each name takes, all of changes with that key; 0 for a new name. */
  readGenerations(bank: BankName, changeKey: string, names: readonly string[]): Promise<readonly number[]>;
  /**
   * Intent before act: durable before a byte leaves. Rejects with FatalError `lease_lost` under an old lease, and when
   * the change no longer holds the claim of its account.
   */
  recordSending(
    run: Run,
    lease: Lease,
    change: number,
    step: number,
    at: { readonly ourMs: number; readonly bankMs: number | null },
    /** A later generation of the key, after the bank did not process an attempt (429); none keeps the stored one. */
    renewed?: { readonly generation: number; readonly key: string },
  ): Promise<void>;
  /**
   * What became of one attempt. A definite end without a doubt ends the generation of `name`. A create that applied
   * stores the link of its client_account_id in the same transaction. Every end counts as a touch of the account.
   * `end`, if given, is the end of the change, recorded in the same transaction as `recordDone` does.
   * Rejects with `lease_lost` when another process has settled the operation.
   */
  recordOutcome(run: Run, change: number, step: number, name: string, outcome: Outcome, end?: Verdict): Promise<void>;
  /**
   * An operation in doubt has certainly not taken effect: it is planned again, under the next generation of its key. Rejects with
   * `lease_lost` if another process has settled it.
   */
  recordAbsent(
    run: Run,
    change: number,
    step: number,
    name: string,
    next: { generation: number; key: string },
  ): Promise<void>;
}
