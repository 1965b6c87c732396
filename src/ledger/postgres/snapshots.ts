/**
 * Snapshots in PostgreSQL.
 */
import type { SnapshotsLedger } from "../snapshots.ts";
import { snapshotsOn } from "../sql/snapshots.ts";
import type { PostgresStore } from "./store.ts";

const ADD_ROWS = `INSERT INTO snapshot_rows (run, row, scope, account_id, client_account_id, near, is_read)
  SELECT $1, (value ->> 0)::integer, value ->> 1, value ->> 2, value ->> 3, value ->> 4, (value ->> 5)::smallint
  FROM json_array_elements($2::json) ON CONFLICT (run, row) DO NOTHING`;

export function postgresSnapshots(store: PostgresStore): SnapshotsLedger {
  return snapshotsOn({
    all: (sql, ...values) => store.sql.all(sql, ...values),
    write: (...statements) =>
      store.write(async (sql) => {
        for (const [text, ...values] of statements) await sql.run(text, ...values);
      }),
    numberOf: async (bank) => (await store.findBank(bank)) ?? null,
    addRows: ADD_ROWS,
  });
}
