/**
 * Makes a folder, with those above it. Where a file system has no place for folders, such as /proc, it fails at once: Node's own recursive
 * mkdir tries for ever there.
 */
import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { nodeCode } from "../errors/node-code.ts";

/** For its owner alone; one that is there stays as it is. */
export async function makeFolder(path: string): Promise<void> {
  const code = await tryMake(path);
  if (code !== "ENOENT") return;
  await makeFolder(dirname(path));
  if ((await tryMake(path)) !== "ENOENT") return;
  throw Object.assign(new Error(`${path} cannot be made`), { code: "ENOENT" });
}

/** "ENOENT" where the folder above it is not there; undefined once it is. */
async function tryMake(path: string): Promise<"ENOENT" | undefined> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const code = nodeCode(error);
    if (code === "ENOENT" && dirname(path) !== path) return code;
    if (code !== "EEXIST" || !(await stat(path)).isDirectory()) throw error;
  }
  return undefined;
}
