/**
 * Values that a bank keeps differently from how they were sent, by account and field, in SQLite. Judges nothing.
 */
import type { Kept } from "../../plan/diff/kept.ts";
import type { Outcome } from "../ledger.ts";
import type { Run } from "../run.ts";
import { decodeKept, type KeptShape } from "../sql/kept-shape.ts";
import type { SqliteDatabase } from "./database.ts";
import type { SqliteStore } from "./store.ts";

const READ = `SELECT account_id, field, wanted, held, is_form FROM kept
  WHERE bank = ? AND account_id IN (SELECT value FROM json_each(?)) ORDER BY account_id, field`;
const FORGET = "DELETE FROM kept WHERE bank = ? AND account_id = ? AND field = ?";
const REMEMBER = `INSERT OR REPLACE INTO kept (bank, account_id, field, wanted, held, is_form)
  VALUES (?, ?, ?, ?, ?, ?)`;

/** What is kept of the accounts of these changes. */
export function readKept(
  store: SqliteStore,
  run: Run,
  changes: readonly { readonly account_id: string | null }[],
): (accountId: string | null) => readonly Kept[] {
  const ids = JSON.stringify(changes.flatMap(({ account_id }) => account_id ?? []));
  return decodeKept(store.db.all<KeptShape>(READ, store.bankOf(run), ids));
}

/** Only within a write. */
export function recordKept(db: SqliteDatabase, bank: number, accountId: string, kept: Outcome["kept"]): void {
  for (const field of kept?.forget ?? []) db.run(FORGET, bank, accountId, field);
  for (const { field, wanted, held, isForm } of kept?.remember ?? []) {
    db.run(REMEMBER, bank, accountId, field, wanted, held, isForm ? 1 : 0);
  }
}
