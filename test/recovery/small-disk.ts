/**
 * A real disk of a given size, in memory: a file system that is mounted where only the processes see it that are started
 * under it. Needs unshare(1), nsenter(1) and a kernel that lets users mount in a namespace of their own.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";

export interface SmallDisk extends Disposable {
  /** The command under which a process sees the disk. */
  readonly under: readonly string[];
  /** Copies all that is on it to a folder that others see as well. */
  copyTo(folder: string): void;
  /** Makes it so large that it is not full for long. */
  enlarge(): void;
  usedKb(): number;
}

const APART = ["--map-root-user", "--mount"];

export function canMount(): boolean {
  return spawnSync("unshare", [...APART, "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;
}

/** Mounts it on `folder`, which is made. Its processes must have ended before it is disposed of. */
export async function openSmallDisk(folder: string, sizeKb: number): Promise<SmallDisk> {
  await mkdir(folder, { recursive: true });
  const script = 'mount -t tmpfs -o "size=$1" none "$0" && echo mounted && exec sleep infinity';
  const holder = spawn("unshare", [...APART, "sh", "-c", script, folder, `${sizeKb}k`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await Promise.race([once(holder.stdout, "data"), once(holder, "close")])) as unknown[];
  if (!String(line).startsWith("mounted")) throw new Error(`no disk can be mounted on ${folder}`);
  const enter = ["nsenter", "--target", String(holder.pid), "--user", "--mount", "--preserve-credentials"];
  const run = (...command: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync("nsenter", [...enter.slice(1), ...command], { encoding: "utf8" });
    if (status !== 0) throw new Error(`${command[0]} ended with ${status}: ${stderr}`);
    return stdout;
  };
  return {
    under: enter,
    copyTo: (other) => void run("cp", "-r", folder, other),
    enlarge: () => void run("mount", "-o", "remount,size=1g", folder),
    usedKb: () => Number(run("df", "-k", folder).trim().split("\n").at(-1)?.split(/\s+/)[2]),
    [Symbol.dispose]: () => void holder.kill("SIGKILL"),
  };
}
