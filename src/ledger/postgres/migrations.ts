/**
 * The statements that make a PostgreSQL ledger and take it from each version to the next. Text only.
 *
 * `before` in `works` is the last chunk of the phase before. The other tables are those of SQLite (sqlite/migrations.ts), with the same columns, so that both are read the same way: flags are 0 and 1, times
 * are milliseconds, lists and objects are JSON text with NULL for an empty list. Text is compared by its bytes, whatever the database's
 * language. Tables whose rows are written again leave room for that in their pages.
 */
import { SECOND_VERSION } from "./second-version.ts";
import { THIRD_VERSION } from "./third-version.ts";

const FIRST = `
CREATE TABLE banks (
  no integer PRIMARY KEY, api_url text COLLATE "C" NOT NULL, key_name text COLLATE "C" NOT NULL,
  program text COLLATE "C" NOT NULL, named smallint NOT NULL DEFAULT 0,
  UNIQUE (api_url, key_name), UNIQUE (api_url, program)
);

CREATE TABLE clients (
  no integer GENERATED ALWAYS AS IDENTITY, api_url text COLLATE "C" NOT NULL, client_id text COLLATE "C" NOT NULL,
  bank integer NOT NULL, PRIMARY KEY (api_url, client_id)
);

CREATE TABLE runs (
  no integer PRIMARY KEY, id text COLLATE "C" NOT NULL UNIQUE, bank integer NOT NULL, kind text COLLATE "C" NOT NULL,
  job text COLLATE "C" NOT NULL, job_path text COLLATE "C" NOT NULL, sha256 text COLLATE "C" NOT NULL,
  file text COLLATE "C" NOT NULL, by_name smallint NOT NULL DEFAULT 0, rerun_of text COLLATE "C", reason text COLLATE "C",
  accepts text COLLATE "C", without_ledger smallint NOT NULL DEFAULT 0, started_at bigint NOT NULL,
  batch text COLLATE "C", version bigint, corrects text COLLATE "C", stage text COLLATE "C" NOT NULL DEFAULT 'read',
  reading text COLLATE "C", proof text COLLATE "C" NOT NULL DEFAULT 'open', rejection text COLLATE "C",
  rows integer NOT NULL DEFAULT 0, keys_in text COLLATE "C", reads integer, writes integer, least_reads integer,
  least_writes integer, calling integer NOT NULL DEFAULT 0, publications integer NOT NULL DEFAULT 0,
  published integer NOT NULL DEFAULT 0, waiting smallint NOT NULL DEFAULT 0, abandoned text COLLATE "C",
  exit integer, ended_at bigint, summary text COLLATE "C"
);
CREATE INDEX runs_of_job ON runs (bank, job, sha256);
CREATE INDEX runs_of_batch ON runs (bank, job, batch) WHERE batch IS NOT NULL;

CREATE TABLE files (
  bank integer NOT NULL, job text COLLATE "C" NOT NULL, place text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL,
  etag text COLLATE "C" NOT NULL, modified bigint NOT NULL, sha256 text COLLATE "C", run integer,
  PRIMARY KEY (bank, job, place, key, etag, modified)
);

CREATE TABLE jobs (
  bank integer NOT NULL, job text COLLATE "C" NOT NULL, path text COLLATE "C" NOT NULL, mark text COLLATE "C" NOT NULL,
  PRIMARY KEY (bank, job)
);

CREATE TABLE rows (
  run integer NOT NULL, row integer NOT NULL, byte_offset bigint NOT NULL, cells text COLLATE "C", change integer,
  word text COLLATE "C", issues text COLLATE "C", notes text COLLATE "C", from_run text COLLATE "C", from_row integer,
  PRIMARY KEY (run, row)
);
CREATE INDEX rows_joined ON rows (run, change, row) WHERE change <> row;

CREATE TABLE changes (
  run integer NOT NULL, change integer NOT NULL, key text COLLATE "C" NOT NULL, begun integer NOT NULL DEFAULT 0,
  to_fold smallint, PRIMARY KEY (run, change), UNIQUE (run, key)
) WITH (fillfactor = 90);
CREATE INDEX changes_to_fold ON changes (run, change) WHERE to_fold = 1;

CREATE TABLE desires (
  run integer NOT NULL, change integer NOT NULL, desired text COLLATE "C" NOT NULL, PRIMARY KEY (run, change)
);

CREATE TABLE finds (
  run integer NOT NULL, change integer NOT NULL, account_id text COLLATE "C", at bigint, seen text COLLATE "C",
  PRIMARY KEY (run, change)
) WITH (fillfactor = 80);
CREATE INDEX finds_by_account ON finds (run, account_id, change) WHERE account_id IS NOT NULL;

CREATE TABLE plans (
  run integer NOT NULL, change integer NOT NULL, at bigint NOT NULL, touch integer NOT NULL, notes text COLLATE "C",
  differences text COLLATE "C", seen text COLLATE "C", resolutions text COLLATE "C", PRIMARY KEY (run, change)
);

CREATE TABLE operations (
  run integer NOT NULL, change integer NOT NULL, step integer NOT NULL, kind text COLLATE "C" NOT NULL,
  generation integer NOT NULL, key text COLLATE "C" NOT NULL, body_hash text COLLATE "C" NOT NULL,
  body text COLLATE "C" NOT NULL, PRIMARY KEY (run, change, step)
);

CREATE TABLE sendings (
  run integer NOT NULL, change integer NOT NULL, step integer NOT NULL, state text COLLATE "C" NOT NULL,
  attempts integer NOT NULL, in_doubt smallint NOT NULL DEFAULT 0, misanswered integer NOT NULL DEFAULT 0,
  first_at bigint, first_bank_at bigint, last_at bigint, http_status integer, issue text COLLATE "C",
  PRIMARY KEY (run, change, step)
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02);

CREATE TABLE ends (
  run integer NOT NULL, change integer NOT NULL, word text COLLATE "C" NOT NULL, issues text COLLATE "C", at bigint,
  PRIMARY KEY (run, change)
);
CREATE INDEX ends_unknown ON ends (run, change) WHERE word = 'unknown';

CREATE TABLE links (
  no bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, bank integer NOT NULL, client_account_id text COLLATE "C" NOT NULL,
  account_id text COLLATE "C" NOT NULL, near text COLLATE "C" NOT NULL, UNIQUE (bank, client_account_id)
);
CREATE INDEX links_latest ON links (bank, no);
CREATE INDEX links_near ON links (bank, near);
CREATE INDEX links_by_account ON links (bank, account_id);

CREATE TABLE near_ids (
  run integer NOT NULL, near text COLLATE "C" NOT NULL, change integer NOT NULL, client_account_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (run, near, change)
);

CREATE TABLE accounts (
  bank integer NOT NULL, identity text COLLATE "C" NOT NULL, touch integer NOT NULL,
  effective_at text COLLATE "C" NOT NULL DEFAULT '', effective_order text COLLATE "C",
  applied_by_run integer NOT NULL DEFAULT 0, run integer, change integer, at_work smallint NOT NULL DEFAULT 0,
  PRIMARY KEY (bank, identity)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX accounts_held ON accounts (run, change) WHERE run IS NOT NULL;

CREATE TABLE kept (
  bank integer NOT NULL, account_id text COLLATE "C" NOT NULL, field text COLLATE "C" NOT NULL,
  wanted text COLLATE "C" NOT NULL, held text COLLATE "C" NOT NULL, is_form smallint NOT NULL,
  PRIMARY KEY (bank, account_id, field)
);

CREATE TABLE own_ids (
  bank integer NOT NULL, kind text COLLATE "C" NOT NULL, own_id text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL,
  run text COLLATE "C" NOT NULL, at bigint NOT NULL, status integer NOT NULL, PRIMARY KEY (bank, kind, own_id)
);

CREATE TABLE facts (
  run integer NOT NULL, id text COLLATE "C" NOT NULL, fact text COLLATE "C", PRIMARY KEY (run, id)
);

CREATE TABLE leases (
  name text COLLATE "C" PRIMARY KEY, owner text COLLATE "C" NOT NULL, token integer NOT NULL, since bigint NOT NULL,
  until bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE pace (
  bank integer PRIMARY KEY, epoch integer NOT NULL DEFAULT 0, share numeric NOT NULL DEFAULT 1,
  slowed integer NOT NULL DEFAULT 0, changed timestamptz NOT NULL DEFAULT 'epoch',
  next timestamptz NOT NULL DEFAULT 'epoch', open_until timestamptz, probe_until timestamptz,
  failed_probes integer NOT NULL DEFAULT 0
) WITH (fillfactor = 10);

CREATE TABLE works (
  run integer PRIMARY KEY, job_sha256 text COLLATE "C" NOT NULL, version text COLLATE "C" NOT NULL,
  is_resumed smallint NOT NULL, before integer NOT NULL DEFAULT 0, stop text COLLATE "C"
);

CREATE TABLE chunks (
  run integer NOT NULL, no integer NOT NULL, phase text COLLATE "C" NOT NULL, after integer NOT NULL, upto integer NOT NULL,
  changes integer NOT NULL, taken integer NOT NULL DEFAULT 0, holder text COLLATE "C", since bigint, ended_at bigint,
  stop text COLLATE "C", PRIMARY KEY (run, no)
) WITH (fillfactor = 50);
CREATE INDEX chunks_open ON chunks (run, no) WHERE ended_at IS NULL;
`;

/** Each takes the ledger from the version of its place in the list to the next. A published one never changes. */
export const MIGRATIONS: readonly string[] = [FIRST, SECOND_VERSION, THIRD_VERSION];
