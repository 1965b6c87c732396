/**
 * The local files of the simulated machines: what the processes under test write to and read from paths below
 * LOCAL_FOLDER stays in memory, at once and without another thread. All other paths lead where they always do.
 *
 * Only what the product asks of local files is there. Anything else fails, since nothing on the disk has such a path.
 */
import fs, { type PathLike } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

/** Nowhere on the disk. */
export const LOCAL_FOLDER = "/tieout-simulation";

const files = new Map<string, Uint8Array[]>();
let folders = 0;

/** The bytes of a local file. */
function readLocalFile(path: string): Buffer {
  const parts = files.get(path);
  if (parts === undefined) throw failed("ENOENT", path);
  return Buffer.concat(parts);
}

/** Forgets all files below the folder. */
export function removeLocalFiles(folder: string): void {
  for (const path of files.keys()) if (path === folder || path.startsWith(`${folder}/`)) files.delete(path);
}

function failed(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

function openLocal(path: string, flags: unknown): FileHandle {
  if (flags === "wx" && files.has(path)) throw failed("EEXIST", path);
  const parts: Uint8Array[] = [];
  files.set(path, parts);
  const close = async () => {};
  const handle = {
    async writeFile(data: string | Uint8Array) {
      parts.push(Buffer.from(data as string));
    },
    async sync() {},
    close,
    [Symbol.asyncDispose]: close,
  };
  return handle as unknown as FileHandle;
}

async function* readInOne(path: string): AsyncGenerator<Buffer> {
  yield readLocalFile(path);
}

/** What each function does with a path below LOCAL_FOLDER. */
const LOCAL: Readonly<Record<string, (path: string, ...given: unknown[]) => unknown>> = {
  async mkdir() {},
  mkdtemp: async (prefix) => `${prefix}${++folders}`,
  readFile: async (path) => readLocalFile(path),
  open: async (path, flags) => openLocal(path, flags),
  async rm(path) {
    removeLocalFiles(path);
  },
  async writeFile(path, data) {
    files.set(path, [Buffer.from(data as string)]);
  },
};

type AnyFunction = (path: PathLike, ...given: unknown[]) => unknown;

/** Puts `act` in front of a function of Node's, for the paths that are ours. */
function divert(owner: object, name: string, act: (path: string, ...given: unknown[]) => unknown): void {
  const real = Reflect.get(owner, name) as AnyFunction;
  const diverted: AnyFunction = (path, ...given) =>
    typeof path === "string" && path.startsWith(LOCAL_FOLDER)
      ? act(path, ...given)
      : Reflect.apply(real, owner, [path, ...given]);
  Reflect.set(owner, name, diverted);
}

for (const [name, act] of Object.entries(LOCAL)) divert(fs.promises, name, act);
divert(fs, "createReadStream", readInOne);
syncBuiltinESMExports();
