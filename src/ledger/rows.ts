/**
 * What the ledger keeps of rows: their cells, their words, and what of the results is theirs.
 */
import type { Code } from "../errors/codes/codes.ts";
import type { Issue } from "../errors/issue.ts";
import type { Word } from "../errors/words.ts";
import type { Drift } from "../plan/drift.ts";
import type { Difference } from "../plan/operation.ts";
import type { Resolution } from "../plan/own-ids.ts";
import type { Desired, ParsedRow, Provenance } from "../read/change.ts";
import type { CsvRow } from "../read/csv-row.ts";
import type { StoredOperation } from "./operations.ts";
import type { Page } from "./page.ts";
import type { RowsOfAccountLedger } from "./rows-of-account.ts";
import type { Run } from "./run.ts";

export interface RowsLedger extends RowsOfAccountLedger {
  /**
   * Stores rows, and the change of each desired one: a first row of a key begins a change, further ones join it.
   * Rows that are there already are left, so that reading can begin again after a crash.
   */
  recordRows(run: Run, rows: readonly ParsedRow[]): Promise<void>;
  /** Rows that name their account by client_account_id alone become invalid with this issue; before they are folded. */
  refuseClientKeys(run: Run, issue: Issue): Promise<void>;
  /**
   * Rows whose word is one of these, and that have one of these codes if any is given, in order, with what was wrong with
   * each by itself. For `rerun`.
   */
  readRows(
    run: Run,
    words: readonly Word[],
    page: Page,
    codes?: readonly Code[],
  ): Promise<readonly { source: CsvRow; issues: readonly Issue[]; provenance: Provenance | null }[]>;
  /** Those of these rows that the run has, with what was wrong with each. For rows that are fed in again. */
  readOrigins(run: Run, rows: readonly number[]): Promise<readonly { source: CsvRow; issues: readonly Issue[] }[]>;
  readResults(run: Run, page: Page): Promise<readonly StoredResult[]>;
  /** The same for those of these rows that the run has, in order. */
  readResultsOf(run: Run, rows: readonly number[]): Promise<readonly StoredResult[]>;
  /** How many rows have each word by now; those that are open are not counted. One look at all rows of the run. */
  countWords(run: Run): Promise<Readonly<Partial<Record<Word, number>>>>;
  /** None for a row that never became part of a change. */
  readChangeOf(run: Run, row: number): Promise<ChangeOfRow | undefined>;
}

/** One row of the results, before it is rendered. `word` is null while its change is not done. */
export interface StoredResult {
  readonly source: CsvRow;
  /** The number of its change; null for a row that never became part of one. */
  readonly change: number | null;
  readonly word: Word | null;
  readonly issues: readonly Issue[];
  readonly accountId: string | null;
  readonly differences: readonly Difference[];
  readonly operations: readonly StoredOperation[];
  /** Whether an earlier row of the same account has the same operations, and so each of them once. */
  readonly isRepeat: boolean;
  readonly resolutions: readonly Resolution[];
  /** For a row that is held since its account differs from what its plan saw. */
  readonly drift: readonly Drift[];
  readonly atMs: number | null;
}

/** The change that a row is part of, for `explain`. */
export interface ChangeOfRow {
  readonly key: string;
  /** Every row of the change, in order. */
  readonly rows: readonly number[];
  /** What its rows want together; null for a change of one row, and for rows that contradict each other. */
  readonly folded: Desired | null;
  readonly plannedAtMs: number | null;
  /** As in PlannedChange; null where nothing was seen or kept. */
  readonly seen: string | null;
  readonly differences: readonly Difference[];
}
