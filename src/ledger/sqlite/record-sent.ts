/**
 * Sendings in SQLite: one row for each operation that was ever sent, with what became of it; an operation without one is
 * planned. What is planned or being sent in a change that has ended is skipped, or unknown.
 */
import type { SentAt } from "../../apply/sent-at.ts";
import type { FirstSending } from "../ledger.ts";
import type { Lease, Run } from "../run.ts";
import { isUnsettled } from "../sql/conditions.ts";
import { internal, leaseOfRunLost } from "../sql/errors.ts";
import type { SqliteDatabase } from "./database.ts";

const SEND = `INSERT INTO sendings (run, change, step, state, attempts, first_at, first_bank_at, last_at)
  VALUES (?1, ?2, ?3, 'sending', 1, ?4, ?5, ?4)
  ON CONFLICT (run, change, step) DO UPDATE SET state = 'sending', attempts = attempts + 1, last_at = excluded.last_at,
    first_bank_at = iif(first_at IS NULL, excluded.first_bank_at, first_bank_at), first_at = coalesce(first_at, excluded.first_at)
  WHERE ${isUnsettled("sendings")}`;

/** Only within a write. Throws when the operation has been settled. */
export function recordSent(db: SqliteDatabase, run: Run, change: number, step: number, at: SentAt): void {
  if (db.run(SEND, run.no, change, step, at.ourMs, at.bankMs) === 0)
    throw internal(`run ${run.id}: step ${step} of change ${change} is settled, not to be sent`);
}

/** Only within a write, by which the change is claimed. */
export function recordFirst(
  db: SqliteDatabase,
  isLeased: (lease: Lease) => boolean,
  run: Run,
  change: number,
  { lease, step, at }: FirstSending,
): void {
  if (!isLeased(lease)) throw leaseOfRunLost(run);
  recordSent(db, run, change, step, at);
}
