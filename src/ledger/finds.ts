/**
 * How the account of each change is found: from its own id, a link, or the look-up of the bank; and the walk over what is open.
 */
import type { Page } from "./page.ts";
import type { Run } from "./run.ts";
import type { SeenAccount, StoredChange, Verdict } from "./stored-change.ts";

/** What the look-up of one change came to: its account, none, or the end of the change. */
export interface LookUpEnd {
  readonly change: number;
  readonly accountId: string | null;
  readonly verdict: Verdict | null;
  readonly seen: SeenAccount | null;
}

export interface FindsLedger {
  /** Finds what the ledger can: changes whose client_account_id has a link, up to `to`. An account_id needs no finding. */
  findByLedger(run: Run, to: number): Promise<void>;
  /** Forgets that no account was found for changes without a plan: an earlier process looked, and one may have been made since. */
  forgetUnfound(run: Run): Promise<void>;
  /** Changes the ledger could not find. */
  readToFind(run: Run, page: Page): Promise<readonly StoredChange[]>;
  /** Hot. Writes what was found, or the end. Reads nothing. */
  recordFound(run: Run, found: readonly LookUpEnd[]): Promise<void>;
  /** Hot. Changes that have an account, or are known to have none, and have no plan; with all that planning needs of the ledger. */
  readToPlan(run: Run, page: Page): Promise<readonly StoredChange[]>;
  /** What one change is to be planned again from, as that of this account, without what its look-up has seen. */
  readStored(run: Run, change: number, accountId: string | null): Promise<StoredChange>;
  /** The same for those changes of the run, each as that of the account that was found for it. */
  readStoredOf(run: Run, changes: readonly number[]): Promise<readonly StoredChange[]>;
  /** Some accounts that the run's file names by id. */
  listNamed(run: Run, limit: number): Promise<readonly string[]>;
  /** The key of the first change without a plan that was found to have no account, up to `to`; none when each has one. */
  findUnlinked(run: Run, to: number): Promise<string | undefined>;
}
