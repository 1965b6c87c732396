/**
 * Finds accounts in SQLite: which account each change is about, by its own id, a link, or what the caller learnt from the bank's look-up.
 * Also the walk over open changes, which planning shares.
 */
import type { Actual } from "../../plan/actual.ts";
import type { Desired } from "../../read/change.ts";
import type { FindsLedger, LookUpEnd, Page, SeenAccount, StoredChange } from "../ledger.ts";
import type { Run } from "../run.ts";
import { accountIdIn, amongAccountKeys, clientIdIn, isAccountKey, isClientKey } from "./change-keys.ts";
import type { SqliteDatabase } from "./database.ts";
import { decodeProvenance } from "./rows.ts";
import { recordSeen } from "./seen.ts";
import { encodeList, internal, type SqliteStore } from "./store.ts";

interface ChangeShape {
  readonly change: number;
  readonly key: string;
  readonly begun: number;
  readonly desired: string;
  readonly account_id: string | null;
  readonly from_run: string | null;
  readonly from_row: number | null;
  readonly seen: string | null;
  readonly seen_at: number | null;
}

function decodeChange(shape: ChangeShape): StoredChange {
  return {
    change: shape.change,
    key: shape.key,
    desired: JSON.parse(shape.desired) as Desired,
    accountId: shape.account_id,
    provenance: decodeProvenance(shape),
    begun: shape.begun,
    lookedUp: decodeSeen(shape),
  };
}

function decodeSeen({ seen, seen_at: atMs }: ChangeShape): SeenAccount | null {
  return seen === null || atMs === null ? null : { account: (JSON.parse(seen) as Actual).account, atMs };
}

const COLUMNS = "c.change, c.key, c.begun, d.desired, c.account_id, r.from_run, r.from_row";

/** Changes of one state in order, above one number and up to another. */
export const READ_OPEN = `SELECT ${COLUMNS}, s.actual AS seen, c.planned_at AS seen_at
  FROM changes c INDEXED BY changes_open CROSS JOIN rows r ON r.run = c.run AND r.row = c.change
  CROSS JOIN desires d ON d.run = c.run AND d.change = c.change
  LEFT JOIN seen s ON c.planned_at IS NOT NULL AND s.run = c.run AND s.change = c.change
  WHERE c.run = ? AND c.state = ? AND c.state <> 'done' AND c.change > ? AND c.change <= ? ORDER BY c.change LIMIT ?`;

const READ_STORED = `SELECT ${COLUMNS}, NULL AS seen, NULL AS seen_at FROM changes c JOIN rows r ON r.run = c.run AND r.row = c.change
  JOIN desires d ON d.run = c.run AND d.change = c.change WHERE c.run = ? AND c.change = ?`;

export const FIND_UNLINKED = `SELECT key FROM changes INDEXED BY changes_open
  WHERE run = ? AND state = 'found' AND state <> 'done' AND change <= ? AND account_id IS NULL ORDER BY change LIMIT 1`;

/** The accounts that a file names by their own id. */
export const LIST_NAMED = `SELECT ${accountIdIn("key")} AS id FROM changes
  WHERE run = ? AND ${amongAccountKeys("key")} LIMIT ?`;

const END_OF_BATCH = `SELECT max(change) AS last FROM (SELECT change FROM changes INDEXED BY changes_open
  WHERE run = ? AND state = 'read' AND state <> 'done' AND change > ? AND change <= ? ORDER BY change LIMIT ?)`;

const IN_BATCH = "changes.run = ?1 AND state = 'read' AND state <> 'done' AND change > ?2 AND change <= ?3";

const FIND_BY_ID = `UPDATE changes INDEXED BY changes_open
  SET state = 'found', account_id = ${accountIdIn("key")}
  WHERE ${IN_BATCH} AND ${isAccountKey("key")}`;

const FIND_BY_LINK = `UPDATE changes INDEXED BY changes_open SET state = 'found', account_id = links.account_id
  FROM links WHERE ${IN_BATCH} AND links.bank = ?4
  AND links.client_account_id = ${clientIdIn("key")} AND ${isClientKey("key")}`;

const RECORD_FOUND = `UPDATE changes SET state = ?, account_id = coalesce(?, account_id), word = ?, issues = ?, planned_at = ?, begun = 0
  WHERE run = ? AND change = ? AND state = 'read'`;

/** Changes in one transaction, so that other processes get their turn on a long file. */
const FIND_BATCH = 2_000;

export function sqliteFinds(store: SqliteStore): FindsLedger {
  const { db } = store;

  const readOpen = (run: Run, state: "read" | "found", { after, limit }: Page, maxChange: number) =>
    db.all<ChangeShape>(READ_OPEN, run.no, state, after, maxChange, limit).map(decodeChange);

  const findBatch = (run: Run, after: number, maxChange: number): number | null => {
    const last = db.get<{ last: number | null }>(END_OF_BATCH, run.no, after, maxChange, FIND_BATCH)?.last ?? null;
    if (last === null) return null;
    db.run(FIND_BY_ID, run.no, after, last);
    db.run(FIND_BY_LINK, run.no, after, last, store.bankOf(run));
    return last;
  };

  return {
    async findByLedger(run, maxChange) {
      for (let after: number | null = 0; after !== null; ) {
        const from: number = after;
        after = await store.write(() => findBatch(run, from, maxChange));
      }
    },

    async readToFind(run, page, maxChange) {
      return readOpen(run, "read", page, maxChange);
    },

    recordFound(run, found) {
      return store.write(() => {
        for (const each of found) recordFound(db, run, each);
      });
    },

    async readToPlan(run, page, maxChange) {
      return readOpen(run, "found", page, maxChange);
    },

    async readStored(run, change) {
      const shape = db.get<ChangeShape>(READ_STORED, run.no, change);
      if (shape === undefined) throw internal(`run ${run.id} has no change ${change}`);
      return decodeChange(shape);
    },

    async listNamed(run, limit) {
      return db.all<{ id: string }>(LIST_NAMED, run.no, limit).map(({ id }) => id);
    },

    async findUnlinked(run, maxChange) {
      return db.get<{ key: string }>(FIND_UNLINKED, run.no, maxChange)?.key;
    },
  };
}

/** Only within a write. */
function recordFound(db: SqliteDatabase, run: Run, { change, accountId, verdict, seen }: LookUpEnd): void {
  const state = verdict === null ? "found" : "done";
  const issues = verdict === null ? null : encodeList(verdict.issues);
  const word = verdict?.word ?? null;
  const isNew = db.run(RECORD_FOUND, state, accountId, word, issues, seen?.atMs ?? null, run.no, change) > 0;
  if (!isNew || seen === null) return;
  const actual: Actual = { account: seen.account, relationships: null };
  recordSeen(db, run, change, JSON.stringify(actual));
}
