/**
 * The key of a change within a query: conditions on it, and the id in it. A column's name in, SQL out.
 */
import { OF_ACCOUNT, OF_CLIENT } from "../../change-keys.ts";

export const isAccountKey = (column: string) => beginsWith(column, OF_ACCOUNT);
export const isClientKey = (column: string) => beginsWith(column, OF_CLIENT);

/** The same as a range, for a column with an index. */
export const amongAccountKeys = (column: string) => among(column, OF_ACCOUNT);
export const amongClientKeys = (column: string) => among(column, OF_CLIENT);

/** For a key of that form only. */
export const accountIdIn = (column: string) => behind(column, OF_ACCOUNT);
export const clientIdIn = (column: string) => behind(column, OF_CLIENT);

/** The key of the account with the id in that column; NULL for NULL. */
export const accountKeyOf = (column: string) => `'${OF_ACCOUNT}' || ${column}`;

/** The key of the account with the client_account_id in that column; NULL for NULL. */
export const clientKeyOf = (column: string) => `'${OF_CLIENT}' || ${column}`;

/** The account_id in an account's key, NULL for another key. */
export const ofAccount = (column: string) => `CASE WHEN ${isAccountKey(column)} THEN ${accountIdIn(column)} END`;

function beginsWith(column: string, prefix: string): string {
  return `substr(${column}, 1, length('${prefix}')) = '${prefix}'`;
}

/** Every such key is before the prefix with its last character, a colon, replaced by the one after it. */
function among(column: string, prefix: string): string {
  return `${column} >= '${prefix}' AND ${column} < '${prefix.replace(":", ";")}'`;
}

function behind(column: string, prefix: string): string {
  return `substr(${column}, length('${prefix}') + 1)`;
}
