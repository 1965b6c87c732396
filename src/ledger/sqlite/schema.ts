/**
 * The tables of the SQLite ledger and the way from an older version to the present one. An open database comes in, the
 * same at the present version goes out; a newer one is never touched.
 *
 * `run` and `bank` are the internal numbers, times are wall-clock milliseconds, lists and objects are JSON text with
 * NULL for an empty list. A change carries the number of its first row, so only further rows need an index to be found
 * by it. Changes that are done fall out of every index but the key's, so that the open ones of a long run are at hand.
 *
 * What is long and written once, what is desired and what was seen, has tables of its own, with a rowid: a change is
 * written anew at each step, and a table without one keeps whole rows in the inner pages of its tree.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { SqliteDatabase } from "./database.ts";

/** "Tie1" in the file's header (PRAGMA application_id), so that another program's database is left alone. */
export const APPLICATION_ID = 0x54696531;

const FIRST = `
CREATE TABLE banks (
  no INTEGER PRIMARY KEY, api_url TEXT NOT NULL, client_id TEXT NOT NULL, UNIQUE (api_url, client_id)
) STRICT;

CREATE TABLE runs (
  no INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, bank INTEGER NOT NULL, kind TEXT NOT NULL,
  job TEXT NOT NULL, job_path TEXT NOT NULL, sha256 TEXT NOT NULL, file TEXT NOT NULL, rerun_of TEXT, reason TEXT,
  started_at INTEGER NOT NULL, stage TEXT NOT NULL DEFAULT 'read', reading TEXT, proof TEXT NOT NULL DEFAULT 'open',
  rejection TEXT, rows INTEGER NOT NULL DEFAULT 0, publications INTEGER NOT NULL DEFAULT 0, exit INTEGER,
  ended_at INTEGER, summary TEXT
) STRICT;
CREATE INDEX runs_of_job ON runs (bank, job, sha256);

CREATE TABLE files (
  bank INTEGER NOT NULL, job TEXT NOT NULL, place TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL, run INTEGER,
  PRIMARY KEY (bank, job, place, key, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE rows (
  run INTEGER NOT NULL, row INTEGER NOT NULL, byte_offset INTEGER NOT NULL, cells TEXT, change INTEGER, word TEXT,
  issues TEXT, from_run TEXT, from_row INTEGER,
  PRIMARY KEY (run, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX rows_joined ON rows (run, change) WHERE change <> row;

CREATE TABLE changes (
  run INTEGER NOT NULL, change INTEGER NOT NULL, key TEXT NOT NULL, state TEXT NOT NULL, to_fold INTEGER,
  account_id TEXT, word TEXT, at INTEGER, touch INTEGER, planned_at INTEGER, based_on TEXT, issues TEXT,
  differences TEXT, desired TEXT NOT NULL,
  PRIMARY KEY (run, change), UNIQUE (run, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX changes_open ON changes (run, state, change) WHERE state <> 'done';
CREATE INDEX changes_to_fold ON changes (run, change) WHERE to_fold = 1;
CREATE INDEX changes_by_account ON changes (run, account_id) WHERE state = 'found' AND account_id IS NOT NULL;
CREATE INDEX changes_unknown ON changes (run, change) WHERE word = 'unknown';

CREATE TABLE operations (
  run INTEGER NOT NULL, change INTEGER NOT NULL, step INTEGER NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, in_doubt INTEGER NOT NULL DEFAULT 0, first_sent_at INTEGER, http_status INTEGER,
  issue TEXT, generation INTEGER NOT NULL, key TEXT NOT NULL, body_hash TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (run, change, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE key_generations (
  bank INTEGER NOT NULL, name TEXT NOT NULL, generation INTEGER NOT NULL, PRIMARY KEY (bank, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE links (
  no INTEGER PRIMARY KEY, bank INTEGER NOT NULL, client_account_id TEXT NOT NULL, account_id TEXT NOT NULL,
  UNIQUE (bank, client_account_id)
) STRICT;
CREATE INDEX links_latest ON links (bank, no);

CREATE TABLE accounts (
  bank INTEGER NOT NULL, identity TEXT NOT NULL, touch INTEGER NOT NULL, effective_at TEXT NOT NULL DEFAULT '',
  applied_by_run INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (bank, identity)
) STRICT, WITHOUT ROWID;

CREATE TABLE claims (
  bank INTEGER NOT NULL, identity TEXT NOT NULL, run INTEGER NOT NULL, change INTEGER NOT NULL,
  PRIMARY KEY (bank, identity)
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
  name TEXT PRIMARY KEY, owner TEXT NOT NULL, token INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

const SECOND = `
CREATE TABLE facts (
  run INTEGER NOT NULL, id TEXT NOT NULL, fact TEXT, PRIMARY KEY (run, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE desires (
  run INTEGER NOT NULL, change INTEGER NOT NULL, desired TEXT NOT NULL, PRIMARY KEY (run, change)
) STRICT;
INSERT INTO desires SELECT run, change, desired FROM changes;
ALTER TABLE changes DROP COLUMN desired;
ALTER TABLE changes DROP COLUMN based_on;

CREATE TABLE seen (
  run INTEGER NOT NULL, change INTEGER NOT NULL, actual TEXT NOT NULL, PRIMARY KEY (run, change)
) STRICT;

ALTER TABLE operations ADD COLUMN first_sent_bank_at INTEGER;
ALTER TABLE operations ADD COLUMN last_sent_at INTEGER;
ALTER TABLE changes ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN keys_in TEXT;
ALTER TABLE runs ADD COLUMN without_ledger INTEGER NOT NULL DEFAULT 0;
`;

/** `near_id` is near-id.ts, which every connection of ours knows. */
const THIRD = `
ALTER TABLE runs ADD COLUMN by_name INTEGER NOT NULL DEFAULT 0;

ALTER TABLE files RENAME TO files_before;
CREATE TABLE files (
  bank INTEGER NOT NULL, job TEXT NOT NULL, place TEXT NOT NULL, key TEXT NOT NULL, etag TEXT NOT NULL,
  modified INTEGER NOT NULL, sha256 TEXT, run INTEGER,
  PRIMARY KEY (bank, job, place, key, etag, modified)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO files (bank, job, place, key, etag, modified, run)
  SELECT bank, job, place, key, '"' || trim(iif(version LIKE 'W/%', substr(version, 3), version), '"') || '"', 0, run
  FROM files_before;
DROP TABLE files_before;

CREATE TABLE jobs (
  bank INTEGER NOT NULL, job TEXT NOT NULL, path TEXT NOT NULL, mark TEXT NOT NULL, PRIMARY KEY (bank, job)
) STRICT, WITHOUT ROWID;

ALTER TABLE links ADD COLUMN near TEXT NOT NULL DEFAULT '';
UPDATE links SET near = near_id(client_account_id);
CREATE INDEX links_near ON links (bank, near);
CREATE TABLE near_ids (
  run INTEGER NOT NULL, near TEXT NOT NULL, change INTEGER NOT NULL, PRIMARY KEY (run, near, change)
) STRICT, WITHOUT ROWID;
ALTER TABLE runs ADD COLUMN accepts TEXT;
ALTER TABLE runs ADD COLUMN published INTEGER NOT NULL DEFAULT 0;
ALTER TABLE changes ADD COLUMN misanswered INTEGER NOT NULL DEFAULT 0;
CREATE INDEX links_by_account ON links (bank, account_id);
ALTER TABLE runs ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN abandoned TEXT;

CREATE TABLE kept (
  bank INTEGER NOT NULL, account_id TEXT NOT NULL, field TEXT NOT NULL, wanted TEXT NOT NULL, held TEXT NOT NULL,
  is_form INTEGER NOT NULL,
  PRIMARY KEY (bank, account_id, field)
) STRICT, WITHOUT ROWID;
`;

/**
 * In the version before, a document is named by its id alone, and an empty list of documents says nothing. `key_name` is what
 * the names of a bank's operations are made of, and never changes; `program` is what people call it. `batch_of` is
 * batch.ts, which every connection of ours knows; `batch` is the folded id, `corrects` the id of a run.
 */
const FOURTH = `
UPDATE kept SET field = field || ' (' || substr(wanted, 1, instr(wanted || ' ', ' ') - 1) || ')'
  WHERE field LIKE 'documents.%';
UPDATE desires SET desired = json_remove(desired, '$.documents')
  WHERE desired LIKE '%"documents":[]%' AND desired ->> '$.documents' = '[]';

CREATE TABLE own_ids (
  bank INTEGER NOT NULL, kind TEXT NOT NULL, own_id TEXT NOT NULL, id TEXT NOT NULL, run TEXT NOT NULL,
  at INTEGER NOT NULL, status INTEGER NOT NULL,
  PRIMARY KEY (bank, kind, own_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE resolutions (
  run INTEGER NOT NULL, change INTEGER NOT NULL, ids TEXT NOT NULL, PRIMARY KEY (run, change)
) STRICT;

ALTER TABLE banks RENAME COLUMN client_id TO key_name;
ALTER TABLE banks ADD COLUMN program TEXT NOT NULL DEFAULT '';
ALTER TABLE banks ADD COLUMN named INTEGER NOT NULL DEFAULT 0;
UPDATE banks SET program = key_name;
CREATE UNIQUE INDEX banks_by_program ON banks (api_url, program);
CREATE TABLE clients (
  api_url TEXT NOT NULL, client_id TEXT NOT NULL, bank INTEGER NOT NULL, PRIMARY KEY (api_url, client_id)
) STRICT;
INSERT INTO clients (api_url, client_id, bank) SELECT api_url, key_name, no FROM banks;

ALTER TABLE rows ADD COLUMN notes TEXT;
ALTER TABLE runs ADD COLUMN batch TEXT;
ALTER TABLE runs ADD COLUMN version INTEGER;
ALTER TABLE runs ADD COLUMN corrects TEXT;
UPDATE runs SET (batch, version) = (SELECT batch_of(file ->> '$.key') ->> '$.id', batch_of(file ->> '$.key') ->> '$.version');
CREATE INDEX runs_of_batch ON runs (bank, job, batch) WHERE batch IS NOT NULL;
`;

/** Each takes the ledger from the version of its place in the list to the next. A published one never changes. */
export const MIGRATIONS: readonly string[] = [FIRST, SECOND, THIRD, FOURTH];

/** The version that this program writes (PRAGMA user_version). */
export const SCHEMA_VERSION = MIGRATIONS.length;

function readPragma(db: SqliteDatabase, name: "user_version" | "application_id"): number {
  return db.get<Record<string, number>>(`PRAGMA ${name}`)?.[name] ?? 0;
}

/** Throws FatalError `ledger_unusable` for another program's database and for a version of the future. */
function checkSchema(db: SqliteDatabase): number {
  const version = readPragma(db, "user_version");
  const isOurs = readPragma(db, "application_id") === APPLICATION_ID;
  if (!isOurs && (version > 0 || db.get("SELECT 1 FROM sqlite_schema") !== undefined)) {
    throw new FatalError("ledger_unusable", `the database ${db.path} is not a Tieout ledger`, {
      hint: "set TIEOUT_LEDGER to another path",
    });
  }
  if (version > SCHEMA_VERSION) {
    const message = `the ledger ${db.path} has version ${version}, and this Tieout supports up to ${SCHEMA_VERSION}`;
    throw new FatalError("ledger_unusable", message, {
      hint: "use a newer Tieout, or set TIEOUT_LEDGER to another path",
    });
  }
  return version;
}

/** Brings the schema to the present version, in one transaction, whichever of several processes comes first. */
export function migrate(db: SqliteDatabase): void {
  if (checkSchema(db) === SCHEMA_VERSION) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    for (const migration of MIGRATIONS.slice(checkSchema(db))) db.exec(migration);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  } catch (error) {
    if (db.inTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
