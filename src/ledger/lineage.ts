/**
 * What the ledger knows of rows over several runs: which attempts came from an original row, which rows ended short of agreement, and which
 * of those a person has accepted for a while.
 *
 * An original row is one that came from no other row that the ledger has. Attempts are what re-runs and repaired files made of it, over any
 * number of steps; each leads straight to its original. Rows of plans, and of files that were rejected, are no attempts.
 */
import type { Issue } from "../errors/issue.ts";
import type { Word } from "../errors/words.ts";
import type { Page } from "./page.ts";
import type { Run } from "./run.ts";

/** An original row, by the id of its run. */
export interface OriginalRow {
  readonly run: string;
  /** The number of its run. */
  readonly no: number;
  readonly row: number;
  /** When its run began, in wall-clock milliseconds. */
  readonly sinceMs: number;
}

/** In one run, what an original row has come to; of several rows in that run, the last. */
export interface AttemptOfRow {
  /** The original row's number. */
  readonly of: number;
  readonly run: string;
  readonly row: number;
}

/** Where a walk over the short rows of a run is: first those with a word of their own (change 0), then change by change. */
export interface ShortPlace {
  readonly change: number;
  readonly row: number;
}

/** A row that ended as anything but applied, unchanged, or overtaken by another one. */
export interface ShortRow extends ShortPlace {
  readonly word: Word;
  readonly issues: readonly Issue[];
  /** Of its change; null for an invalid row that names no account. */
  readonly key: string | null;
  readonly accountId: string | null;
  readonly original: OriginalRow;
  /** A later attempt of the same original has a word. */
  readonly isRetried: boolean;
  /** Until when a person has accepted its original; null for never. */
  readonly acceptedUntilMs: number | null;
}

export interface ShortPage {
  readonly rows: readonly ShortRow[];
  /** Where the next page begins; null at the end. */
  readonly next: ShortPlace | null;
}

export interface Acceptance {
  readonly untilMs: number;
  readonly reason: string;
  readonly by: string;
  readonly atMs: number;
}

export interface AcceptedRow extends Acceptance {
  readonly run: string;
  readonly row: number;
}

/** Of two names of an account, what is known. */
export type NamedAccount = Pick<ShortRow, "key" | "accountId">;

export interface LineageLedger {
  /** Attempts that have a word, of the original rows of a page, in order of the row and then of the runs. */
  readAttempts(run: Run, page: Pick<Page, "after"> & { readonly to: number }): Promise<readonly AttemptOfRow[]>;
  /** Runs that began from the first instant on and before the second, in order, behind number `after`. */
  listBegun(
    period: { readonly fromMs: number; readonly toMs: number },
    after: number,
    limit: number,
  ): Promise<readonly { readonly no: number; readonly id: string }[]>;
  /** The id of the run of that number. */
  findId(no: number): Promise<string | undefined>;
  /** The runs that have attempts of the run's rows, oldest first. Looks at all of those. */
  listAttemptRuns(run: Run): Promise<readonly string[]>;
  /** The runs whose rows the run's attempts are of, at most `limit`, oldest first. Looks at all of its rows. */
  listOrigins(run: Run, limit: number): Promise<readonly string[]>;
  /** Short rows of the run behind that place; `before` leaves out those whose original row is that one, or of a later run or number. */
  readShort(run: Run, after: ShortPlace, limit: number, before?: Pick<OriginalRow, "no" | "row">): Promise<ShortPage>;
  /** Those of the accounts, by index, of which a later run at the bank, but for one of single users, has a row with a word. */
  listOvertaken(run: Run, accounts: readonly NamedAccount[]): Promise<ReadonlySet<number>>;
  /** No row of the run can be open any more, so `listUnsettled` leaves it out from now on. */
  settle(run: Run): Promise<void>;
  /** Takes the place of what was accepted for those rows before. */
  accept(run: Run, rows: readonly number[], acceptance: Acceptance): Promise<void>;
  /** Every acceptance, in order of run and row, behind that one. */
  listAccepted(
    after: Pick<AcceptedRow, "row"> & { readonly no: number },
    limit: number,
  ): Promise<readonly (AcceptedRow & { readonly no: number })[]>;
}
