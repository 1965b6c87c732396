/**
 * Actual: what the bank holds of one account.
 */
import type { Account, Relationships } from "../account.ts";

/** `relationships` is null where they were not fetched, since nothing depends on them. */
export interface Actual {
  readonly account: Account;
  readonly relationships: Relationships | null;
}
