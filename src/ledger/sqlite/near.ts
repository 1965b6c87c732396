/**
 * Near ids in SQLite: the client_account_ids of a run's rows are kept as `near_id` folds them, and the one of a link or of
 * another row that is near to a change's is found by it. Never judges what nearness means.
 */

import type { NearId, NearLedger } from "../ledger.ts";
import { clientIdIn, isAccountKey, isClientKey } from "../sql/change-keys.ts";
import { ACCOUNT_ID } from "../sql/change-shape.ts";
import { inBatches } from "./in-batches.ts";
import type { SqliteStore } from "./store.ts";

const IS_INVALID = "EXISTS (SELECT 1 FROM ends e WHERE e.run = c.run AND e.change = c.change AND e.word = 'invalid')";

/** Changes that no account was found for, but for rows that contradict each other: nothing of those is sent. */
const RECORD_NEW = `INSERT OR IGNORE INTO near_ids (run, near, change, client_account_id)
  SELECT c.run, near_id(${clientIdIn("c.key")}), c.change, ${clientIdIn("c.key")}
  FROM changes c LEFT JOIN finds f ON f.run = c.run AND f.change = c.change
  WHERE c.run = ?1 AND c.change > ?2 AND c.change <= ?3 AND f.account_id IS NULL AND ${isClientKey("c.key")} AND NOT ${IS_INVALID}`;

/** The client_account_ids of accounts that the file names by their own id: no link may know of them. Cells lose the blanks around them. */
const RECORD_NAMED = `INSERT OR IGNORE INTO near_ids (run, near, change, client_account_id)
  SELECT run, near_id(id), change, id FROM (
    SELECT c.run, c.change, iif(d.desired IS NULL, trim(r.cells ->> ?4), d.desired ->> '$.client_account_id') AS id
    FROM changes c JOIN rows r ON r.run = c.run AND r.row = c.change LEFT JOIN desires d ON d.run = c.run AND d.change = c.change
    WHERE c.run = ?1 AND c.change > ?2 AND c.change <= ?3 AND ${isAccountKey("c.key")} AND NOT ${IS_INVALID})
  WHERE id <> ''`;

export const FIND_LINK = `SELECT client_account_id AS clientAccountId, account_id AS accountId, NULL AS row
  FROM links INDEXED BY links_near WHERE bank = ?1 AND near = near_id(?2) AND client_account_id <> ?2 LIMIT 1`;

export const FIND_OTHER = `SELECT n.client_account_id AS clientAccountId, ${ACCOUNT_ID} AS accountId,
    n.change AS row
  FROM near_ids n JOIN changes c ON c.run = n.run AND c.change = n.change
  LEFT JOIN finds f ON f.run = n.run AND f.change = n.change
  WHERE n.run = ?1 AND n.near = near_id(?2) AND n.change <> ?3 ORDER BY n.change LIMIT 1`;

/** Changes in one transaction. */
const BATCH = 10_000;

export function sqliteNear(store: SqliteStore): NearLedger {
  const { db } = store;

  return {
    recordNear(run, at) {
      return inBatches(store, run, { size: BATCH }, (after, last) => {
        db.run(RECORD_NEW, run.no, after, last);
        if (at !== null) db.run(RECORD_NAMED, run.no, after, last, `$[${at}]`);
      });
    },

    async findNear(run, change, clientAccountId) {
      return (
        db.get<NearId>(FIND_LINK, store.bankOf(run), clientAccountId) ??
        db.get<NearId>(FIND_OTHER, run.no, clientAccountId, change)
      );
    },
  };
}
