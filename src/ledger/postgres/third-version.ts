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

export const THIRD_VERSION = USER_TIMES + TIED_OUT + FILINGS;
