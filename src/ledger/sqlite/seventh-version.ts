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

export const SEVENTH_VERSION = USER_TIMES + TIED_OUT + FILINGS;
