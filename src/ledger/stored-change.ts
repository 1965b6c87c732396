/**
 * A change as the ledger keeps it, and the word that it ends with. Values only.
 */
import type { Account } from "../account.ts";
import type { Issue } from "../errors/issue.ts";
import type { Word } from "../errors/words.ts";
import type { Desired, Provenance } from "../read/change.ts";

/** `change` is the number of its first row; `key` is `account:<id>` or `client:<id>`, as its rows name the account. */
export interface StoredChange {
  readonly change: number;
  readonly key: string;
  readonly desired: Desired;
  readonly accountId: string | null;
  /** Where the first of its rows came from, if it is fed in again. */
  readonly provenance: Provenance | null;
  /** How often a process has begun on it and died. */
  readonly begun: number;
  /** The account as the look-up that found it has seen it; null for most. */
  readonly lookedUp: SeenAccount | null;
}

export interface SeenAccount {
  readonly account: Account;
  readonly atMs: number;
}

/** The end of a change: its word, and why. A good end may have issues too, as notes. */
export interface Verdict {
  readonly word: Word;
  readonly issues: readonly Issue[];
}
