/**
 * The statements that take a SQLite ledger from version 6 to 7: what is kept of accounts that were tied out, and of those that snapshots hold.
 * Text only. They only add, so a run of version 6 goes on.
 */
/** When each authorized user of an account was last added or removed: its times are its own, not the account's. */
const USER_TIMES = `
CREATE TABLE user_times (
  bank INTEGER NOT NULL, account_id TEXT NOT NULL, entity_id TEXT NOT NULL, effective_at TEXT, effective_order TEXT, by_run INTEGER NOT NULL,
  PRIMARY KEY (bank, account_id, entity_id)
) STRICT, WITHOUT ROWID;`;

/**
 * `contents`: what a change wants, as a hash, of a run that may skip. `is_open`: a run is about to fetch the account, or has done so and did not
 * see it equal. `fetching`: what the run fetches.
 */
const TIED_OUT = `
ALTER TABLE runs ADD COLUMN fetching TEXT;
CREATE TABLE contents (
  run INTEGER NOT NULL, change INTEGER NOT NULL, content TEXT NOT NULL, gets INTEGER NOT NULL, PRIMARY KEY (run, change)
) STRICT, WITHOUT ROWID;
CREATE TABLE tied_out (
  bank INTEGER NOT NULL, account_id TEXT NOT NULL, content TEXT NOT NULL, touch INTEGER NOT NULL, at INTEGER NOT NULL, run INTEGER NOT NULL,
  is_open INTEGER NOT NULL, PRIMARY KEY (bank, account_id)
) STRICT, WITHOUT ROWID;
`;

/** What is to be done with a run's file once the run is over: `ended` is NULL while it is due, `place` and `key` are of the archived copy. */
const FILINGS = `
CREATE TABLE filings (run INTEGER PRIMARY KEY, place TEXT, key TEXT, note TEXT, ended INTEGER) STRICT;
CREATE INDEX filings_due ON filings (run) WHERE ended IS NULL;
`;

/**
 * `snapshot_rows` is what each row of a snapshot names, kept until the next one is judged; a row below 0 is a value that the job lists.
 * `snapshot_accounts` are the accounts that a job's snapshots have held: `run` the last that did, `absent_since` the first that did not, and `done`
 * what was done to it since then. `absent_of` is the id of the run whose absent accounts a run works on.
 */
const SNAPSHOTS = `
CREATE TABLE snapshots (
  run INTEGER PRIMARY KEY, settings TEXT NOT NULL, counts TEXT, ending TEXT, approved INTEGER NOT NULL DEFAULT 0,
  owed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE snapshot_rows (
  run INTEGER NOT NULL, row INTEGER NOT NULL, scope TEXT, account_id TEXT, client_account_id TEXT, near TEXT, is_read INTEGER NOT NULL,
  PRIMARY KEY (run, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX snapshot_rows_by_account ON snapshot_rows (run, account_id) WHERE account_id IS NOT NULL;
CREATE INDEX snapshot_rows_by_near ON snapshot_rows (run, near) WHERE near IS NOT NULL;
CREATE INDEX snapshot_rows_by_scope ON snapshot_rows (run, scope) WHERE scope IS NOT NULL;
CREATE TABLE snapshot_accounts (
  bank INTEGER NOT NULL, job TEXT NOT NULL, account_id TEXT NOT NULL, client_account_id TEXT, near TEXT, scope TEXT,
  run INTEGER NOT NULL, absent_since INTEGER, done TEXT,
  PRIMARY KEY (bank, job, account_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX snapshots_owed ON snapshots (run) WHERE owed = 1;
CREATE INDEX snapshot_accounts_by_scope ON snapshot_accounts (bank, job, scope, run) WHERE scope IS NOT NULL;
CREATE INDEX snapshot_accounts_by_id ON snapshot_accounts (bank, account_id, absent_since);
CREATE INDEX snapshot_accounts_by_near ON snapshot_accounts (bank, job, near) WHERE near IS NOT NULL;
CREATE TABLE absent_accounts (
  run INTEGER NOT NULL, account_id TEXT NOT NULL, client_account_id TEXT, scope TEXT, held_by INTEGER, state TEXT NOT NULL,
  PRIMARY KEY (run, account_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX absent_accounts_by_id ON absent_accounts (account_id);
ALTER TABLE runs ADD COLUMN absent_of TEXT;
CREATE UNIQUE INDEX runs_of_absent ON runs (absent_of) WHERE absent_of IS NOT NULL AND rerun_of IS NULL;
`;

export const SEVENTH_VERSION = USER_TIMES + TIED_OUT + FILINGS + SNAPSHOTS;
