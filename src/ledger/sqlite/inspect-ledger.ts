/**
 * Looks at a ledger's file without opening it to be used: a path comes in, what is there goes out. Makes, changes and leaves nothing.
 */
import { existsSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { FatalError } from "../../errors/fatal-error.ts";
import { checkWhole } from "./checks.ts";
import { SqliteDatabase } from "./database.ts";
import { openFailure } from "./open-database.ts";
import { openPlace } from "./place.ts";
import { checkSchema } from "./schema.ts";

export interface InspectedLedger {
  readonly version: number;
  readonly bytes: number;
}

/** Null where there is none yet. Throws FatalError as opening it would. */
export function inspectSqliteLedger(path: string): InspectedLedger | null {
  let db: SqliteDatabase | undefined;
  try {
    openPlace(path, "never");
    db = new SqliteDatabase(new DatabaseSync(addressOf(path), { readOnly: true }), path);
    checkWhole(db);
    return { version: checkSchema(db), bytes: statSync(path).size };
  } catch (error) {
    if (error instanceof FatalError && error.code === "no_ledger") return null;
    throw openFailure(error, path);
  } finally {
    db?.close();
  }
}

/** A reader that comes alone would make a log and leave it, so the file is then read as one that nobody changes (sqlite.org/uri.html). */
function addressOf(path: string): string | URL {
  if (existsSync(`${path}-wal`) && existsSync(`${path}-shm`)) return path;
  const url = pathToFileURL(path);
  url.searchParams.set("immutable", "1");
  return url;
}
