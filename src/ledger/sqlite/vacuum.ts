/**
 * Writes a ledger's file anew without the room of what is gone. Nobody may work with it meanwhile; needs room for two copies.
 */
import { statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { FatalError } from "../../errors/fatal-error.ts";
import { type BusyShape, checkIdle, FIND_BUSY } from "../sql/check-idle.ts";
import { openSqliteDatabase } from "./open-database.ts";

export interface Vacuumed {
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

const BUSY_TIMEOUT_MS = 10_000;
/** SQLite writes a copy, and that through its log. */
const COPIES = 2;

/** Throws FatalError `lease_held` and `run_waits` while a run is in progress or unfinished, and `ledger_failed` without room. */
export function vacuumSqlite(path: string, nowMs: number): Vacuumed {
  const { db } = openSqliteDatabase(path, { busyTimeoutMs: BUSY_TIMEOUT_MS, durable: true, begins: "never" });
  try {
    checkIdle(db.get<BusyShape>(FIND_BUSY, nowMs));
    const bytesBefore = sizeOf(db.path);
    checkRoom(db.path, bytesBefore);
    db.exec("VACUUM");
    db.get("PRAGMA wal_checkpoint(TRUNCATE)");
    return { bytesBefore, bytesAfter: sizeOf(db.path) };
  } finally {
    db.close();
  }
}

function sizeOf(path: string): number {
  return [path, `${path}-wal`].reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

function checkRoom(path: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(dirname(path));
  const needed = COPIES * bytes;
  if (bavail * bsize >= needed) return;
  const mib = (size: number) => `${Math.ceil(size / 1024 ** 2)} MiB`;
  throw new FatalError(
    "ledger_failed",
    `the ledger ${path} needs ${mib(needed)} of room for this, and its disk has ${mib(bavail * bsize)}`,
    {
      hint: "make room, or copy the ledger to a larger disk: tieout ledger backup <file> writes a copy without what is gone",
    },
  );
}
