/**
 * The folder for a process's working copies, which hold account data: gone with the process, or, when that was killed,
 * with the next one that starts beside it. A lock within tells whose process still lives, in whichever container it is.
 */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "../errors/exit-codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import { troubleOf } from "../ledger/sqlite-database.ts";
import { holdLock } from "../ledger/sqlite-lock.ts";
import { isDiskFull } from "../read/source-file.ts";

const LOCK = "alive";
/** A folder without a lock is left alone for so long: it is being made, or an older version's. */
const UNLOCKED_FOR_MS = 24 * 3_600_000;
/** Another process may sweep a folder away before its lock is held. */
const TRIES = 5;

export interface WorkFolder extends Disposable {
  readonly path: string;
}

/** Makes it below `parent` (0700), and removes those of dead processes there. Throws FatalError `spool_unwritable`. */
export function openWorkFolder(parent: string): WorkFolder {
  try {
    mkdirSync(parent, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(parent)) sweep(join(parent, name));
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const folder = tryOpen(join(parent, randomBytes(6).toString("hex")));
      if (folder !== null) return folder;
    }
    throw new Error("others have removed it again and again");
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    const why = troubleOf(error) ?? code ?? "others remove it";
    throw new FatalError("spool_unwritable", `no folder for working copies can be made in ${parent} (${why})`, {
      hint: "make room or check the permissions there, then start the job again",
      ...(isDiskFull(error) && { exit: EXIT.stopped }),
      cause: error,
    });
  }
}

function tryOpen(path: string): WorkFolder | null {
  mkdirSync(path, { mode: 0o700 });
  const lock = holdLock(join(path, LOCK));
  // The lock of a file that was removed in between would be seen by nobody.
  if (lock === null || !existsSync(join(path, LOCK))) return null;
  return {
    path,
    [Symbol.dispose]() {
      rmSync(path, { recursive: true, force: true });
      lock[Symbol.dispose]();
    },
  };
}

/** What cannot be swept now is left to the next process. */
function sweep(path: string): void {
  try {
    if (!existsSync(join(path, LOCK)) && Date.now() - statSync(path).mtimeMs < UNLOCKED_FOR_MS) return;
    using lock = holdLock(join(path, LOCK));
    if (lock !== null) rmSync(path, { recursive: true, force: true });
  } catch {}
}
