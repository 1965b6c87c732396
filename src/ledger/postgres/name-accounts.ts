/**
 * Gives changes in PostgreSQL the account that each is about from now on.
 */
import { isClientKey } from "../sql/change-keys.ts";
import type { Sql } from "./database.ts";
import { runForAll } from "./run-for-all.ts";

/** $1 run, $2 change, $3 account. A change whose key has an account_id has no find. */
export const NAME_ACCOUNTS = `INSERT INTO finds (run, change, account_id) SELECT run, change, o.account_id
  FROM unnest($1::integer[], $2::integer[], $3::text[]) AS o (run, change, account_id) JOIN changes c USING (run, change)
  WHERE ${isClientKey("c.key")} ORDER BY run, change
  ON CONFLICT (run, change) DO UPDATE SET account_id = excluded.account_id`;

export async function nameAccounts(
  sql: Sql,
  named: readonly { readonly run: number; readonly change: number; readonly accountId: string }[],
): Promise<void> {
  await runForAll(
    sql,
    NAME_ACCOUNTS,
    named.map(({ run, change, accountId }) => [run, change, accountId]),
  );
}
