/**
 * The rows of an account, within a query: text that both databases understand, with `$1` for a value and what they say differently given.
 */
import { accountKey, clientKey } from "../../change-keys.ts";
import type { IdsOfAccount, RowOfRun } from "../rows-of-account.ts";

/** Links of one account; a program gives it one id of its own, and seldom another one later. */
export const MOST_LINKS = 50;

/** $1 bank, $2 id. */
export const FIND_LINKED = "SELECT account_id AS id FROM links WHERE bank = $1 AND client_account_id = $2";
/** $1 bank, $2 account_id. */
export const LIST_LINKED = `SELECT client_account_id AS id FROM links WHERE bank = $1 AND account_id = $2 ORDER BY no LIMIT ${MOST_LINKS}`;

/** The keys under which changes, and invalid rows, are about the account. */
export function keysOf({ accountIds, clientAccountIds }: IdsOfAccount): readonly string[] {
  return [...accountIds.map(accountKey), ...clientAccountIds.map(clientKey)];
}

/** Rows of the run $1 with the code that $2 is a member of. `has`: where one text is in another, 0 for nowhere. */
export const withCode = (
  has: string,
) => `FROM rows r LEFT JOIN ends e ON e.run = r.run AND e.change = r.change WHERE r.run = $1
  AND (${has}(coalesce(r.issues, e.issues, ''), $2) > 0 OR (r.word IS NULL AND ${has}(coalesce(r.notes, ''), $2) > 0))`;

export interface RowOfRunShape {
  readonly id: string;
  readonly row: number;
}

export function decodeRowOfRun({ id, row }: RowOfRunShape): RowOfRun {
  return { run: id, row };
}
