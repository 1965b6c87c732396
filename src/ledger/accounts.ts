/**
 * What the ledger knows of accounts at a bank: their links, what was done to each, and who may act on it now.
 */
import type { ClaimsLedger } from "./claims.ts";
import type { BankName } from "./run.ts";

export interface AccountsLedger extends ClaimsLedger {
  readLink(bank: BankName, clientAccountId: string): Promise<string | undefined>;
  /** Whether the account is known under another client_account_id than this. */
  isLinkedOtherwise(bank: BankName, accountId: string, clientAccountId: string): Promise<boolean>;
  /** Links of the bank, in order: its oldest and its latest, at most `limit` of each. Accounts known to exist. */
  listLinks(bank: BankName, limit: number): Promise<readonly { clientAccountId: string; accountId: string }[]>;
  recordLinks(bank: BankName, links: readonly { clientAccountId: string; accountId: string }[]): Promise<void>;
}
