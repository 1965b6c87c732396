/**
 * Near ids in SQLite: the client_account_ids of a run's rows are kept as `near_id` folds them, and the one of a link or of
 * another row that is near to a change's is found by it. Never judges what nearness means.
 */
import type { NearId, NearLedger } from "../ledger.ts";
import type { Run } from "../run.ts";
import { clientIdIn, isAccountKey, isClientKey } from "./change-keys.ts";
import type { SqliteStore } from "./store.ts";

const END_OF_BATCH = `SELECT max(change) AS last FROM
  (SELECT change FROM changes WHERE run = ? AND change > ? ORDER BY change LIMIT ?)`;

/** Changes that no account was found for, but for rows that contradict each other: nothing of those is sent. */
const RECORD_NEW = `INSERT OR IGNORE INTO near_ids (run, near, change)
  SELECT run, near_id(${clientIdIn("key")}), change FROM changes
  WHERE run = ?1 AND change > ?2 AND change <= ?3 AND account_id IS NULL AND ${isClientKey("key")}
    AND NOT (state = 'done' AND word = 'invalid')`;

/** The client_account_ids of accounts that the file names by their own id: no link may know of them. */
const RECORD_NAMED = `INSERT OR IGNORE INTO near_ids (run, near, change)
  SELECT c.run, near_id(d.desired ->> '$.client_account_id'), c.change
  FROM changes c JOIN desires d ON d.run = c.run AND d.change = c.change
  WHERE c.run = ?1 AND c.change > ?2 AND c.change <= ?3 AND ${isAccountKey("c.key")}
    AND d.desired ->> '$.client_account_id' IS NOT NULL AND NOT (c.state = 'done' AND c.word = 'invalid')`;

export const FIND_LINK = `SELECT client_account_id AS clientAccountId, account_id AS accountId, NULL AS row
  FROM links INDEXED BY links_near WHERE bank = ?1 AND near = near_id(?2) AND client_account_id <> ?2 LIMIT 1`;

export const FIND_OTHER = `SELECT d.desired ->> '$.client_account_id' AS clientAccountId, c.account_id AS accountId, c.change AS row
  FROM near_ids n JOIN changes c ON c.run = n.run AND c.change = n.change
  JOIN desires d ON d.run = n.run AND d.change = n.change
  WHERE n.run = ?1 AND n.near = near_id(?2) AND n.change <> ?3 ORDER BY n.change LIMIT 1`;

/** Changes in one transaction, so that other processes get their turn on a long file. */
const BATCH = 10_000;

export function sqliteNear(store: SqliteStore): NearLedger {
  const { db } = store;

  const recordBatch = (run: Run, after: number): number | null => {
    const last = db.get<{ last: number | null }>(END_OF_BATCH, run.no, after, BATCH)?.last ?? null;
    if (last !== null) for (const sql of [RECORD_NEW, RECORD_NAMED]) db.run(sql, run.no, after, last);
    return last;
  };

  return {
    async recordNear(run) {
      for (let after: number | null = 0; after !== null; ) {
        const from: number = after;
        after = await store.write(() => recordBatch(run, from));
      }
    },

    async findNear(run, change, clientAccountId) {
      return (
        db.get<NearId>(FIND_LINK, store.bankOf(run), clientAccountId) ??
        db.get<NearId>(FIND_OTHER, run.no, clientAccountId, change)
      );
    },
  };
}
