/**
 * Fetches what the bank holds of one account: itself, and its relationships where they are needed.
 */
import type { Account } from "../account.ts";
import type { BankApi } from "../bank/bank-api.ts";
import type { Actual } from "../plan/actual.ts";
import type { FromBank } from "./failure.ts";

/** `seen` is the account where it has been fetched already. */
export async function fetchActual(
  bank: BankApi,
  accountId: string,
  needsRelationships: (account: Account) => boolean,
  seen: Account | null = null,
): Promise<FromBank<Actual>> {
  const account = seen === null ? await bank.fetchAccount(accountId) : ({ ok: true, value: seen } as const);
  if (!account.ok) return account;
  if (!needsRelationships(account.value)) return { ok: true, value: { account: account.value, relationships: null } };
  const relationships = await bank.fetchRelationships(accountId);
  if (!relationships.ok) return relationships;
  return { ok: true, value: { account: account.value, relationships: relationships.value } };
}
