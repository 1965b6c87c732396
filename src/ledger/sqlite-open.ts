/**
 * Opens the ledger's file: a path comes in, a database of the present version goes out, readable by its owner alone.
 * Never touches a file that isn't a ledger.
 */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { FatalError } from "../errors/fatal-error.ts";
import { checkDurability, checkFileSystem, checkWhole } from "./sqlite-checks.ts";
import { isDamage, RESTORE, SqliteDatabase, troubleOf } from "./sqlite-database.ts";
import { migrate } from "./sqlite-schema.ts";

/** As `troubleOf` says it. */
const FULL = "the disk is full";

const FILE_ERRORS: Readonly<Record<string, string>> = {
  EISDIR: "it is a folder",
  ENOTDIR: "part of its path is a file",
  EEXIST: "part of its path is a file",
  EACCES: "permission denied",
  EPERM: "it belongs to another user",
  EROFS: "the disk can only be read",
  ENOSPC: FULL,
};

/** What is wrong with the path, in a few words; none for an error that is a bug of ours. */
function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return troubleOf(causeOf(error)) ?? FILE_ERRORS[code];
}

/** SQLite's own error, if SqliteDatabase has wrapped it. */
function causeOf(error: unknown): unknown {
  return error instanceof FatalError ? error.cause : error;
}

/** Creates what is missing, folder 0700 and file 0600; SQLite gives `-wal` and `-shm` the mode of the file. */
function createFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, "a", 0o600));
}

/** Takes others' rights from a ledger that came with them. While it is open here, nobody removes `-wal` and `-shm`. */
function closeToOthers(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) if (existsSync(file)) chmodSync(file, 0o600);
}

function configure(db: SqliteDatabase, durable: boolean): void {
  db.exec(`PRAGMA synchronous = ${durable ? "FULL" : "OFF"}; PRAGMA journal_mode = WAL`);
  // 16 MiB of pages in memory, and 32 of log before it is worked in: keys in no order touch a page for each row.
  db.exec("PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 8192");
}

interface OpenOptions {
  readonly busyTimeoutMs: number;
  /** Whether a commit waits until the disk has it. */
  readonly durable: boolean;
}

/**
 * Waits up to `busyTimeoutMs` for another process's lock. Throws FatalError `ledger_unusable`, with path and next step;
 * for a full disk, which a later start may find with room, `ledger_failed`.
 */
export function openSqliteDatabase(givenPath: string, { busyTimeoutMs, durable }: OpenOptions): SqliteDatabase {
  const path = resolve(givenPath);
  let db: SqliteDatabase | undefined;
  try {
    createFile(path);
    checkFileSystem(path);
    const options = { timeout: busyTimeoutMs, enableForeignKeyConstraints: false };
    db = new SqliteDatabase(new DatabaseSync(path, options), path);
    checkWhole(db);
    migrate(db);
    configure(db, durable);
    if (durable) checkDurability(db);
    closeToOthers(path);
    return db;
  } catch (error) {
    db?.close();
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    const message = `the ledger ${path} cannot be opened: ${reason}`;
    if (reason === FULL)
      throw new FatalError("ledger_failed", message, { hint: "make room, then start the job again", cause: error });
    throw new FatalError("ledger_unusable", message, {
      hint: isDamage(causeOf(error))
        ? `check TIEOUT_LEDGER; if it is the ledger, ${RESTORE}`
        : "check TIEOUT_LEDGER and the file's permissions",
      cause: error,
    });
  }
}
