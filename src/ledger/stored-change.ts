/**
 * A change as the ledger keeps it, and the word that it ends with. Values only.
 */
import type { Account } from "../account.ts";
import type { Issue } from "../errors/issue.ts";
import type { Word } from "../errors/words.ts";
import type { Kept } from "../plan/diff/kept.ts";
import type { Desired, Provenance } from "../read/change.ts";
import type { CsvRow } from "../read/csv-row.ts";

/** `change` is the number of its first row; `key` is `account:<id>` or `client:<id>`, as its rows name the account. */
export interface AccountOfChange {
  readonly change: number;
  readonly key: string;
  readonly accountId: string | null;
}

/** What a change wants: what its rows were folded into, or for a change of one row what that row says (run/desired-of.ts). */
export interface Wants {
  /** The first row of the change. */
  readonly source: CsvRow;
  readonly folded: Desired | null;
}

/** What the ledger remembers of an account at the bank. */
export interface AccountMemory {
  /** Rises with every outcome, and is above every generation of a key that was used for the account. */
  readonly touch: number;
  /** The latest effective_at that was applied. */
  readonly effectiveAt: string | null;
  /** `no` of the last run that applied something; 0 for none. */
  readonly appliedByRun: number;
}

export interface StoredChange extends AccountOfChange, Wants {
  /** As it was before the account is asked for, so that what comes later is found to have come later. */
  readonly memory: AccountMemory;
  /** Values of the account that the bank is known to keep differently from how they were sent. */
  readonly kept: readonly Kept[];
  /** Where the first of its rows came from, if it is fed in again. */
  readonly provenance: Provenance | null;
  /** How many processes have died while they worked on it. */
  readonly begun: number;
  /** What its look-up at the bank has seen; null for one that was not looked up. */
  readonly lookedUp: SeenAccount | null;
}

export interface SeenAccount {
  /** Null when the bank has none. */
  readonly account: Account | null;
  readonly atMs: number;
}

/** The end of a change: its word, and why. A good end may have issues too, as notes. */
export interface Verdict {
  readonly word: Word;
  readonly issues: readonly Issue[];
}
