/**
 * The key of a change, which says what account it is for: `account:<account_id>` where the file names the bank's account,
 * else `client:<client_account_id>`. Ids in, the key out, and back; `ledger/sql/change-keys.ts` does the same in SQL.
 */

export const OF_ACCOUNT = "account:";
export const OF_CLIENT = "client:";

export function accountKey(accountId: string): string {
  return OF_ACCOUNT + accountId;
}

export function clientKey(clientAccountId: string): string {
  return OF_CLIENT + clientAccountId;
}

export function isClientKey(key: string): boolean {
  return key.startsWith(OF_CLIENT);
}

/** The client_account_id in a key of the form `client:…`; the caller knows that it is one. */
export function clientIdOf(key: string): string {
  return key.slice(OF_CLIENT.length);
}
