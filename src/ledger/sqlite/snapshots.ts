/**
 * Snapshots in SQLite.
 */
import type { SnapshotsLedger } from "../snapshots.ts";
import { snapshotsOn } from "../sql/snapshots.ts";
import { placed } from "./placed.ts";
import type { SqliteStore } from "./store.ts";

const ADD_ROWS = `INSERT INTO snapshot_rows (run, row, scope, account_id, client_account_id, near, is_read)
  SELECT $1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each($2) WHERE true
  ON CONFLICT (run, row) DO NOTHING`;

export function sqliteSnapshots(store: SqliteStore): SnapshotsLedger {
  const { db } = store;
  return snapshotsOn({
    all: async (sql, ...values) => db.all(placed(sql), ...values),
    write: (...statements) =>
      store.write(() => {
        for (const [sql, ...values] of statements) db.run(placed(sql), ...values);
      }),
    numberOf: async (bank) => store.findBank(bank) ?? null,
    addRows: ADD_ROWS,
  });
}
