/**
 * The statements that make a SQLite ledger and take it from each version to the next. Text only.
 *
 * `run` and `bank` are the internal numbers, times are wall-clock milliseconds, lists and objects are JSON text with
 * NULL for an empty list. A change carries the number of its first row, so only further rows need an index to be found
 * by it. Tables of a run are keyed by its rows, so each is written at its end and read in ranges.
 *
 * A step of the way is a row of its own, written once: a change is read (changes), found (finds), planned (plans, operations),
 * sent (sendings) and ended (ends). What it is now, those tables say together.
 */
import { SEVENTH_VERSION } from "./seventh-version.ts";
import { SIXTH_VERSION } from "./sixth-version.ts";

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

/**
 * One table for each step in place of one row that is written anew at each. A row that has `run` in `accounts` is claimed. `touch`
 * now also numbers the generations of keys, so it must be above each that was used; an account whose one attempt was absent had no
 * row. `effective_order` is instantOrder of instant.ts, which every connection of ours knows. How many calls a run of the version before
 * has made is not known.
 */
const FIFTH = `
DROP INDEX changes_open;
DROP INDEX changes_to_fold;
DROP INDEX changes_by_account;
DROP INDEX changes_unknown;
ALTER TABLE changes RENAME TO changes_before;
ALTER TABLE operations RENAME TO operations_before;

CREATE TABLE changes (
  run INTEGER NOT NULL, change INTEGER NOT NULL, key TEXT NOT NULL, begun INTEGER NOT NULL DEFAULT 0, to_fold INTEGER,
  PRIMARY KEY (run, change), UNIQUE (run, key)
) STRICT, WITHOUT ROWID;
INSERT INTO changes (run, change, key) SELECT run, change, key FROM changes_before;
CREATE INDEX changes_to_fold ON changes (run, change) WHERE to_fold = 1;

CREATE TABLE finds (
  run INTEGER NOT NULL, change INTEGER NOT NULL, account_id TEXT, at INTEGER, seen TEXT, PRIMARY KEY (run, change)
) STRICT, WITHOUT ROWID;
INSERT INTO finds (run, change, account_id) SELECT run, change, account_id FROM changes_before
  WHERE state <> 'read' AND (account_id IS NOT NULL OR state = 'found') AND substr(key, 1, 7) = 'client:';
CREATE INDEX finds_by_account ON finds (run, account_id, change) WHERE account_id IS NOT NULL;

CREATE TABLE plans (
  run INTEGER NOT NULL, change INTEGER NOT NULL, at INTEGER NOT NULL, touch INTEGER NOT NULL, notes TEXT, differences TEXT,
  seen TEXT, resolutions TEXT, PRIMARY KEY (run, change)
) STRICT, WITHOUT ROWID;
INSERT INTO plans (run, change, at, touch, notes, differences, seen, resolutions)
  SELECT c.run, c.change, c.planned_at, c.touch, iif(c.word IS NULL, c.issues, NULL), c.differences, s.actual, r.ids
  FROM changes_before c LEFT JOIN seen s ON s.run = c.run AND s.change = c.change
  LEFT JOIN resolutions r ON r.run = c.run AND r.change = c.change
  WHERE c.planned_at IS NOT NULL AND c.touch IS NOT NULL;

CREATE TABLE ends (
  run INTEGER NOT NULL, change INTEGER NOT NULL, word TEXT NOT NULL, issues TEXT, at INTEGER, PRIMARY KEY (run, change)
) STRICT, WITHOUT ROWID;
INSERT INTO ends (run, change, word, issues, at) SELECT run, change, word, issues, at FROM changes_before WHERE word IS NOT NULL;
CREATE INDEX ends_unknown ON ends (run, change) WHERE word = 'unknown';

CREATE TABLE operations (
  run INTEGER NOT NULL, change INTEGER NOT NULL, step INTEGER NOT NULL, kind TEXT NOT NULL, generation INTEGER NOT NULL,
  key TEXT NOT NULL, body_hash TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (run, change, step)
) STRICT, WITHOUT ROWID;
INSERT INTO operations SELECT run, change, step, kind, generation, key, body_hash, body FROM operations_before;

CREATE TABLE sendings (
  run INTEGER NOT NULL, change INTEGER NOT NULL, step INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
  in_doubt INTEGER NOT NULL DEFAULT 0, misanswered INTEGER NOT NULL DEFAULT 0, first_at INTEGER, first_bank_at INTEGER,
  last_at INTEGER, http_status INTEGER, issue TEXT, PRIMARY KEY (run, change, step)
) STRICT, WITHOUT ROWID;
INSERT INTO sendings
  SELECT o.run, o.change, o.step, iif(o.state = 'skipped', 'planned', o.state), o.attempts, o.in_doubt,
    iif(o.step = 1, c.misanswered, 0), o.first_sent_at, o.first_sent_bank_at, o.last_sent_at, o.http_status, o.issue
  FROM operations_before o JOIN changes_before c ON c.run = o.run AND c.change = o.change
  WHERE o.attempts > 0 OR o.in_doubt = 1 OR o.state NOT IN ('planned', 'skipped');

ALTER TABLE accounts ADD COLUMN effective_order TEXT;
ALTER TABLE accounts ADD COLUMN run INTEGER;
ALTER TABLE accounts ADD COLUMN change INTEGER;
ALTER TABLE accounts ADD COLUMN at_work INTEGER NOT NULL DEFAULT 0;
INSERT OR IGNORE INTO accounts (bank, identity, touch) SELECT r.bank, name.value, 0
  FROM operations_before o JOIN changes_before c ON c.run = o.run AND c.change = o.change JOIN runs r ON r.no = o.run,
    json_each(json_array(c.key, 'account:' || c.account_id)) name
  WHERE o.attempts > 0 AND name.value IS NOT NULL;
UPDATE accounts SET effective_order = instant_order(effective_at),
  touch = touch + coalesce((SELECT max(generation) FROM key_generations k WHERE k.bank = accounts.bank), 0)
    + coalesce((SELECT max(generation) FROM operations_before), 0);
INSERT INTO accounts (bank, identity, touch, run, change) SELECT bank, identity, 0, run, change FROM claims WHERE true
  ON CONFLICT (bank, identity) DO UPDATE SET run = excluded.run, change = excluded.change;
CREATE INDEX accounts_held ON accounts (run, change) WHERE run IS NOT NULL;

ALTER TABLE runs ADD COLUMN reads INTEGER;
ALTER TABLE runs ADD COLUMN writes INTEGER;
ALTER TABLE runs ADD COLUMN least_reads INTEGER;
ALTER TABLE runs ADD COLUMN least_writes INTEGER;
ALTER TABLE runs ADD COLUMN calling INTEGER NOT NULL DEFAULT 0;

DROP TABLE near_ids;
CREATE TABLE near_ids (
  run INTEGER NOT NULL, near TEXT NOT NULL, change INTEGER NOT NULL, client_account_id TEXT NOT NULL,
  PRIMARY KEY (run, near, change)
) STRICT, WITHOUT ROWID;

DROP TABLE operations_before;
DROP TABLE changes_before;
DROP TABLE seen;
DROP TABLE resolutions;
DROP TABLE claims;
DROP TABLE key_generations;
`;

/** Each takes the ledger from the version of its place in the list to the next. A published one never changes. */
export const MIGRATIONS: readonly string[] = [FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH_VERSION, SEVENTH_VERSION];
