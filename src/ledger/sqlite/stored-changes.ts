/**
 * Reads changes that are open in SQLite, a page at a time, each with all that planning needs of the ledger: its first row, the account it
 * is about, and what is remembered of that.
 */
import { accountKey } from "../../change-keys.ts";
import type { Page, StoredChange } from "../ledger.ts";
import type { Run } from "../run.ts";
import { isAccountKey, isClientKey } from "../sql/change-keys.ts";
import {
  type ChangeShape,
  COLUMNS,
  decodeChange,
  IDENTITY,
  MEMORY,
  NO_MEMORY,
  WITH_FIRST_ROW,
} from "../sql/change-shape.ts";
import { isOpen, isUnplanned } from "../sql/conditions.ts";
import { internal } from "../sql/errors.ts";
import { readKept } from "./kept.ts";
import type { SqliteStore } from "./store.ts";

const IN_PAGE = `c.run = ?1 AND c.change > ?2 AND c.change <= ?3 AND ${isOpen("c")}`;

export const READ_UNFOUND = `SELECT ${COLUMNS}, ${NO_MEMORY} FROM changes c ${WITH_FIRST_ROW}
  WHERE ${IN_PAGE} AND ${isClientKey("c.key")} AND f.change IS NULL ORDER BY c.change LIMIT ?4`;

export const READ_FOUND = `SELECT ${COLUMNS}, ${MEMORY}, f.seen, f.at AS seen_at FROM changes c ${WITH_FIRST_ROW}
  LEFT JOIN accounts a ON a.bank = ?5 AND a.identity = ${IDENTITY}
  WHERE ${IN_PAGE} AND (${isAccountKey("c.key")} OR f.change IS NOT NULL)
    AND ${isUnplanned("c")} ORDER BY c.change LIMIT ?4`;

const READ_ONE = `SELECT ${COLUMNS}, ${MEMORY}, NULL AS seen, NULL AS seen_at FROM changes c ${WITH_FIRST_ROW}
  LEFT JOIN accounts a ON a.bank = ?3 AND a.identity = coalesce(?4, c.key) WHERE c.run = ?1 AND c.change = ?2`;

export const READ_SOME = `SELECT ${COLUMNS}, ${MEMORY}, NULL AS seen, NULL AS seen_at FROM changes c ${WITH_FIRST_ROW}
  LEFT JOIN accounts a ON a.bank = ?3 AND a.identity = ${IDENTITY}
  WHERE c.run = ?1 AND c.change IN (SELECT value FROM json_each(?2)) ORDER BY c.change`;

export function readUnfoundPage({ db }: SqliteStore, run: Run, { after, to, limit }: Page): readonly StoredChange[] {
  const shapes = db.all<ChangeShape>(READ_UNFOUND, run.no, after, to ?? Number.MAX_SAFE_INTEGER, limit);
  return shapes.map((shape) => ({ ...decodeChange(shape), kept: [] }));
}

export function readFoundPage(store: SqliteStore, run: Run, { after, to, limit }: Page): readonly StoredChange[] {
  const bank = store.bankOf(run);
  const shapes = store.db.all<ChangeShape>(READ_FOUND, run.no, after, to ?? Number.MAX_SAFE_INTEGER, limit, bank);
  const kept = readKept(store, run, shapes);
  return shapes.map((shape) => ({ ...decodeChange(shape), kept: kept(shape.account_id) }));
}

export function readOne(store: SqliteStore, run: Run, change: number, accountId: string | null): StoredChange {
  const identity = accountId === null ? null : accountKey(accountId);
  const shape = store.db.get<ChangeShape>(READ_ONE, run.no, change, store.bankOf(run), identity);
  if (shape === undefined) throw internal(`run ${run.id} has no change ${change}`);
  return { ...decodeChange(shape), accountId, kept: readKept(store, run, [{ account_id: accountId }])(accountId) };
}

export function readSome(store: SqliteStore, run: Run, changes: readonly number[]): readonly StoredChange[] {
  const shapes = store.db.all<ChangeShape>(READ_SOME, run.no, JSON.stringify(changes), store.bankOf(run));
  const kept = readKept(store, run, shapes);
  return shapes.map((shape) => ({ ...decodeChange(shape), kept: kept(shape.account_id) }));
}
