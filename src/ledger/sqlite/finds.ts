/**
 * Finds accounts in SQLite: which account each change is about, by a link, or what the caller learnt from the bank's look-up. A change
 * whose key has an account_id has no row here.
 */

import type { FindsLedger, LookUpEnd } from "../ledger.ts";
import type { Run } from "../run.ts";
import { accountIdIn, amongAccountKeys, amongClientKeys, clientIdIn, isClientKey } from "../sql/change-keys.ts";
import { encodeSeen } from "../sql/change-shape.ts";
import { isOpen, isUnplanned } from "../sql/conditions.ts";
import type { SqliteDatabase } from "./database.ts";
import { recordEnd } from "./ends.ts";
import { inBatches } from "./in-batches.ts";
import type { SqliteStore } from "./store.ts";
import { readFoundPage, readOne, readSome, readUnfoundPage } from "./stored-changes.ts";

export const FIND_UNLINKED = `SELECT c.key FROM finds f JOIN changes c ON c.run = f.run AND c.change = f.change
  WHERE f.run = ? AND f.change <= ? AND f.account_id IS NULL AND ${isOpen("f")} AND ${isUnplanned("f")} ORDER BY f.change LIMIT 1`;

/** The accounts that a file names by their own id. */
export const LIST_NAMED = `SELECT ${accountIdIn("key")} AS id FROM changes
  WHERE run = ? AND ${amongAccountKeys("key")} LIMIT ?`;

const HAS_CLIENT_KEY = `SELECT 1 FROM changes WHERE run = ? AND ${amongClientKeys("key")} LIMIT 1`;

const FIND_BY_LINK = `INSERT OR IGNORE INTO finds (run, change, account_id) SELECT c.run, c.change, l.account_id
  FROM changes c JOIN links l ON l.bank = ?4 AND l.client_account_id = ${clientIdIn("c.key")}
  WHERE c.run = ?1 AND c.change > ?2 AND c.change <= ?3 AND ${isClientKey("c.key")} AND ${isOpen("c")}`;

const RECORD_FOUND = "INSERT OR IGNORE INTO finds (run, change, account_id, at, seen) VALUES (?, ?, ?, ?, ?)";

const FORGET_UNFOUND = `DELETE FROM finds WHERE run = ? AND account_id IS NULL AND ${isOpen("finds")} AND ${isUnplanned("finds")}`;

const NAME = `INSERT INTO finds (run, change, account_id)
  SELECT run, change, ?3 FROM changes WHERE run = ?1 AND change = ?2 AND ${isClientKey("key")}
  ON CONFLICT (run, change) DO UPDATE SET account_id = excluded.account_id`;

/** Changes in one transaction. */
const FIND_BATCH = 2_000;

/** Gives a change the account that it is about from now on. Only within a write. */
export function nameAccount(db: SqliteDatabase, run: Run, change: number, accountId: string): void {
  db.run(NAME, run.no, change, accountId);
}

export function sqliteFinds(store: SqliteStore): FindsLedger {
  const { db } = store;

  return {
    async findByLedger(run, to) {
      if (db.get(HAS_CLIENT_KEY, run.no) === undefined) return;
      const bank = store.bankOf(run);
      await inBatches(store, run, { to, size: FIND_BATCH }, (after, last) => {
        db.run(FIND_BY_LINK, run.no, after, last, bank);
      });
    },

    forgetUnfound: (run) => store.write(() => void db.run(FORGET_UNFOUND, run.no)),

    readToFind: async (run, page) => readUnfoundPage(store, run, page),

    recordFound(run, found) {
      return store.write(() => {
        for (const each of found) recordFound(db, run, each);
      });
    },

    readToPlan: async (run, page) => readFoundPage(store, run, page),

    readStored: async (run, change, accountId) => readOne(store, run, change, accountId),
    readStoredOf: async (run, changes) => readSome(store, run, changes),

    async listNamed(run, limit) {
      return db.all<{ id: string }>(LIST_NAMED, run.no, limit).map(({ id }) => id);
    },

    async findUnlinked(run, to) {
      return db.get<{ key: string }>(FIND_UNLINKED, run.no, to)?.key;
    },
  };
}

/** Only within a write. */
function recordFound(db: SqliteDatabase, run: Run, { change, accountId, verdict, seen }: LookUpEnd): void {
  if (verdict !== null) recordEnd(db, run, change, verdict, null);
  else db.run(RECORD_FOUND, run.no, change, accountId, seen?.atMs ?? null, encodeSeen(seen));
}
