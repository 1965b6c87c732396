/**
 * Buckets whose objects are the files of folders: a file that is put there is an object, and an object that comes in is a file. A key is
 * a path below the folder; names that begin with a dot are left alone. Never follows a link to a folder.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Buckets, etagOf, type StoredObject } from "./buckets.ts";
import { S3Error } from "./s3-error.ts";

/** One file as it was when it was last looked at. */
interface Seen {
  readonly mark: string;
  readonly object: StoredObject;
}

export class FolderBuckets extends Buckets {
  readonly #folders: Readonly<Record<string, string>>;
  readonly #seen = new Map<string, Seen>();

  constructor(names: readonly string[], folders: Readonly<Record<string, string>>) {
    super(names, false);
    this.#folders = folders;
  }

  /** Takes what has changed in the folders since. */
  override refresh(): void {
    for (const [bucket, folder] of Object.entries(this.#folders)) {
      const keys = keysIn(folder);
      for (const key of keys) this.#look(bucket, folder, key);
      for (const { key } of this.current(bucket)) if (!keys.has(key)) super.delete(bucket, key);
    }
  }

  override put(
    bucket: string,
    key: string,
    bytes: Buffer,
    headers: Readonly<Record<string, string>> = {},
    lastModified = new Date(),
  ): StoredObject {
    const folder = this.#folders[bucket];
    if (folder === undefined) return super.put(bucket, key, bytes, headers, lastModified);
    if (!isPath(key)) throw new S3Error(400, "InvalidArgument", "The key cannot be a file's path.");
    const target = join(folder, key);
    writeWhole(target, bytes);
    this.#look(bucket, folder, key, headers);
    return this.find(bucket, key) ?? super.put(bucket, key, bytes, headers, lastModified);
  }

  override delete(bucket: string, key: string, versionId?: string): void {
    const folder = this.#folders[bucket];
    if (folder !== undefined && isPath(key)) rmSync(join(folder, key), { force: true });
    super.delete(bucket, key, versionId);
  }

  #look(bucket: string, folder: string, key: string, headers: Readonly<Record<string, string>> = {}): void {
    const path = join(folder, key);
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (!stats?.isFile()) return;
    const mark = `${stats.size} ${stats.ino} ${stats.mtimeNs}`;
    const known = this.#seen.get(path);
    if (known?.mark === mark && this.find(bucket, key) === known.object) return;
    const object = this.keep(bucket, {
      key,
      size: Number(stats.size),
      // Read when it is asked for: a folder may hold more than fits into memory.
      get bytes() {
        return readFileSync(path);
      },
      etag: etagOf(readFileSync(path)),
      versionId: "null",
      lastModified: new Date(Number(stats.mtimeMs)),
      headers,
    });
    this.#seen.set(path, { mark, object });
  }
}

function writeWhole(target: string, bytes: Buffer): void {
  const half = join(dirname(target), `.half-${randomBytes(6).toString("hex")}`);
  try {
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    try {
      writeFileSync(half, bytes, { mode: 0o600 });
      renameSync(half, target);
    } finally {
      rmSync(half, { force: true });
    }
  } catch {
    throw new S3Error(500, "InternalError", "The object cannot be written to the folder.");
  }
}

function keysIn(folder: string): ReadonlySet<string> {
  try {
    return new Set(walk(folder, ""));
  } catch {
    throw new S3Error(404, "NoSuchBucket", "The bucket's folder cannot be read.");
  }
}

function* walk(folder: string, below: string): Generator<string> {
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    if (entry.name.startsWith(".")) continue;
    if (entry.isDirectory()) yield* walk(folder, `${below}${entry.name}/`);
    else yield below + entry.name;
  }
}

/** Whether it names a file below a folder: no empty name, none that begins with a dot, no NUL. */
function isPath(key: string): boolean {
  return !key.includes("\0") && key.split("/").every((name) => name !== "" && !name.startsWith("."));
}
