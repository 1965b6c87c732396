/**
 * Known files in SQLite: which objects of a place a job has taken or skipped. Never reads a file.
 *
 * `modified` is the second of the last modification, 0 where nobody said it: entries of older ledgers have none, and match
 * by ETag alone. `sha256` is that of skipped objects; the bytes of the others are known by their runs.
 */
import type { StoredFile } from "../../store/file-store.ts";
import type { FilesLedger, KeyTest, SeenFile } from "../ledger.ts";
import type { SqliteDatabase, SqlValue } from "./database.ts";
import type { SqliteStore } from "./store.ts";

/** Whole seconds: a listing may be finer than the answer for one object. */
function secondOf({ lastModifiedMs }: StoredFile): number {
  return Math.floor(lastModifiedMs / 1000);
}

const OF_KEY = "bank = ? AND job = ? AND place = ? AND key = ?";

const FIND = `SELECT max(modified = ?6) AS exact FROM files
  WHERE bank = ?1 AND job = ?2 AND place = ?3 AND key = ?4 AND etag = ?5 AND modified IN (?6, 0)`;

const BELOW = "bank = ?1 AND job = ?2 AND place = ?3 AND substr(key, 1, length(?4)) = ?4";

/**
 * A run whose file was rejected for what can come right has left no entry, and yet the job has begun there. One file that
 * was named by hand is no beginning.
 */
const LIST_BEGUN = `SELECT key FROM files WHERE ${BELOW}
    AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.no = files.run AND runs.by_name = 1)
  UNION ALL SELECT file ->> '$.key' AS key FROM runs WHERE bank = ?1 AND job = ?2 AND kind = 'run' AND by_name = 0
    AND file ->> '$.place' = ?3 AND substr(file ->> '$.key', 1, length(?4)) = ?4`;

/** Of the run that took the file in place of an earlier version of its batch. */
const IS_REPLACED = `EXISTS (SELECT 1 FROM runs WHERE runs.no = files.run AND runs.batch IS NOT NULL
  AND runs.file ->> '$.key' <> files.key)`;

const LIST_LAST = `SELECT key FROM files WHERE ${BELOW} AND run IS NOT NULL AND NOT ${IS_REPLACED} ORDER BY run DESC`;

const IS_SKIPPED = `SELECT 1 FROM files WHERE ${OF_KEY} GROUP BY key
  HAVING count(iif(${IS_REPLACED}, NULL, run)) = 0 AND max(etag = ? OR sha256 IS ?) = 1`;

const LIST_REPLACED = `SELECT DISTINCT key FROM files JOIN runs ON runs.no = files.run
  WHERE files.run = ?1 AND files.bank = runs.bank AND files.job = runs.job
    AND batch_of(files.key) ->> '$.id' = runs.batch AND batch_of(files.key) ->> '$.version' < runs.version ORDER BY key`;

const GIVE_TIME = `UPDATE OR REPLACE files SET modified = ? WHERE ${OF_KEY} AND etag = ? AND modified = 0`;

/** What was under the key before the time was kept says nothing of an object that has one. */
const FORGET_TIMELESS = `DELETE FROM files WHERE ${OF_KEY} AND modified = 0 AND modified <> ?`;

const RECORD = `INSERT INTO files (bank, job, place, key, etag, modified, sha256, run) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET run = coalesce(excluded.run, run), sha256 = coalesce(excluded.sha256, sha256)`;

export interface FilesOf {
  /** The bank's number. */
  readonly bank: number;
  readonly job: string;
  readonly place: string;
}

/** Only within a write. */
export function recordFiles(
  db: SqliteDatabase,
  { bank, job, place }: FilesOf,
  files: readonly SeenFile[],
  run: number | null,
): void {
  for (const file of files) {
    const { key, etag, sha256 } = file;
    const second = secondOf(file);
    db.run(GIVE_TIME, second, bank, job, place, key, etag);
    db.run(FORGET_TIMELESS, bank, job, place, key, second);
    db.run(RECORD, bank, job, place, key, etag, second, sha256 ?? null, run);
  }
}

export function sqliteFiles(store: SqliteStore): FilesLedger {
  const { db } = store;
  /** All keys are looked at only where not each of them is meant. */
  const findKey = (sql: string, values: SqlValue[], isOwn: KeyTest | undefined) =>
    isOwn === undefined
      ? db.get<{ key: string }>(`${sql} LIMIT 1`, ...values)?.key
      : db.all<{ key: string }>(sql, ...values).find(({ key }) => isOwn(key))?.key;
  return {
    async findKnown(bank, job, place, files) {
      const no = store.findBank(bank) ?? null;
      const known = new Map<number, "stamp" | "etag">();
      for (const [index, file] of files.entries()) {
        const found = db.get<{ exact: 0 | 1 | null }>(FIND, no, job, place, file.key, file.etag, secondOf(file));
        if (found?.exact != null) known.set(index, found.exact === 1 ? "stamp" : "etag");
      }
      return known;
    },

    async isFirstStart(bank, job, place, prefix, isOwn) {
      return findKey(LIST_BEGUN, [store.findBank(bank) ?? null, job, place, prefix], isOwn) === undefined;
    },

    async findLastTaken(bank, job, place, prefix, isOwn) {
      return findKey(LIST_LAST, [store.findBank(bank) ?? null, job, place, prefix], isOwn);
    },

    async isSkipped(bank, job, { place, key, etag, sha256 }) {
      return db.get(IS_SKIPPED, store.findBank(bank) ?? null, job, place, key, etag, sha256) !== undefined;
    },

    async listReplaced({ no }) {
      return db.all<{ key: string }>(LIST_REPLACED, no).map(({ key }) => key);
    },

    recordSeen(bank, job, place, files, run) {
      return store.write(() =>
        recordFiles(db, { bank: store.openBank(bank), job, place }, files, run === null ? null : run.no),
      );
    },
  };
}
