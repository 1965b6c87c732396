/**
 * The folder for a process's working copies, which hold account data. It is removed when the process ends, or, if that was killed, by the
 * next process that starts there. Only a folder with our marker is ever removed.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { EXIT } from "../errors/exit-codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import { nodeCode } from "../errors/node-code.ts";
import { troubleOf } from "../ledger/sqlite/database.ts";
import { holdLock } from "../ledger/sqlite/lock.ts";
import { isDiskFull } from "../store/file-store.ts";

const NAME = /^\.tieout-work-[0-9a-f]{12}$/;
/** Held while the process lives, in whichever container it runs. */
const LOCK = "alive";
const MARKER = "tieout-work";

export interface WorkFolder extends Disposable {
  readonly path: string;
}

/** Makes the folder in `parent` (0700), and removes those of dead processes there. Throws FatalError `spool_unwritable`. */
export function openWorkFolder(parent: string): WorkFolder {
  try {
    mkdirSync(parent, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(parent)) if (NAME.test(name)) sweep(join(parent, name));
    return open(join(parent, `.tieout-work-${randomBytes(6).toString("hex")}`));
  } catch (error) {
    const why = troubleOf(error) ?? nodeCode(error) ?? "its lock is taken";
    throw new FatalError("spool_unwritable", `no folder for working copies can be made in ${parent} (${why})`, {
      hint: "make room or check the permissions there, then start the job again",
      ...(isDiskFull(error) && { exit: EXIT.stopped }),
      cause: error,
    });
  }
}

/**
 * The lock is taken before the marker is written: nobody removes a folder without a marker, and with one the lock shows whether its process
 * lives.
 */
function open(path: string): WorkFolder {
  mkdirSync(path, { mode: 0o700 });
  const lock = holdLock(join(path, LOCK));
  if (lock === null) throw new Error("another process has the lock of a new folder");
  try {
    writeFileSync(join(path, MARKER), markOf(path), { flag: "wx", mode: 0o600 });
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
  return {
    path,
    [Symbol.dispose]() {
      remove(path);
      lock[Symbol.dispose]();
    },
  };
}

/** The marker names its folder, so that a copy of it in another folder does not count. */
function markOf(path: string): string {
  return `${basename(path)}: working copies of a tieout process; whoever starts next removes them with this folder\n`;
}

/** A folder that cannot be removed now is left to the next process. */
function sweep(path: string): void {
  try {
    if (!isOurs(path)) return;
    // An interrupted removal may have left no lock: then no process uses the folder.
    if (!readdirSync(path).includes(LOCK)) remove(path);
    else if (lstatSync(join(path, LOCK)).isFile()) {
      using lock = holdLock(join(path, LOCK));
      if (lock !== null) remove(path);
    }
  } catch {}
}

/** A real folder of this user with a real marker: no link, no second name for another file, and exactly our text. */
function isOurs(path: string): boolean {
  const user = process.getuid?.();
  const folder = lstatSync(path);
  if (!folder.isDirectory() || folder.uid !== user) return false;
  const marker = openSync(join(path, MARKER), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { uid, nlink, size, ...stats } = fstatSync(marker);
    const mark = markOf(path);
    if (uid !== user || nlink !== 1 || size !== mark.length) return false;
    return (stats.mode & constants.S_IFMT) === constants.S_IFREG && readFileSync(marker, "utf8") === mark;
  } finally {
    closeSync(marker);
  }
}

/** The marker is removed last, so that the next process finishes an interrupted removal. */
function remove(path: string): void {
  for (const name of readdirSync(path)) if (name !== MARKER) rmSync(join(path, name), { recursive: true, force: true });
  rmSync(join(path, MARKER), { force: true });
  rmdirSync(path);
}
