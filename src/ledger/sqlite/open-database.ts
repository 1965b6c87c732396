/**
 * Opens the ledger's file: a path comes in, a database of the present version goes out, readable by its owner alone.
 * Never touches a file that isn't a ledger.
 */
import { chmodSync, existsSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { FatalError } from "../../errors/fatal-error.ts";
import { nodeCode } from "../../errors/node-code.ts";
import { checkDurability, checkWhole } from "./checks.ts";
import { isDamage, RESTORE, SqliteDatabase, troubleOf } from "./database.ts";
import { type Begins, openPlace } from "./place.ts";
import { migrate } from "./schema.ts";

/** As `troubleOf` says it. */
const FULL = "the disk is full";

const FILE_ERRORS: Readonly<Record<string, string>> = {
  EISDIR: "it is a folder",
  ENOTDIR: "part of its path is a file",
  EEXIST: "part of its path is a file",
  EACCES: "permission denied",
  ELOOP: "its symbolic links go in a circle",
  ENAMETOOLONG: "its name is too long",
  ENOENT: "no file can be made there",
  EPERM: "it belongs to another user",
  EROFS: "the disk is read-only",
  ENOSPC: FULL,
};

/** What is wrong with the path, in a few words; none for an error that is a bug of ours. */
function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const trouble = troubleOf(causeOf(error));
  const code = nodeCode(error);
  if (trouble !== undefined || code === undefined || Reflect.get(error, "syscall") === undefined) return trouble;
  return FILE_ERRORS[code] ?? `the system refuses it (${code})`;
}

/** SQLite's own error, if SqliteDatabase has wrapped it. */
function causeOf(error: unknown): unknown {
  return error instanceof FatalError ? error.cause : error;
}

/** Takes others' rights from a ledger that came with them. While it is open here, nobody removes `-wal` and `-shm`. */
function closeToOthers(path: string): void {
  const real = realpathSync(path);
  for (const file of [real, `${real}-wal`, `${real}-shm`]) if (existsSync(file)) chmodSync(file, 0o600);
}

function configure(db: SqliteDatabase, durable: boolean): void {
  db.exec(`PRAGMA synchronous = ${durable ? "FULL" : "OFF"}; PRAGMA journal_mode = WAL`);
  // 16 MiB of pages in memory, and 32 MiB of log before a checkpoint: keys in random order touch a page for each row.
  db.exec("PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 8192");
  // A first read, with which SQLite opens its log and takes the locks that keep other processes from removing it.
  db.get("SELECT 1 FROM sqlite_schema");
}

interface OpenOptions {
  readonly busyTimeoutMs: number;
  /** Whether a commit waits until the disk has it. */
  readonly durable: boolean;
  readonly begins: Begins;
}

interface OpenedDatabase {
  readonly db: SqliteDatabase;
  /** Whether there was no ledger before. */
  readonly isNew: boolean;
}

/** The error as it is told to people, with path and next step; one that is a bug of ours stays as it is. */
export function openFailure(error: unknown, path: string): unknown {
  const reason = reasonOf(error);
  if (reason === undefined) return error;
  const message = `the ledger ${path} cannot be opened: ${reason}`;
  if (reason === FULL)
    return new FatalError("ledger_failed", message, { hint: "make room, then start the job again", cause: error });
  return new FatalError("ledger_unusable", message, {
    hint: isDamage(causeOf(error))
      ? `check TIEOUT_LEDGER; if it is the ledger, ${RESTORE}`
      : "check TIEOUT_LEDGER and the file's permissions",
    cause: error,
  });
}

/**
 * Waits up to `busyTimeoutMs` for another process's lock. Throws FatalError `ledger_unusable`, with path and next step;
 * for a full disk, which a later start may find with room, `ledger_failed`.
 */
export function openSqliteDatabase(givenPath: string, options: OpenOptions): OpenedDatabase {
  const { busyTimeoutMs, durable, begins } = options;
  const path = resolve(givenPath);
  let db: SqliteDatabase | undefined;
  try {
    const isNew = openPlace(path, begins);
    db = new SqliteDatabase(
      new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: false }),
      path,
    );
    checkWhole(db);
    migrate(db);
    configure(db, durable);
    if (durable) checkDurability(db);
    closeToOthers(path);
    return { db, isNew };
  } catch (error) {
    db?.close();
    throw openFailure(error, path);
  }
}
