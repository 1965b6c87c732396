/**
 * What a ledger's file must be before it is trusted: on a disk of this machine, whole, and as durable as it was told to
 * be. Looks; never mends.
 */
import { statfsSync, statSync } from "node:fs";
import { FatalError } from "../errors/fatal-error.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

/**
 * File systems over a network, by the magic number of statfs(2): their locks and fsyncs can't be trusted with a
 * write-ahead log (sqlite.org/wal.html: all processes must be on one host).
 */
const NETWORK_FILE_SYSTEMS: Readonly<Record<number, string>> = {
  26985: "NFS",
  20859: "SMB",
  4283649346: "CIFS",
  4266872130: "SMB",
  1397113167: "AFS",
  12805120: "Ceph",
  198183888: "Lustre",
};

/** A larger file would be read for longer than a start may take; its damage shows when the page is met. */
const CHECKED_BYTES = 32 * 1024 * 1024;

/** The network file system of that magic number; none for a local one. */
export function networkFileSystem(type: number): string | undefined {
  return NETWORK_FILE_SYSTEMS[type >>> 0];
}

/** Throws FatalError `ledger_unusable` when the folder lies on another machine's disk. */
export function checkFileSystem(folder: string, path: string): void {
  const name = networkFileSystem(statfsSync(folder).type);
  if (name === undefined) return;
  throw unusable(
    `the ledger ${path} lies on a network file system (${name}), whose locks and writes cannot be trusted`,
    {
      hint: "set TIEOUT_LEDGER to a path on a local disk",
    },
  );
}

/** Throws FatalError `ledger_unusable` for a file with damage that a quick look finds. */
export function checkWhole(db: SqliteDatabase): void {
  if (statSync(db.path).size > CHECKED_BYTES) return;
  const [found] = db.all<{ quick_check: string }>("PRAGMA quick_check(1)");
  if (found === undefined || found.quick_check === "ok") return;
  throw unusable(`the ledger ${db.path} is damaged`, {
    hint: "keep the file as it is, and restore the last good copy, or ask Tieout's makers",
  });
}

/** Throws FatalError `ledger_unusable` when SQLite did not take the durability it was told. */
export function checkDurability(db: SqliteDatabase): void {
  const journal = db.get<{ journal_mode: string }>("PRAGMA journal_mode")?.journal_mode;
  const synchronous = db.get<{ synchronous: number }>("PRAGMA synchronous")?.synchronous ?? 0;
  if (journal === "wal" && synchronous >= FULL) return;
  throw unusable(`the ledger ${db.path} would be kept with journal ${journal} and synchronous ${synchronous}`, {
    hint: "set TIEOUT_LEDGER to a path on a local disk that takes a write-ahead log",
  });
}

/** sqlite.org/pragma.html, synchronous. */
const FULL = 2;

function unusable(message: string, { hint }: { hint: string }): FatalError {
  return new FatalError("ledger_unusable", message, { hint });
}
