/**
 * The folder for a process's working copies, which hold account data: removed with the process, or, when that was killed,
 * by the next one that starts beside it. Only a folder that carries our marker is ever removed.
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
/** Held for as long as the process lives, in whichever container that is. */
const LOCK = "alive";
const MARKER = "tieout-work";

export interface WorkFolder extends Disposable {
  readonly path: string;
}

/** Makes it in `parent` (0700), and removes those of dead processes there. Throws FatalError `spool_unwritable`. */
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

/** The lock comes before the marker: without that nobody sweeps the folder, and with it the lock says who lives. */
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

/** It names the folder, so that a copy of the marker in another one is none. */
function markOf(path: string): string {
  return `${basename(path)}: working copies of a tieout process; whoever starts next removes them with this folder\n`;
}

/** What cannot be swept now is left to the next process. */
function sweep(path: string): void {
  try {
    if (!isOurs(path)) return;
    // A removal that was cut short may have left no lock: then nobody lives there.
    if (!readdirSync(path).includes(LOCK)) remove(path);
    else if (lstatSync(join(path, LOCK)).isFile()) {
      using lock = holdLock(join(path, LOCK));
      if (lock !== null) remove(path);
    }
  } catch {}
}

/** A true folder of this user with a true marker: no link, no other name for another file, and the very text. */
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

/** The marker goes last, so that a removal that is cut short is finished by the next process. */
function remove(path: string): void {
  for (const name of readdirSync(path)) if (name !== MARKER) rmSync(join(path, name), { recursive: true, force: true });
  rmSync(join(path, MARKER), { force: true });
  rmdirSync(path);
}
