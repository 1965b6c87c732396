/**
 * When single authorized users of accounts were last added or removed, in PostgreSQL. Judges nothing.
 */
import { instantOrder } from "../../instant.ts";
import type { ChangedUser } from "../../plan/changed-users.ts";
import type { UserTime, UserTimesLedger } from "../ledger.ts";
import type { Sql } from "./database.ts";
import { runForAll } from "./run-for-all.ts";
import type { PostgresStore } from "./store.ts";

const READ = `SELECT entity_id AS "entityId", effective_at AS "effectiveAt", by_run AS "byRun" FROM user_times
  WHERE bank = $1 AND account_id = $2 AND entity_id = ANY($3::text[])`;

const IS_LATER = "excluded.effective_order > coalesce(user_times.effective_order, '')";

/** In the order of their keys, so that two processes never wait for each other. */
const RECORD = `INSERT INTO user_times (bank, account_id, entity_id, effective_at, effective_order, by_run)
  SELECT * FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::text[], $6::integer[]) ORDER BY 1, 2, 3
  ON CONFLICT (bank, account_id, entity_id) DO UPDATE SET by_run = excluded.by_run,
    effective_at = CASE WHEN ${IS_LATER} THEN excluded.effective_at ELSE user_times.effective_at END,
    effective_order = CASE WHEN ${IS_LATER} THEN excluded.effective_order ELSE user_times.effective_order END`;

export interface ChangedUsers {
  readonly bank: number;
  readonly accountId: string;
  readonly byRun: number;
  readonly users: readonly ChangedUser[];
}

/** An account is in hand of one change at a time, so no user is there twice. */
export async function recordUserTimes(sql: Sql, all: readonly ChangedUsers[]): Promise<void> {
  const rows = all.flatMap(({ bank, accountId, byRun, users }) =>
    users.map(({ entityId, effectiveAt }) => {
      const order = effectiveAt === null ? null : instantOrder(effectiveAt);
      return [bank, accountId, entityId, order === null ? null : effectiveAt, order, byRun];
    }),
  );
  await runForAll(sql, RECORD, rows);
}

export function postgresUserTimes(store: PostgresStore): UserTimesLedger {
  return {
    async read(bank, accountId, entityIds) {
      const no = await store.findBank(bank);
      return no === undefined ? [] : store.sql.all<UserTime>(READ, no, accountId, entityIds);
    },
  };
}
