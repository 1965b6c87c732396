/**
 * Reads in PostgreSQL the values that a bank keeps differently from how they were sent.
 */
import type { Kept } from "../../plan/diff/kept.ts";
import type { Run } from "../run.ts";
import { decodeKept, type KeptShape } from "../sql/kept-shape.ts";
import { readForAll } from "./run-for-all.ts";
import type { PostgresStore } from "./store.ts";

export const READ_KEPT = `SELECT k.account_id, k.field, k.wanted, k.held, k.is_form
  FROM unnest($1::integer[], $2::text[]) AS o (bank, account_id)
  JOIN kept k ON k.bank = o.bank AND k.account_id = o.account_id ORDER BY k.account_id, k.field`;

/** What is kept of the accounts of these changes. */
export async function readKept(
  store: PostgresStore,
  run: Run,
  changes: readonly { readonly account_id: string | null }[],
): Promise<(accountId: string | null) => readonly Kept[]> {
  const bank = await store.bankOf(run);
  const ids = new Set(changes.flatMap(({ account_id }) => account_id ?? []));
  const accounts = [...ids].map((id) => [bank, id]);
  return decodeKept(await readForAll<KeptShape>(store.sql, READ_KEPT, accounts));
}
