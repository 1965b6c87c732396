/**
 * What the ledger gives back of what it was given: changes, operations and rows with where they stand. Values only.
 */
import type { Issue } from "../errors/issue.ts";
import type { Word } from "../errors/words.ts";
import type { Judged } from "../plan/judge-answer.ts";
import type { Difference, Operation } from "../plan/operation.ts";
import type { Resolution } from "../plan/own-ids.ts";
import type { Desired, Provenance } from "../read/change.ts";
import type { CsvRow } from "../read/csv-row.ts";

/** `change` is the number of its first row. `identity` is `account:<id>` once the account is known, else `client:<id>`. */
export interface StoredChange {
  readonly change: number;
  readonly key: string;
  readonly desired: Desired;
  readonly accountId: string | null;
  /** Where the first of its rows came from, if it is fed in again. */
  readonly provenance: Provenance | null;
  /** How often a process has begun on it and gone without a word. */
  readonly begun: number;
}

/**
 * A step of folding. `superseded`: these rows are skipped, since those `left` overrule them. `change`: what the rows of
 * the change want together. `invalid`: every row of the change is, with this issue.
 */
export type FoldStep =
  | { readonly kind: "superseded"; readonly rows: readonly number[]; readonly left: readonly number[] }
  | { readonly kind: "change"; readonly change: number; readonly desired: Desired }
  | { readonly kind: "invalid"; readonly change: number; readonly issue: Issue };

/** An operation with what its sending needs. `generation` and `key`: contract, "Idempotency". */
export interface KeyedOperation extends Operation {
  readonly bodyHash: string;
  readonly generation: number;
  readonly key: string;
}

export type OperationState = "planned" | "sending" | "applied" | "refused" | "failed" | "unknown" | "skipped";

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

/** The end of a change: its word, and why. `notes` also for good ends. */
export interface Verdict {
  readonly word: Word;
  readonly issues: readonly Issue[];
}

/** What planning a change came to: operations to send, or a verdict at once. */
export interface PlannedChange {
  readonly change: number;
  readonly accountId: string | null;
  readonly plannedAtMs: number;
  /** The touch count of the account when it was read; see `claim`. */
  readonly touch: number;
  /** What was seen, as JSON text, for `explain`; null for a new account. Kept unless the change is unchanged. */
  readonly seen: string | null;
  /** What the own ids of its rows came to, with those that came to nothing. */
  readonly resolutions: readonly Resolution[];
  readonly differences: readonly Difference[];
  readonly operations: readonly KeyedOperation[];
  /** Notes when there are operations; the end when there are none. */
  readonly verdict: Verdict | { readonly word: null; readonly issues: readonly Issue[] };
}

/** A planned change with its operations, as apply takes it up. What is desired is only needed to plan it again. */
export interface ChangeToApply extends Omit<StoredChange, "desired" | "provenance"> {
  readonly plannedAtMs: number;
  readonly notes: readonly Issue[];
  readonly operations: readonly StoredOperation[];
  /** How many of its calls the bank has answered for another account, over all processes. */
  readonly misanswered: number;
}

/** `state` is where the operation now stands; `accountId` is given by a create that took effect. */
export interface Outcome {
  readonly state: "planned" | "applied" | "refused" | "failed" | "unknown";
  readonly inDoubt: boolean;
  readonly httpStatus: number;
  readonly issue: Issue | null;
  readonly accountId: string | null;
  readonly atMs: number;
  /** What the answer showed of how the bank keeps what it was sent; none when nothing was answered. */
  readonly kept?: Pick<Judged, "remember" | "forget"> | null;
}

/** One row of the results, before it is rendered. `word` is null while its change is not done. */
export interface StoredResult {
  readonly source: CsvRow;
  readonly word: Word | null;
  readonly issues: readonly Issue[];
  readonly accountId: string | null;
  readonly differences: readonly Difference[];
  readonly operations: readonly StoredOperation[];
  readonly resolutions: readonly Resolution[];
  readonly atMs: number | null;
}

/** A client_account_id that is near to another: of a link, or of the change of that row, which has an account or has not. */
export interface NearId {
  readonly clientAccountId: string;
  readonly accountId: string | null;
  /** Null for a link. */
  readonly row: number | null;
}

/** The change that a row is part of, for `explain`. */
export interface ChangeOfRow {
  readonly key: string;
  /** Every row of the change, in order. */
  readonly rows: readonly number[];
  readonly desired: Desired;
  readonly plannedAtMs: number | null;
  /** As in PlannedChange; null where nothing was seen or kept. */
  readonly seen: string | null;
}

/** What the ledger remembers of an account at the bank, by identity. */
export interface AccountMemory {
  readonly touch: number;
  /** The latest effective_at that was applied; "" for none. */
  readonly effectiveAt: string;
  /** `no` of the last run that applied something; 0 for none. */
  readonly appliedByRun: number;
}

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
