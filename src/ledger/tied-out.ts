/**
 * What the ledger keeps of accounts that were tied out: what a row wanted when the bank was last seen to agree with it, so that the same need
 * not be fetched again.
 */
import type { Fetching, NotFetched } from "./fetching.ts";
import type { BankName, Run } from "./run.ts";

/** What a change wants, as one short text that is the same only for the same, and how many GETs it takes to compare it. */
export interface ChangeContent {
  readonly change: number;
  readonly content: string;
  readonly gets: number;
}

/** What may be skipped: what was tied out at `sinceMs` or later; `nowMs` is when the changes end, `seed` chooses the share that is fetched. */
export interface SkipTerms {
  readonly sinceMs: number;
  readonly nowMs: number;
  readonly seed: number;
}

export interface TiedOutLedger {
  /** `single`: of changes of one row, where nothing is kept yet. `folded`: of several rows, in place of what is there. */
  recordContents(run: Run, kind: "single" | "folded", contents: readonly ChangeContent[]): Promise<void>;
  /**
   * What each of the job's runs before this one has fetched, the latest first; null for one that had nothing to decide. Without those that say
   * nothing of the job's accounts in general: of which a person looked at some rows, that had none to skip, or that worked on absent accounts.
   */
  listFetching(run: Run, limit: number): Promise<readonly (Fetching | null)[]>;
  /**
   * Ends every change as `not_fetched` that has no plan, whose content is what was last tied out for its account, and whose account nobody
   * has touched or holds since; all but a share, of one at least. What is not ended counts as tied out no more until it is so again: it
   * is about to be fetched. A part at a time, and can be repeated after a crash. Resolves with all that the run has not fetched.
   */
  recordNotFetched(run: Run, terms: SkipTerms): Promise<NotFetched>;
  /** What is open counts as tied out no more until it is so again. */
  recordToFetch(run: Run): Promise<void>;
  /** How many of the run's share have turned out to be otherwise at the bank, although nobody has touched their accounts. */
  countChanged(run: Run, sinceMs: number): Promise<number>;
  /** Opens all again that was not fetched. */
  reopenNotFetched(run: Run): Promise<void>;
  /** What the run has applied, or seen equal, without any note: it is tied out, unless something has touched the account since. */
  recordTiedOut(run: Run): Promise<void>;
  /** Nothing of the bank is tied out any more. */
  forget(bank: BankName): Promise<void>;
  /** These accounts are tied out no more. */
  forgetAccounts(bank: BankName, accountIds: readonly string[]): Promise<void>;
  /** Rows of changes that were not fetched, and have no plan. */
  countRows(run: Run): Promise<number>;
}
