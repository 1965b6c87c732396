/**
 * How the account of each change is found: from its own id, a link, or the look-up of the bank.
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
  /** Finds what the ledger can: changes with an account_id, and those whose client_account_id has a link. Up to `maxChange`. */
  findByLedger(run: Run, maxChange: number): Promise<void>;
  /** Changes the ledger could not find. */
  readToFind(run: Run, page: Page, maxChange: number): Promise<readonly StoredChange[]>;
  recordFound(run: Run, found: readonly LookUpEnd[]): Promise<void>;
  /** Changes that have an account, or are known to have none, with what their look-up has seen. */
  readToPlan(run: Run, page: Page, maxChange: number): Promise<readonly StoredChange[]>;
  /** What one change is to be planned again from, without what its look-up has seen. */
  readStored(run: Run, change: number): Promise<StoredChange>;
  /** Some accounts that the run's file names by id. */
  listNamed(run: Run, limit: number): Promise<readonly string[]>;
  /** The key of the first found change that has no account, up to `maxChange`; none when each has one. */
  findUnlinked(run: Run, maxChange: number): Promise<string | undefined>;
}
