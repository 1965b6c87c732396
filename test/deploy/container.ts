/**
 * A process as a container would have it, made of the kernel's namespaces alone: it is process 1, it is nobody of this machine, and all
 * that it may write to is its volume and /tmp. The network is this machine's.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Image } from "./dockerfile.ts";

export interface Mounts {
  /** At /app/.tieout; without one, nothing there can be written to. */
  readonly volume?: string | undefined;
  /** At /app/jobs, to be read. */
  readonly jobs: string;
}

export interface Container extends Disposable {
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
  /** What has come on standard error by now. */
  err(): string;
  /** To process 1, as a platform sends it. */
  kill(signal: NodeJS.Signals): void;
  /** Runs a command beside process 1, as the same nobody, and gives its exit code. */
  exec(args: readonly string[]): number | null;
}

/** As root: the rest of this machine is made read-only, then the rights are given up. */
const PREPARE = `
mount --bind "$APP" "$APP"
if [ -n "$VOLUME" ]; then mount --bind "$VOLUME" "$APP/.tieout"; fi
mount --bind "$JOBS" "$APP/jobs"
mount -o remount,bind,ro "$APP"
mount -o remount,bind,ro "$APP/jobs"
mount -o remount,bind,ro /
mount -t tmpfs -o mode=1777 tmpfs /tmp
cd "$APP"
exec "$@"`;

/** Whether this machine lets a test do that. */
export function canContain(): boolean {
  return (
    process.getuid?.() === 0 &&
    spawnSync("unshare", ["--mount", "--pid", "--fork", "setpriv", "--version"]).status === 0
  );
}

const giveUp = (user: string): readonly string[] => {
  const [uid, gid] = user.split(":");
  const ids = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
  return ["setpriv", ...ids, "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"];
};

/** `args` take the place of CMD. The environment is that of the image and `env`, and HOME is a folder that cannot be written to. */
export function startContainer(
  image: Image,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { volume, jobs }: Mounts,
): Container {
  const app = join(image.root, image.workdir);
  const own = (word: string) => word.replace(/^(?=\/(app|usr\/local)\/)/, image.root);
  const path = (image.env.PATH ?? "").split(":").map(own).join(":");
  const inside = { ...image.env, PATH: path, HOME: "/", ...env };
  const words = ["env", "-i", ...Object.entries(inside).map(([name, value]) => `${name}=${value}`)];
  const namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const child = spawn(
    "unshare",
    [...namespaces, "sh", "-euc", PREPARE, "sh", ...giveUp(image.user), ...words, ...image.entrypoint, ...args],
    { env: { PATH: process.env.PATH, APP: app, VOLUME: volume ?? "", JOBS: jobs }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let [out, err] = ["", ""];
  child.stdout.on("data", (text) => (out += text));
  child.stderr.on("data", (text) => (err += text));
  return {
    ended: once(child, "close").then(([code]) => ({ code, out, err })),
    err: () => err,
    kill: (signal) => void process.kill(firstOf(child), signal),
    exec(command) {
      const enter = ["--target", String(firstOf(child)), "--mount", "--pid", "--wd=/"];
      return spawnSync("nsenter", [...enter, ...giveUp(image.user), ...words, ...command.map(own)]).status;
    },
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  };
}

/** Process 1 of the container, by its number on this machine. */
function firstOf({ pid }: ChildProcess): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim());
}

/** What `path` belongs to, as `uid:gid mode`. */
export function ownerOf(path: string): string {
  return execFileSync("stat", ["--format", "%u:%g %a", path], { encoding: "utf8" }).trim();
}
