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

export const THIRD_VERSION = USER_TIMES;
