/**
 * Brings a SQLite ledger from an older version to the present one. An open database comes in, the same at the present version
 * goes out; a newer one is never touched, and neither is one with runs that this version cannot continue.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import { counted } from "../../text/counted.ts";
import type { SqliteDatabase } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";

/** "Tie1" in the file's header (PRAGMA application_id), so that another program's database is left alone. */
export const APPLICATION_ID = 0x54696531;

/** The version that this program writes (PRAGMA user_version). */
export const SCHEMA_VERSION = MIGRATIONS.length;

function readPragma(db: SqliteDatabase, name: "user_version" | "application_id"): number {
  return db.get<Record<string, number>>(`PRAGMA ${name}`)?.[name] ?? 0;
}

/** The version that is there. Throws FatalError `ledger_unusable` for another program's database and for a version of the future. */
export function checkSchema(db: SqliteDatabase): number {
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

/** Up to this version a row was written anew at each step; what is left of a run then cannot be continued now. */
const LAST_OF_STATES = 4;

const LIST_OPEN = `SELECT id FROM runs WHERE kind = 'run' AND (stage <> 'ended' OR rejection IS NULL
  AND EXISTS (SELECT 1 FROM changes c INDEXED BY changes_open WHERE c.run = runs.no AND c.state <> 'done')) ORDER BY no`;

/** Throws FatalError `ledger_unusable` when a run is not finished. */
function checkFinished(db: SqliteDatabase): void {
  const [open, ...more] = db.all<{ id: string }>(LIST_OPEN);
  if (open === undefined) return;
  const beside = more.length === 0 ? "" : `, and ${counted(more.length, "other run")} like it`;
  const message = `the ledger ${db.path} was written by an earlier Tieout and has a run that is not finished, ${open.id}${beside}`;
  throw new FatalError("ledger_unusable", message, {
    hint: `finish it with the version of Tieout that began it (resume ${open.id}), then start again with this one`,
  });
}

/** Brings the schema to the present version, in one transaction, whichever of several processes comes first. */
export function migrate(db: SqliteDatabase): void {
  if (checkSchema(db) === SCHEMA_VERSION) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    const version = checkSchema(db);
    for (const [index, migration] of MIGRATIONS.entries()) {
      if (index < version) continue;
      if (index === LAST_OF_STATES) checkFinished(db);
      db.exec(migration);
    }
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  } catch (error) {
    if (db.inTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
