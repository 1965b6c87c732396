/**
 * A ledger's path, looked at before SQLite opens it: a path comes in, whether the ledger there is new goes out. Makes a
 * new file where that is allowed, and never opens one that exists: closing it would give up SQLite's locks on it, since
 * POSIX locks belong to the process and not to the descriptor (sqlite.org/howtocorrupt.html, 2.2).
 */
import { accessSync, closeSync, constants, lstatSync, mkdirSync, openSync, type Stats, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { FatalError } from "../../errors/fatal-error.ts";
import { nodeCode } from "../../errors/node-code.ts";
import { checkFileSystem } from "./checks.ts";

/** Whether a ledger may be begun where there is none: not at all, in a folder that is there, or in one that is made too. */
export type Begins = "never" | "in its folder" | "with its folder";

/** The most bytes that SQLite takes for a path (its unix VFS: 512), with room for `-journal`. */
const MOST_PATH_BYTES = 500;
const MOST_NAME_BYTES = 255 - "-journal".length;

/**
 * True for a ledger that is begun now: the file is made (0600), or was empty. Throws FatalError `ledger_unusable` for what
 * can be no ledger, and the system's own error for what it refuses.
 */
export function openPlace(path: string, begins: Begins): boolean {
  if (Buffer.byteLength(path) > MOST_PATH_BYTES)
    throw unusable(path, `its path is too long: SQLite takes up to ${MOST_PATH_BYTES}`);
  if (Buffer.byteLength(basename(path)) > MOST_NAME_BYTES) throw unusable(path, "its name is too long");
  // Looked for first: they are made after the ledger has its first page, and by another process perhaps just now.
  const left = ["-wal", "-shm"].find((suffix) => stat(path + suffix) !== undefined);
  const found = stat(path);
  if (found === undefined && isLink(path)) {
    throw unusable(
      path,
      "it is a symbolic link to a file that is not there",
      "restore that file, or correct TIEOUT_LEDGER",
    );
  }
  if (found !== undefined) {
    if (!found.isFile()) throw unusable(path, `it is ${kindOf(found)}`);
    accessSync(path, constants.R_OK | constants.W_OK);
  }
  const isNew = found === undefined || found.size === 0;
  if (isNew && left !== undefined) {
    const hint = `restore the ledger beside it; to begin a new one, move ${basename(path)}${left} away`;
    throw unusable(path, `the ledger is gone, and ${basename(path)}${left} is still there`, hint);
  }
  if (isNew && begins === "never") {
    throw new FatalError("no_ledger", `there is no ledger at ${path}${found ? ": the file is empty" : ""}`, {
      hint: "set TIEOUT_LEDGER to your ledger; tieout run begins a new one",
    });
  }
  if (found === undefined) makeFile(path, begins);
  else checkFileSystem(path, path);
  return isNew;
}

/** Throws FatalError `ledger_unusable` when the folder of a ledger is not there. */
export function checkFolder(path: string): void {
  if (stat(dirname(path)) !== undefined) return;
  const make = `mkdir -p '${dirname(path).replaceAll("'", "'\\''")}'`;
  throw unusable(path, `there is no folder ${dirname(path)}`, `correct TIEOUT_LEDGER; if it is right, type ${make}`);
}

function makeFile(path: string, begins: Begins): void {
  const folder = dirname(path);
  if (begins === "with its folder") mkdirSync(folder, { recursive: true, mode: 0o700 });
  checkFolder(path);
  checkFileSystem(path, folder);
  try {
    closeSync(openSync(path, "ax", 0o600));
  } catch (error) {
    // Another process has begun it meanwhile.
    if (nodeCode(error) !== "EEXIST") throw error;
  }
}

function stat(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return "a folder";
  if (found.isFIFO()) return "a pipe";
  return found.isSocket() ? "a socket" : "a device";
}

function unusable(path: string, why: string, hint = "set TIEOUT_LEDGER to a file on a local disk"): FatalError {
  return new FatalError("ledger_unusable", `the ledger ${path} cannot be opened: ${why}`, { hint });
}
