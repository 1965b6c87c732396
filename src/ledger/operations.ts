/**
 * What the ledger keeps of operations: the key and state of each, written before and after every sending.
 */
import type { SentAt } from "../apply/sent-at.ts";
import type { Issue } from "../errors/issue.ts";
import type { ChangedUser } from "../plan/changed-users.ts";
import type { Judged } from "../plan/judge-answer.ts";
import type { Operation } from "../plan/operation.ts";
import type { Lease, Run } from "./run.ts";
import type { AccountOfChange, Verdict } from "./stored-change.ts";

export type OperationState = "planned" | "sending" | "applied" | "refused" | "failed" | "unknown" | "skipped";

/** An operation with what its sending needs. `generation` and `key`: contract, "Idempotency"; a generation begins as the account's touch. */
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
  /** What the last answer that said so called the request; null for none. */
  readonly requestId: string | null;
  readonly issue: Issue | null;
}

/** `state` is the operation's new state; `accountId` is given by a create that took effect. */
export interface Outcome {
  readonly state: "planned" | "applied" | "refused" | "failed" | "unknown";
  readonly inDoubt: boolean;
  readonly httpStatus: number;
  /** Without one, that of an earlier answer stays. */
  readonly requestId?: string | null;
  readonly issue: Issue | null;
  readonly accountId: string | null;
  /** The effective_at that has been applied, if this applies one. */
  readonly effectiveAt: string | null;
  readonly atMs: number;
  /** What the answer showed of how the bank keeps what was sent; none without an answer. */
  readonly kept?: Pick<Judged, "remember" | "forget"> | null;
  /** The authorized users that have been added or removed, if this applies any. */
  readonly users?: readonly ChangedUser[];
}

/** The first sending of a change by this process, to be recorded with its claim. */
export interface FirstSending {
  readonly lease: Lease;
  readonly step: number;
  readonly at: SentAt;
}

/** An operation in the generation of its key under which it was sent. */
export type SentOperation = Pick<KeyedOperation, "step" | "kind" | "generation">;

export interface OperationsLedger {
  /**
   * Intent before act: durable before a byte leaves. Rejects with FatalError `lease_lost` under an old lease, and when
   * the change no longer holds the claim of its account. Writes the sending, and a later generation of the key where the
   * bank did not process an attempt (429); none keeps the stored one.
   */
  recordSending(
    run: Run,
    lease: Lease,
    change: number,
    step: number,
    at: SentAt,
    renewed?: { readonly generation: number; readonly key: string },
  ): Promise<void>;
  /**
   * Hot. What became of one attempt. Every end counts as a touch of the account, and a definite one without a doubt puts the touch
   * above the key's generation. A create that applied stores the link of its client_account_id in the same transaction.
   * `end`, if given, is the end of the change, recorded in the same transaction as `recordDone` does.
   * Writes the sending, the account and the end. Never reads: what it has to know comes with it. Rejects with `lease_lost` when another
   * process has settled the operation.
   */
  recordOutcome(
    run: Run,
    change: AccountOfChange,
    operation: SentOperation,
    outcome: Outcome,
    end?: Verdict,
  ): Promise<void>;
  /**
   * An operation in doubt has certainly not taken effect: it is planned again, under the next generation of its key. Rejects with
   * `lease_lost` if another process has settled it.
   */
  recordAbsent(
    run: Run,
    change: AccountOfChange,
    step: number,
    next: { readonly generation: number; readonly key: string },
  ): Promise<void>;
}
