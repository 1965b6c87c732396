/** The npm packages of which a command loads anything. */
import { spawnSync } from "node:child_process";

const NOTE_LOADED = new URL("note-loaded.ts", import.meta.url).href;

/** Sorted. `command` is a file for Node. Throws with what the command printed when it ends otherwise than by `code`. */
export function loadedPackages(
  [command, ...args]: readonly [string, ...string[]],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
  code = 0,
): readonly string[] {
  const { status, stderr, output } = spawnSync(process.execPath, ["--import", NOTE_LOADED, command, ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    encoding: "utf8",
  });
  const loaded = output[3] ?? "";
  if (status !== code || !loaded.includes("/bin/tieout.js")) throw new Error(`exit ${status}: ${stderr}`);
  const names = loaded.matchAll(/\/node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//g);
  return [...new Set([...names].map(([, name = ""]) => name))].sort();
}
