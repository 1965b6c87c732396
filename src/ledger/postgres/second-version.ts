/**
 * The statements that take a PostgreSQL ledger from version 1 to 2, with the tables and columns that SQLite's version 6 adds
 * (sqlite/sixth-version.ts). Text only.
 */
import { RESOLVE_ALL_ORIGINALS } from "../sql/resolve-originals.ts";
import { isShort } from "../sql/short-shape.ts";

const PLANS = `
ALTER TABLE runs ADD COLUMN plan_of text COLLATE "C";
ALTER TABLE runs ADD COLUMN plan_hash text COLLATE "C";
ALTER TABLE runs ADD COLUMN settings_sha256 text COLLATE "C";
CREATE UNIQUE INDEX runs_of_plan ON runs (plan_of) WHERE plan_of IS NOT NULL;
ALTER TABLE plans ADD COLUMN drift text COLLATE "C";
`;

const GUARDS = `
CREATE TABLE guards (
  run integer NOT NULL, guard text COLLATE "C" NOT NULL, figure integer NOT NULL, allowed integer NOT NULL,
  issue text COLLATE "C" NOT NULL, at bigint NOT NULL, approved_max integer, approved_by text COLLATE "C", approved_at bigint,
  reason text COLLATE "C", PRIMARY KEY (run, guard)
);
CREATE TABLE holds (
  run integer NOT NULL, change integer NOT NULL, guard text COLLATE "C" NOT NULL, released smallint NOT NULL DEFAULT 0,
  PRIMARY KEY (run, change, guard)
) WITH (fillfactor = 80);
`;

const CONTROLS = `
CREATE TABLE controls (
  run integer PRIMARY KEY, owner text COLLATE "C" NOT NULL, most text COLLATE "C" NOT NULL, control text COLLATE "C" NOT NULL
) WITH (fillfactor = 50);
`;

const SELECTION = 'ALTER TABLE runs ADD COLUMN selection text COLLATE "C"; ALTER TABLE runs ADD COLUMN canary integer;';

const PRODUCTS = `ALTER TABLE plans ADD COLUMN product text COLLATE "C"; ALTER TABLE runs ADD COLUMN products text COLLATE "C";`;

const EDITS = 'ALTER TABLE runs ADD COLUMN allow_edit text COLLATE "C";';

/** A transaction that empties a table needs no row of it. */
const AUDIT = `
CREATE TABLE audit (
  no integer PRIMARY KEY, at bigint NOT NULL, os_user text COLLATE "C" NOT NULL, host text COLLATE "C" NOT NULL,
  version text COLLATE "C" NOT NULL, action text COLLATE "C" NOT NULL, job text COLLATE "C", run text COLLATE "C",
  job_sha256 text COLLATE "C", plan_hash text COLLATE "C", reason text COLLATE "C", details text COLLATE "C" NOT NULL,
  before_hash text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL
);
CREATE INDEX audit_of_run ON audit (run, no) WHERE run IS NOT NULL;
CREATE TABLE audit_head (one integer PRIMARY KEY, no integer NOT NULL, hash text COLLATE "C" NOT NULL) WITH (fillfactor = 10);
CREATE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'the audit trail is only added to'; END $$;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE OR DELETE ON audit
  FOR EACH ROW EXECUTE FUNCTION audit_is_only_added_to();
CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to();
ALTER TABLE runs ADD COLUMN by_user text COLLATE "C";
ALTER TABLE runs ADD COLUMN by_host text COLLATE "C";
ALTER TABLE runs ADD COLUMN by_version text COLLATE "C";
`;

const LINEAGE = `
ALTER TABLE rows ADD COLUMN key text COLLATE "C";
ALTER TABLE rows ADD COLUMN of_run integer;
ALTER TABLE rows ADD COLUMN of_row integer;
ALTER TABLE runs ADD COLUMN settled smallint NOT NULL DEFAULT 0;
CREATE INDEX rows_of_original ON rows (of_run, of_row, run, row) WHERE of_run IS NOT NULL;
CREATE INDEX rows_invalid ON rows (run, row) WHERE word = 'invalid';
CREATE INDEX rows_by_key ON rows (run, key) WHERE key IS NOT NULL;
CREATE INDEX ends_short ON ends (run, change) WHERE ${isShort("")};
CREATE TABLE accepted (
  run integer NOT NULL, row integer NOT NULL, until bigint NOT NULL, reason text COLLATE "C" NOT NULL,
  by_user text COLLATE "C" NOT NULL, at bigint NOT NULL, PRIMARY KEY (run, row)
);
${RESOLVE_ALL_ORIGINALS}`;

const REQUEST_IDS = 'ALTER TABLE sendings ADD COLUMN request_id text COLLATE "C";';

const CALL_TIMES = `
CREATE TABLE call_times (
  run integer NOT NULL, lane text COLLATE "C" NOT NULL, measure text COLLATE "C" NOT NULL, ms bigint NOT NULL, calls integer NOT NULL,
  PRIMARY KEY (run, lane, measure, ms)
);
`;

const ALARMS = `
CREATE TABLE alarms (
  no integer PRIMARY KEY, bank integer NOT NULL, job text COLLATE "C" NOT NULL, kind text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL, code text COLLATE "C" NOT NULL, message text COLLATE "C" NOT NULL, run text COLLATE "C",
  details text COLLATE "C" NOT NULL, since bigint NOT NULL, cleared bigint
);
CREATE UNIQUE INDEX alarms_open ON alarms (bank, job, kind, subject) WHERE cleared IS NULL;
CREATE TABLE notices (
  alarm integer NOT NULL, event text COLLATE "C" NOT NULL, target text COLLATE "C" NOT NULL, at bigint NOT NULL, due bigint NOT NULL,
  attempts integer NOT NULL, ended bigint, how text COLLATE "C", PRIMARY KEY (alarm, event, target)
);
CREATE INDEX notices_due ON notices (due) WHERE ended IS NULL;
`;

const RETENTION = `
ALTER TABLE runs ADD COLUMN pruned smallint NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN pruned_at bigint;
CREATE TABLE retained (
  run integer NOT NULL, change integer NOT NULL, why text COLLATE "C" NOT NULL, PRIMARY KEY (run, change)
);
`;

const SCHEDULES = `
CREATE TABLE schedules (
  bank integer NOT NULL, job text COLLATE "C" NOT NULL, pause text COLLATE "C", since bigint, looked bigint, PRIMARY KEY (bank, job)
);
`;

export const SECOND_VERSION =
  PLANS +
  GUARDS +
  CONTROLS +
  SELECTION +
  PRODUCTS +
  EDITS +
  AUDIT +
  LINEAGE +
  REQUEST_IDS +
  CALL_TIMES +
  ALARMS +
  RETENTION +
  SCHEDULES;
