/**
 * What a ledger's file must be before it is trusted: on a disk of this machine, undamaged, and as durable as it was set to
 * be. Changes nothing.
 */
import { readFileSync, realpathSync, statfsSync, statSync } from "node:fs";
import { FatalError } from "../../errors/fatal-error.ts";
import { RESTORE, type SqliteDatabase } from "./database.ts";

/**
 * File systems of several machines, by the magic number of statfs(2): their locks and fsyncs can't be trusted with a
 * write-ahead log (sqlite.org/wal.html: all processes must be on one host).
 */
const SHARED_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x564c, "NCP"],
  [0x5346414f, "AFS"],
  [0x73757245, "Coda"],
  [0x00c36400, "Ceph"],
  [0x0bd00bd0, "Lustre"],
  [0x19830326, "BeeGFS"],
  [0x47504653, "GPFS"],
  [0x01161970, "GFS2"],
  [0x7461636f, "OCFS2"],
]);

/** All file systems of user space have one magic number; only the table of mounts shows which one it is. */
const FUSE = 0x65735546;
const SHARED_PROGRAMS =
  /^(sshfs|rclone|s3fs|goofys|mountpoint-s3|gcsfuse|blobfuse2?|juicefs|glusterfs|ceph-fuse|seaweedfs|mfs|davfs2?|curlftpfs|smbnetfs|https?:.*)$/;

/**
 * Reading a larger file would delay the start for too long; its damage shows when the page is read. The log that a crash
 * leaves has its own checksums, so a crash is no reason to read more.
 */
const CHECKED_BYTES = 32 * 1024 * 1024;

/** The file system of several machines with that magic number; none for a local one, and for FUSE, which can be either. */
export function sharedFileSystem(type: number): string | undefined {
  return SHARED_FILE_SYSTEMS.get(type >>> 0);
}

/** File systems that the kernel makes up, by their magic number: nothing in them is kept. */
const MADE_UP: ReadonlyMap<number, string> = new Map([
  [0x9fa0, "proc"],
  [0x62656572, "sysfs"],
  [0x64626720, "debugfs"],
  [0x74726163, "tracefs"],
  [0x27e0eb, "cgroup"],
  [0x63677270, "cgroup2"],
]);

/** The program that brings `path` from another machine, by /proc/self/mountinfo (proc(5)); none for a local one. */
export function sharedProgram(mountinfo: string, path: string): string | undefined {
  const mounts = mountinfo.split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const point = before.split(" ")[4]?.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8)));
    const [type = "", source = ""] = after.split(" ");
    return point !== undefined && isBelow(path, point) ? [{ point, type, source }] : [];
  });
  // Of two mounts on one point the later one is seen.
  const mount = mounts.reduce((best, one) => (one.point.length >= best.point.length ? one : best), NO_MOUNT);
  const program = mount.type === "fuse" ? mount.source : mount.type.replace(/^fuse\./, "");
  return SHARED_PROGRAMS.test(program) ? program : undefined;
}

const NO_MOUNT = { point: "", type: "", source: "" };

function isBelow(path: string, point: string): boolean {
  return point === "/" || path === point || path.startsWith(`${point}/`);
}

/**
 * Throws FatalError `ledger_unusable` when `at`, the ledger or the folder that it is to be made in, is on no disk or on
 * another machine's.
 */
export function checkFileSystem(path: string, at: string): void {
  const { type } = statfsSync(at);
  const madeUp = MADE_UP.get(type >>> 0);
  if (madeUp !== undefined)
    throw unusable(
      `the ledger ${path} is in ${madeUp}, where files do not last`,
      "set TIEOUT_LEDGER to a path on a local disk",
    );
  const isFuse = type >>> 0 === FUSE;
  const name = isFuse
    ? sharedProgram(readFileSync("/proc/self/mountinfo", "utf8"), realpathSync(at))
    : sharedFileSystem(type);
  if (name === undefined) return;
  const message = `the ledger ${path} is on a network file system (${name}), where locks and writes are not reliable`;
  throw unusable(message, "set TIEOUT_LEDGER to a path on a local disk");
}

/** Throws FatalError `ledger_unusable` for a file with damage that a quick look finds. */
export function checkWhole(db: SqliteDatabase): void {
  if (statSync(db.path).size > CHECKED_BYTES) return;
  const [found] = db.all<{ quick_check: string }>("PRAGMA quick_check(1)");
  if (found === undefined || found.quick_check === "ok") return;
  throw unusable(`the ledger ${db.path} is damaged`, RESTORE);
}

/** Throws FatalError `ledger_unusable` when SQLite did not accept the durability setting. */
export function checkDurability(db: SqliteDatabase): void {
  const journal = db.get<{ journal_mode: string }>("PRAGMA journal_mode")?.journal_mode;
  const synchronous = db.get<{ synchronous: number }>("PRAGMA synchronous")?.synchronous ?? 0;
  if (journal === "wal" && synchronous >= FULL) return;
  const message = `the ledger ${db.path} cannot be kept safely: its journal is ${journal} and its synchronous setting ${synchronous}`;
  throw unusable(message, "set TIEOUT_LEDGER to a path on a local disk that supports a write-ahead log");
}

/** sqlite.org/pragma.html, synchronous. */
const FULL = 2;

function unusable(message: string, hint: string): FatalError {
  return new FatalError("ledger_unusable", message, { hint });
}
