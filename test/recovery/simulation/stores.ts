/**
 * Two places of files in memory: the one that the job's files come from, and the one that takes its results. What was
 * written stays, whatever becomes of the process that wrote it.
 */
import { hash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { FatalError } from "../../../src/errors/fatal-error.ts";
import type { FileStore, StoredFile } from "../../../src/store/file-store.ts";
import type { Life } from "./life.ts";

export class MemoryStore {
  readonly place: string;
  readonly files = new Map<string, Buffer>();

  constructor(bucket: string) {
    this.place = `s3://${bucket}`;
  }

  /** The store as one process has it. */
  open(life: Life): FileStore {
    const { place, files } = this;
    const describe = (key: string): StoredFile | undefined => {
      const bytes = files.get(key);
      return bytes && { key, size: bytes.length, lastModifiedMs: 0, etag: hash("sha256", bytes) };
    };
    return {
      place,
      async *list(prefix) {
        const keys = await life.call(async () => [...files.keys()].filter((key) => key.startsWith(prefix)));
        for (const key of keys) {
          const file = describe(key);
          if (file !== undefined) yield file;
        }
      },
      find: (key) => life.call(async () => describe(key), true),
      async *read({ key }) {
        yield await life.call(async () => files.get(key) ?? Buffer.alloc(0), true);
      },
      write: (key, localPath, { mayExist } = { mayExist: false }) =>
        life.call(async () => {
          const bytes = await readFile(localPath);
          if (files.has(key) && mayExist) return;
          if (files.has(key)) throw new FatalError("results_unwritable", `${key} is there already`, { hint: "none" });
          files.set(key, bytes);
        }, true),
      remove: ({ key }) => life.call(async () => (files.delete(key) ? "removed" : "gone"), true),
      tag: () => life.call(async () => {}, true),
    };
  }
}
