/**
 * When single authorized users of accounts were last added or removed, in SQLite. Judges nothing.
 */
import { instantOrder } from "../../instant.ts";
import type { ChangedUser } from "../../plan/changed-users.ts";
import type { UserTime, UserTimesLedger } from "../ledger.ts";
import type { SqliteDatabase } from "./database.ts";
import type { SqliteStore } from "./store.ts";

const READ = `SELECT entity_id AS entityId, effective_at AS effectiveAt, by_run AS byRun FROM user_times
  WHERE bank = ? AND account_id = ? AND entity_id IN (SELECT value FROM json_each(?))`;

const RECORD = `INSERT INTO user_times (bank, account_id, entity_id, effective_at, effective_order, by_run)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (bank, account_id, entity_id) DO UPDATE SET by_run = excluded.by_run,
    effective_at = iif(?5 > coalesce(effective_order, ''), ?4, effective_at),
    effective_order = iif(?5 > coalesce(effective_order, ''), ?5, effective_order)`;

/** Only within a write. */
export function recordUserTimes(
  db: SqliteDatabase,
  bank: number,
  accountId: string,
  byRun: number,
  users: readonly ChangedUser[],
): void {
  for (const { entityId, effectiveAt } of users) {
    const order = effectiveAt === null ? null : instantOrder(effectiveAt);
    db.run(RECORD, bank, accountId, entityId, order === null ? null : effectiveAt, order, byRun);
  }
}

export function sqliteUserTimes(store: SqliteStore): UserTimesLedger {
  return {
    async read(bank, accountId, entityIds) {
      const no = store.findBank(bank);
      return no === undefined ? [] : store.db.all<UserTime>(READ, no, accountId, JSON.stringify(entityIds));
    },
  };
}
