/**
 * Copies a ledger's file as it is at one moment, while runs go on: a path in, another file out, whole and on disk, or none. Reads only; a
 * ledger of an earlier version is copied as it is.
 */
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, rmSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { FatalError } from "../../errors/fatal-error.ts";
import { nodeCode } from "../../errors/node-code.ts";
import { isDamage, RESTORE, troubleOf } from "./database.ts";

export interface Backup {
  readonly path: string;
  readonly bytes: number;
  readonly runs: number;
  readonly rows: number;
  /** The latest run; null for none. */
  readonly lastRun: string | null;
}

const BUSY_TIMEOUT_MS = 10_000;

const COUNT = `SELECT (SELECT count(*) FROM runs) AS runs, (SELECT count(*) FROM rows) AS rows,
  (SELECT id FROM runs ORDER BY no DESC LIMIT 1) AS lastRun`;
/** What only grows. */
const GROWS = "SELECT coalesce(max(no), 0) AS runs FROM runs";

/** Throws FatalError `no_ledger`, `usage` for a target that is there, `ledger_failed`, and `ledger_unusable` for a damaged ledger. */
export function backupSqlite(ledger: string, target: string): Backup {
  const [from, path] = [resolve(ledger), resolve(target)];
  if (statSync(from, { throwIfNoEntry: false }) === undefined)
    throw new FatalError("no_ledger", `there is no ledger at ${from}`, { hint: "set TIEOUT_LEDGER to your ledger" });
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) throw isThere(path);
  const part = `${path}.${randomBytes(3).toString("hex")}.part`;
  try {
    closeSync(openSync(part, "wx", 0o600));
    const before = copyTo(from, part);
    const counts = checkCopy(part, before);
    sync(part);
    // Unlike a renaming, it never takes the place of a file.
    linkSync(part, path);
    sync(dirname(path));
    return { path, bytes: statSync(path).size, ...counts };
  } catch (error) {
    throw failed(error, from, path);
  } finally {
    for (const file of [part, `${part}-journal`]) rmSync(file, { force: true });
  }
}

/** The number of its latest run before. */
function copyTo(from: string, part: string): number {
  using source = new DatabaseSync(from, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  const { runs } = source.prepare(GROWS).get() as { runs: number };
  // It sees what is committed at its beginning, and writers go on.
  source.prepare("VACUUM INTO ?").run(part);
  return runs;
}

function checkCopy(part: string, runsBefore: number): Omit<Backup, "path" | "bytes"> {
  using copy = new DatabaseSync(part, { readOnly: true });
  const checked = copy.prepare("PRAGMA integrity_check(1)").get() as { integrity_check: string };
  const { runs } = copy.prepare(GROWS).get() as { runs: number };
  if (checked.integrity_check !== "ok" || runs < runsBefore)
    throw new FatalError("ledger_failed", "the copy of the ledger is not as the ledger is", {
      hint: "check the disk, then type the same command again",
    });
  return { ...(copy.prepare(COUNT).get() as unknown as Omit<Backup, "path" | "bytes">) };
}

function sync(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function failed(error: unknown, from: string, path: string): unknown {
  if (error instanceof FatalError) return error;
  if (nodeCode(error) === "EEXIST") return isThere(path);
  const code = nodeCode(error);
  const trouble = troubleOf(error) ?? (code === "ENOENT" ? "there is no such folder" : code);
  if (trouble === undefined) return error;
  if (isDamage(error))
    return new FatalError("ledger_unusable", `the ledger ${from} cannot be copied: ${trouble}`, {
      hint: RESTORE,
      cause: error,
    });
  return new FatalError("ledger_failed", `no backup was written to ${path}: ${trouble}`, {
    hint: `check the folder ${dirname(path)} and the room on its disk, then type the same command again`,
    cause: error,
  });
}

function isThere(path: string): FatalError {
  return new FatalError("usage", `${path} is there already, and a backup takes the place of no file`, {
    hint: `name another file than ${basename(path)}`,
  });
}
