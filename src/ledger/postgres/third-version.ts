/**
 * The statements that take a PostgreSQL ledger from version 2 to 3, with the tables and columns that SQLite's version 7 adds
 * (sqlite/seventh-version.ts). Text only.
 */
/** When each authorized user of an account was last added or removed. */
const USER_TIMES = `
CREATE TABLE user_times (
  bank integer NOT NULL, account_id text COLLATE "C" NOT NULL, entity_id text COLLATE "C" NOT NULL,
  effective_at text COLLATE "C", effective_order text COLLATE "C", by_run integer NOT NULL, PRIMARY KEY (bank, account_id, entity_id)
);`;

const TIED_OUT = `
ALTER TABLE runs ADD COLUMN fetching text COLLATE "C";
CREATE TABLE contents (
  run integer NOT NULL, change integer NOT NULL, content text COLLATE "C" NOT NULL, gets integer NOT NULL, PRIMARY KEY (run, change)
);
CREATE TABLE tied_out (
  bank integer NOT NULL, account_id text COLLATE "C" NOT NULL, content text COLLATE "C" NOT NULL, touch integer NOT NULL, at bigint NOT NULL,
  run integer NOT NULL, is_open smallint NOT NULL, PRIMARY KEY (bank, account_id)
) WITH (fillfactor = 80);
`;

/** See the same table in sqlite/seventh-version.ts. */
const FILINGS = `
CREATE TABLE filings (
  run integer PRIMARY KEY, place text COLLATE "C", key text COLLATE "C", note text COLLATE "C", ended bigint
) WITH (fillfactor = 80);
CREATE INDEX filings_due ON filings (run) WHERE ended IS NULL;
`;

const SNAPSHOTS = `
CREATE TABLE snapshots (
  run integer PRIMARY KEY, settings text COLLATE "C" NOT NULL, counts text COLLATE "C", ending text COLLATE "C",
  approved smallint NOT NULL DEFAULT 0, owed smallint NOT NULL DEFAULT 0
);
CREATE TABLE snapshot_rows (
  run integer NOT NULL, row integer NOT NULL, scope text COLLATE "C", account_id text COLLATE "C", client_account_id text COLLATE "C",
  near text COLLATE "C", is_read smallint NOT NULL, PRIMARY KEY (run, row)
);
CREATE INDEX snapshot_rows_by_account ON snapshot_rows (run, account_id) WHERE account_id IS NOT NULL;
CREATE INDEX snapshot_rows_by_near ON snapshot_rows (run, near) WHERE near IS NOT NULL;
CREATE INDEX snapshot_rows_by_scope ON snapshot_rows (run, scope) WHERE scope IS NOT NULL;
CREATE TABLE snapshot_accounts (
  bank integer NOT NULL, job text COLLATE "C" NOT NULL, account_id text COLLATE "C" NOT NULL,
  client_account_id text COLLATE "C", near text COLLATE "C", scope text COLLATE "C", run integer NOT NULL, absent_since integer, done text COLLATE "C", PRIMARY KEY (bank, job, account_id)
);
CREATE INDEX snapshots_owed ON snapshots (run) WHERE owed = 1;
CREATE INDEX snapshot_accounts_by_scope ON snapshot_accounts (bank, job, scope, run) WHERE scope IS NOT NULL;
CREATE INDEX snapshot_accounts_by_id ON snapshot_accounts (bank, account_id, absent_since);
CREATE INDEX snapshot_accounts_by_near ON snapshot_accounts (bank, job, near) WHERE near IS NOT NULL;
CREATE TABLE absent_accounts (
  run integer NOT NULL, account_id text COLLATE "C" NOT NULL, client_account_id text COLLATE "C", scope text COLLATE "C", held_by integer,
  state text COLLATE "C" NOT NULL, PRIMARY KEY (run, account_id)
);
CREATE INDEX absent_accounts_by_id ON absent_accounts (account_id);
ALTER TABLE runs ADD COLUMN absent_of text COLLATE "C";
CREATE UNIQUE INDEX runs_of_absent ON runs (absent_of) WHERE absent_of IS NOT NULL AND rerun_of IS NULL;
`;

export const THIRD_VERSION = USER_TIMES + TIED_OUT + FILINGS + SNAPSHOTS;
