/**
 * FileStore over one local folder: a key is a path below it, with "/" between the names.
 * Never overwrites a file, never leaves the folder, never lists dot-files, and so no half-written file of its own.
 */
import { randomBytes } from "node:crypto";
import type { BigIntStats, Dirent } from "node:fs";
import { link, mkdtemp, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { FatalError } from "../errors/fatal-error.ts";
import { nodeCode } from "../errors/node-code.ts";
import { type FileStore, fileChanged, type Removal, resultsUnwritable, type StoredFile } from "./file-store.ts";
import { makeFolder } from "./make-folder.ts";

const CHUNK_BYTES = 256 * 1024;

/** Opens a folder, absolute or relative to the working directory; it need not exist before the first write. */
export function openFolderStore({ folder }: { readonly folder: string }): FileStore {
  return new FolderStore(resolve(folder));
}

class FolderStore implements FileStore {
  readonly place: string;

  constructor(folder: string) {
    this.place = folder;
  }

  async *list(prefix: string): AsyncGenerator<StoredFile> {
    await this.#checkFolder();
    yield* this.#walk("", prefix);
  }

  /** `below` is "" or ends with "/". Links to folders are not followed, so that no circle is. */
  async *#walk(below: string, prefix: string): AsyncGenerator<StoredFile> {
    for (const entry of await this.#entries(below)) {
      const key = below + entry.name;
      if (entry.name.startsWith(".")) continue;
      if (entry.isDirectory()) {
        const inside = `${key}/`;
        if (inside.startsWith(prefix) || prefix.startsWith(inside)) yield* this.#walk(inside, prefix);
      } else if (key.startsWith(prefix)) {
        const file = await this.#stat(key);
        if (file !== undefined) yield file;
      }
    }
  }

  async find(key: string): Promise<StoredFile | undefined> {
    await this.#checkFolder();
    return isInside(key) ? this.#stat(key) : undefined;
  }

  async *read(file: StoredFile): AsyncGenerator<Uint8Array> {
    if (!isInside(file.key)) throw fileChanged(file.key, this.place);
    try {
      await using handle = await open(join(this.place, file.key), "r");
      const isSame = async () => etagOf(await handle.stat({ bigint: true })) === file.etag;
      if (!(await isSame())) throw fileChanged(file.key, this.place);
      let size = 0;
      for await (const chunk of handle.createReadStream({ autoClose: false, highWaterMark: CHUNK_BYTES })) {
        size += chunk.length;
        yield chunk;
      }
      if (size !== file.size || !(await isSame())) throw fileChanged(file.key, this.place);
    } catch (error) {
      if (codeOf(error) === "ENOENT") throw fileChanged(file.key, this.place, error);
      throw unreachable(join(this.place, file.key), error);
    }
  }

  async write(key: string, localPath: string, { mayExist } = { mayExist: false }): Promise<void> {
    if (!isInside(key)) throw resultsUnwritable(key, this.place, "would be outside the folder");
    const target = join(this.place, key);
    try {
      await makeFolder(dirname(target));
      // Beside the target, because a link cannot cross file systems, and hidden from a listing by its dot.
      const workFolder = await mkdtemp(join(dirname(target), ".tieout-"));
      try {
        await copyDurably(localPath, join(workFolder, "whole"));
        // A link, unlike a rename, fails when the target is there.
        await link(join(workFolder, "whole"), target).catch((error: unknown) => {
          if (!mayExist || codeOf(error) !== "EEXIST") throw error;
        });
      } finally {
        await rm(workFolder, { recursive: true, force: true });
      }
      await this.#syncFolders(dirname(target));
    } catch (error) {
      throw this.#writeFailure(key, error);
    }
  }

  /** Out of sight first, so that what is looked at is what is removed. */
  async remove(file: StoredFile): Promise<Removal> {
    const path = join(this.place, file.key);
    const current = isInside(file.key) ? await this.#stat(file.key) : undefined;
    if (current === undefined) return "gone";
    if (current.etag !== file.etag) return "other";
    const aside = join(dirname(path), `.tieout-removed-${randomBytes(6).toString("hex")}`);
    try {
      await rename(path, aside);
      if (etagOf(await stat(aside, { bigint: true })) !== file.etag) {
        await link(aside, path);
        await rm(aside);
        return "other";
      }
      await rm(aside);
      await this.#syncFolders(dirname(path));
      return "removed";
    } catch (error) {
      const message = `${path} cannot be removed (${codeOf(error)})`;
      const hint = "let Tieout write to that folder, or take move out of the job's archive";
      throw new FatalError("not_archived", message, { hint, cause: error });
    }
  }

  async tag(file: StoredFile): Promise<void> {
    const message = `${join(this.place, file.key)} cannot have tags`;
    throw new FatalError("not_archived", message, { hint: "take tag out of the job" });
  }

  #writeFailure(key: string, error: unknown): FatalError {
    if (error instanceof FatalError) return error;
    const code = codeOf(error);
    return resultsUnwritable(
      key,
      this.place,
      code === "EEXIST" ? "exists already" : `cannot be written (${code})`,
      error,
    );
  }

  /** A new name is durable once its folder is synced, and each new folder once the one above it is. */
  async #syncFolders(from: string): Promise<void> {
    for (let folder = from; ; folder = dirname(folder)) {
      await using handle = await open(folder, "r");
      await handle.sync();
      if (folder === this.place) return;
    }
  }

  async #checkFolder(): Promise<void> {
    const stats = await stat(this.place).catch((error: unknown) => {
      if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
      throw unreachable(this.place, error);
    });
    if (stats?.isDirectory()) return;
    const message = `Folder ${this.place} ${stats === undefined ? "does not exist" : "is not a folder"}`;
    throw new FatalError("source_not_found", message, { hint: "check the folder in the job" });
  }

  async #entries(below: string): Promise<Dirent[]> {
    const folder = join(this.place, below);
    return readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if (codeOf(error) === "ENOENT") return [];
      throw unreachable(folder, error);
    });
  }

  async #stat(key: string): Promise<StoredFile | undefined> {
    const path = join(this.place, key);
    const stats = await stat(path, { bigint: true }).catch((error: unknown) => {
      if (["ENOENT", "ENOTDIR", "ENAMETOOLONG"].includes(codeOf(error))) return undefined;
      throw unreachable(path, error);
    });
    if (!stats?.isFile()) return undefined;
    return { key, size: Number(stats.size), lastModifiedMs: Number(stats.mtimeMs), etag: etagOf(stats) };
  }
}

async function copyDurably(from: string, to: string): Promise<void> {
  await using source = await open(from, "r");
  await using copy = await open(to, "wx", 0o600);
  await copy.writeFile(source.createReadStream({ autoClose: false, highWaterMark: CHUNK_BYTES }));
  await copy.sync();
}

/** Whether the key is a path below the folder: no empty name, no "." or "..", nothing hidden, no NUL. */
function isInside(key: string): boolean {
  return !key.includes("\0") && key.split("/").every((name) => name !== "" && !name.startsWith("."));
}

function etagOf({ size, ino, mtimeNs }: BigIntStats): string {
  return `"${size}-${ino}-${mtimeNs}"`;
}

function unreachable(path: string, error: unknown): FatalError {
  if (error instanceof FatalError) return error;
  const message = `${path} cannot be read (${codeOf(error)})`;
  return new FatalError("source_unreachable", message, { hint: "check the folder and its permissions", cause: error });
}

/** Always something, as it is for a message. */
function codeOf(error: unknown): string {
  return nodeCode(error) ?? (error instanceof Error ? error.name : typeof error);
}
