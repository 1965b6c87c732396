/**
 * A folder's disk: what kind it is, how much is free, and whether a file there can be written, made durable and removed. The trial is a
 * hidden folder that no listing of Tieout shows; nothing of it stays.
 */
import { existsSync } from "node:fs";
import { mkdtemp, open, rm, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { nodeCode } from "../errors/node-code.ts";
import { bad, good, poor, type Remark } from "./finding.ts";

const LOW_BYTES = 1024 ** 3;
const TOO_LOW_BYTES = 64 * 1024 ** 2;
/** A commit that takes longer than this is felt in every run. */
const SLOW_SYNC_MS = 100;

/** File systems whose files do not outlive the container or the machine, by the magic number of statfs(2). */
const PASSING: ReadonlyMap<number, string> = new Map([
  [0x794c7630, "the container's own layer, which goes with the container"],
  [0x01021994, "memory (tmpfs), which is empty after a restart"],
]);

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the quota is used up",
};

const STEPS: Readonly<Record<string, string>> = {
  EROFS: "mount it so that it can be written, or name another place",
  ENOSPC: "make room there",
  EDQUOT: "make room there",
};

/** The folder itself, or the nearest one above it that is there. */
export function nearestFolder(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}

/** `what` is kept in the folder, which is there. */
export async function checkDisk(folder: string, what: string): Promise<Remark[]> {
  const { type, bavail, bsize } = await statfs(folder);
  const passing = PASSING.get(type >>> 0);
  const free = bavail * bsize;
  const room = `${asSize(free)} free on the disk of ${what}`;
  const next = "make room there, or name a place on a larger disk";
  return [
    ...(passing === undefined ? [] : [poor(`${what} would be in ${passing}`, "mount a volume of a local disk there")]),
    free < TOO_LOW_BYTES ? bad(`only ${room}`, next) : free < LOW_BYTES ? poor(`only ${room}`, next) : good(room),
    await tryFolder(folder, what),
  ];
}

async function tryFolder(folder: string, what: string): Promise<Remark> {
  let trial: string | undefined;
  try {
    trial = await mkdtemp(join(folder, ".tieout-"));
    const beganMs = performance.now();
    await using handle = await open(join(trial, "trial"), "wx", 0o600);
    await handle.writeFile(Buffer.alloc(4096));
    await handle.sync();
    const tookMs = Math.ceil(performance.now() - beganMs);
    const text = `${folder} can be written; a write is durable after ${tookMs} ms`;
    return tookMs > SLOW_SYNC_MS ? poor(text, `put ${what} on a faster disk`) : good(text);
  } catch (error) {
    const code = nodeCode(error);
    if (code === undefined) throw error;
    return bad(
      `${folder} cannot be written: ${REASONS[code] ?? code}`,
      STEPS[code] ?? `let the user that starts Tieout write there, or name another place for ${what}`,
    );
  } finally {
    if (trial !== undefined) await rm(trial, { recursive: true, force: true });
  }
}

/** As `1.2 GB`. */
export function asSize(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const figure = bytes / 1000 ** power;
  return `${power === 0 || figure >= 100 ? Math.floor(figure) : figure.toFixed(1)} ${units[power]}`;
}
