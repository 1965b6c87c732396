/**
 * The statements that take a SQLite ledger from version 5 to 6: what is kept of plans that wait, guards, controls, the audit trail and alarms. Text
 * only. They only add, so a run of version 5 goes on.
 */
import { RESOLVE_ALL_ORIGINALS } from "../sql/resolve-originals.ts";
import { isShort } from "../sql/short-shape.ts";

/** `plan_of` is the id of the plan that a run applies, `drift` what its account differs in by then. */
const PLANS = `
ALTER TABLE runs ADD COLUMN plan_of TEXT;
ALTER TABLE runs ADD COLUMN plan_hash TEXT;
ALTER TABLE runs ADD COLUMN settings_sha256 TEXT;
CREATE UNIQUE INDEX runs_of_plan ON runs (plan_of) WHERE plan_of IS NOT NULL;
ALTER TABLE plans ADD COLUMN drift TEXT;
`;

/**
 * `figure` is what the guard judged. A change that two guards hold has two holds, and is released with the second;
 * `released` is 0 while the guard holds it, 1 once that was approved, 2 when the run was abandoned.
 */
const GUARDS = `
CREATE TABLE guards (
  run INTEGER NOT NULL, guard TEXT NOT NULL, figure INTEGER NOT NULL, allowed INTEGER NOT NULL, issue TEXT NOT NULL, at INTEGER NOT NULL,
  approved_max INTEGER, approved_by TEXT, approved_at INTEGER, reason TEXT, PRIMARY KEY (run, guard)
) STRICT, WITHOUT ROWID;
CREATE TABLE holds (
  run INTEGER NOT NULL, change INTEGER NOT NULL, guard TEXT NOT NULL, released INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (run, change, guard)
) STRICT, WITHOUT ROWID;
`;

/** `owner` is that of the lease under which somebody works on the run; "" for nobody. `most` is what the job allows. */
const CONTROLS = `
CREATE TABLE controls (
  run INTEGER PRIMARY KEY, owner TEXT NOT NULL, most TEXT NOT NULL, control TEXT NOT NULL
) STRICT;
`;

/** The rows that are wanted (plan/selection.ts), NULL for all. */
const SELECTION = "ALTER TABLE runs ADD COLUMN selection TEXT; ALTER TABLE runs ADD COLUMN canary INTEGER;";

/** `runs.products` counts a run's operations by kind and product, as JSON text; NULL where they were not counted. */
const PRODUCTS = "ALTER TABLE plans ADD COLUMN product TEXT; ALTER TABLE runs ADD COLUMN products TEXT;";

/** Of a repaired file: a list of columns' names as JSON, NULL for none. */
const EDITS = "ALTER TABLE runs ADD COLUMN allow_edit TEXT;";

/** `hash` and `before_hash`: audit-hash.ts. A run of before has no actor. */
const AUDIT = `
CREATE TABLE audit (
  no INTEGER PRIMARY KEY, at INTEGER NOT NULL, os_user TEXT NOT NULL, host TEXT NOT NULL, version TEXT NOT NULL,
  action TEXT NOT NULL, job TEXT, run TEXT, job_sha256 TEXT, plan_hash TEXT, reason TEXT, details TEXT NOT NULL,
  before_hash TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_of_run ON audit (run, no) WHERE run IS NOT NULL;
CREATE TABLE audit_head (one INTEGER PRIMARY KEY, no INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
  BEGIN SELECT raise(ABORT, 'the audit trail is only added to'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
  BEGIN SELECT raise(ABORT, 'the audit trail is only added to'); END;
ALTER TABLE runs ADD COLUMN by_user TEXT;
ALTER TABLE runs ADD COLUMN by_host TEXT;
ALTER TABLE runs ADD COLUMN by_version TEXT;
`;

/**
 * `key` is of an invalid row that names its account; all others have that of their change. `of_run` and `of_row` lead an attempt to its
 * original row. `settled`: no row of the run can be open any more.
 */
const LINEAGE = `
ALTER TABLE rows ADD COLUMN key TEXT;
ALTER TABLE rows ADD COLUMN of_run INTEGER;
ALTER TABLE rows ADD COLUMN of_row INTEGER;
ALTER TABLE runs ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX rows_of_original ON rows (of_run, of_row) WHERE of_run IS NOT NULL;
CREATE INDEX rows_invalid ON rows (run, row) WHERE word = 'invalid';
CREATE INDEX rows_by_key ON rows (run, key) WHERE key IS NOT NULL;
CREATE INDEX ends_short ON ends (run, change) WHERE ${isShort("")};
CREATE INDEX runs_unsettled ON runs (no) WHERE settled = 0 AND kind = 'run';
CREATE TABLE accepted (
  run INTEGER NOT NULL, row INTEGER NOT NULL, until INTEGER NOT NULL, reason TEXT NOT NULL, by_user TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (run, row)
) STRICT, WITHOUT ROWID;
${RESOLVE_ALL_ORIGINALS}`;

/** What the bank's answer called the request. */
const REQUEST_IDS = "ALTER TABLE sendings ADD COLUMN request_id TEXT;";

/** `measure` says what `ms` is: see TimedCalls. */
const CALL_TIMES = `
CREATE TABLE call_times (
  run INTEGER NOT NULL, lane TEXT NOT NULL, measure TEXT NOT NULL, ms INTEGER NOT NULL, calls INTEGER NOT NULL,
  PRIMARY KEY (run, lane, measure, ms)
) STRICT, WITHOUT ROWID;
`;

/** `due` is when a notice may be taken, `how` what `ended` is: delivered, given up, or not told. */
const ALARMS = `
CREATE TABLE alarms (
  no INTEGER PRIMARY KEY, bank INTEGER NOT NULL, job TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, code TEXT NOT NULL,
  message TEXT NOT NULL, run TEXT, details TEXT NOT NULL, since INTEGER NOT NULL, cleared INTEGER
) STRICT;
CREATE UNIQUE INDEX alarms_open ON alarms (bank, job, kind, subject) WHERE cleared IS NULL;
CREATE TABLE notices (
  alarm INTEGER NOT NULL, event TEXT NOT NULL, target TEXT NOT NULL, at INTEGER NOT NULL, due INTEGER NOT NULL, attempts INTEGER NOT NULL,
  ended INTEGER, how TEXT, PRIMARY KEY (alarm, event, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX notices_due ON notices (due) WHERE ended IS NULL;
`;

/** `pruned`: 0 all is there, 1 values may be gone, 2 they are, 3 its rows are gone too. `retained` is what of a pruned run keeps its values. */
const RETENTION = `
ALTER TABLE runs ADD COLUMN pruned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN pruned_at INTEGER;
CREATE TABLE retained (
  run INTEGER NOT NULL, change INTEGER NOT NULL, why TEXT NOT NULL, PRIMARY KEY (run, change)
) STRICT, WITHOUT ROWID;
`;

/** `pause` is JSON text, NULL while it is not paused; `since` and `looked` are the first and the last look at expected files. */
const SCHEDULES = `
CREATE TABLE schedules (
  bank INTEGER NOT NULL, job TEXT NOT NULL, pause TEXT, since INTEGER, looked INTEGER, PRIMARY KEY (bank, job)
) STRICT, WITHOUT ROWID;
`;

export const SIXTH_VERSION =
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
