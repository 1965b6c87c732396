/**
 * Records in PostgreSQL the values that a bank keeps differently from how they were sent, by account and field. Judges nothing.
 */
import type { Outcome } from "../ledger.ts";
import type { Sql } from "./database.ts";
import { runForAll } from "./run-for-all.ts";

/** $1 bank, $2 account, $3 field. */
const FORGET = `DELETE FROM kept USING unnest($1::integer[], $2::text[], $3::text[]) AS o (bank, account_id, field)
  WHERE kept.bank = o.bank AND kept.account_id = o.account_id AND kept.field = o.field`;

/** $1 bank, $2 account, $3 field, $4 wanted, $5 held, $6 whether they differ in form alone. */
const REMEMBER = `INSERT INTO kept (bank, account_id, field, wanted, held, is_form) SELECT DISTINCT ON (bank, account_id, field) o.*
  FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::text[], $6::smallint[])
    AS o (bank, account_id, field, wanted, held, is_form) ORDER BY bank, account_id, field
  ON CONFLICT (bank, account_id, field) DO UPDATE SET wanted = excluded.wanted, held = excluded.held, is_form = excluded.is_form`;

export interface KeptOfAccount {
  readonly bank: number;
  readonly accountId: string;
  readonly kept: NonNullable<Outcome["kept"]>;
}

export async function recordKept(sql: Sql, all: readonly KeptOfAccount[]): Promise<void> {
  const forgotten = all.flatMap(({ bank, accountId, kept }) => kept.forget.map((field) => [bank, accountId, field]));
  await runForAll(sql, FORGET, forgotten);
  const remembered = all.flatMap(({ bank, accountId, kept }) =>
    kept.remember.map(({ field, wanted, held, isForm }) => [
      bank,
      accountId,
      field,
      wanted,
      asColumn(held),
      isForm ? 1 : 0,
    ]),
  );
  await runForAll(sql, REMEMBER, remembered);
}

/** PostgreSQL's text has no U+0000. A bank that sends one is only asked again. */
function asColumn(held: string): string {
  return held.replaceAll("\0", "\ufffd");
}
