/**
 * Reads in PostgreSQL the values that a bank keeps differently from how they were sent.
 */
import type { Kept } from "../../plan/diff/kept.ts";
import type { Run } from "../run.ts";
import { decodeKept, type KeptShape } from "../sql/kept-shape.ts";
import type { PostgresStore } from "./store.ts";

export const READ_KEPT = `SELECT account_id, field, wanted, held, is_form FROM kept
  WHERE bank = $1 AND account_id = ANY($2) ORDER BY account_id, field`;

/** What is kept of the accounts of these changes. */
export async function readKept(
  store: PostgresStore,
  run: Run,
  changes: readonly { readonly account_id: string | null }[],
): Promise<(accountId: string | null) => readonly Kept[]> {
  const ids = changes.flatMap(({ account_id }) => account_id ?? []);
  return decodeKept(ids.length === 0 ? [] : await store.sql.all<KeptShape>(READ_KEPT, await store.bankOf(run), ids));
}
