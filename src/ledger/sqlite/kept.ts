/**
 * Values that a bank keeps differently from how they were sent, by account and field, in SQLite. Judges nothing.
 */
import type { Kept } from "../../plan/diff/kept.ts";
import type { Outcome } from "../ledger.ts";
import type { SqliteDatabase } from "./database.ts";

const READ = `SELECT field, wanted, held, is_form FROM kept WHERE bank = ? AND account_id = ? ORDER BY field`;
const FORGET = "DELETE FROM kept WHERE bank = ? AND account_id = ? AND field = ?";
const REMEMBER = `INSERT OR REPLACE INTO kept (bank, account_id, field, wanted, held, is_form)
  VALUES (?, ?, ?, ?, ?, ?)`;

/** `bank` is null for one that the ledger does not know yet. */
export function readKept(db: SqliteDatabase, bank: number | null, accountId: string): readonly Kept[] {
  type Shape = Omit<Kept, "isForm"> & { is_form: 0 | 1 };
  return db.all<Shape>(READ, bank, accountId).map(({ is_form, ...kept }) => ({ ...kept, isForm: is_form === 1 }));
}

/** Only within a write. */
export function recordKept(db: SqliteDatabase, bank: number, accountId: string, kept: Outcome["kept"]): void {
  for (const field of kept?.forget ?? []) db.run(FORGET, bank, accountId, field);
  for (const { field, wanted, held, isForm } of kept?.remember ?? []) {
    db.run(REMEMBER, bank, accountId, field, wanted, held, isForm ? 1 : 0);
  }
}
