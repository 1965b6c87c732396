/**
 * SourceFile: one CSV object, pinned: it cannot be mistaken for another one, and can be read again byte for byte.
 * And FileStore: the place where it is, a bucket or a local folder, which also takes the results.
 */
import { EXIT } from "../errors/exit-codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import { nodeCode } from "../errors/node-code.ts";

/** One object of a listing. `key` is relative to the store and is data: spaces, `../` and newlines mean nothing. */
export interface StoredFile {
  readonly key: string;
  readonly size: number;
  readonly lastModifiedMs: number;
  /** In quotes, also where the store leaves them out; a local folder makes one up of size, inode and time of modification. */
  readonly etag: string;
  /** Only from `find`, and only where the bucket keeps versions: a listing does not have it. */
  readonly versionId?: string;
}

/** `sha256` is lower-case hex over the bytes as stored. */
export interface SourceFile extends StoredFile {
  /** `s3://bucket` or an absolute folder. */
  readonly place: string;
  readonly sha256: string;
  /** The sequence that the job's pattern captured in the key, if it captures one. */
  readonly sequence?: string;
  /** When its done-file came, where the job's source has them. */
  readonly doneAtMs?: number;
}

/** One form of an ETag: compatible stores leave the quotes out here and there, or call it weak (RFC 9110, 8.8.3). */
export function quotedEtag(etag = ""): string {
  return etag === "" ? "" : `"${etag.replace(/^W\//, "").replace(/^"|"$/g, "")}"`;
}

/** Whether both are one object in one state: by version id where both have one, else by ETag and time in whole seconds. */
export function isSameObject(a: StoredFile, b: StoredFile): boolean {
  if (a.versionId !== undefined && b.versionId !== undefined) return a.versionId === b.versionId;
  const second = ({ lastModifiedMs }: StoredFile) => Math.floor(lastModifiedMs / 1000);
  return a.etag === b.etag && second(a) === second(b);
}

/** Which bucket, or which folder. */
export type StorePlace =
  | {
      readonly kind: "bucket";
      readonly bucket: string;
      readonly owner?: string | undefined;
      readonly kmsKey?: string | undefined;
    }
  | { readonly kind: "folder"; readonly folder: string };

/** `gone`: it is not there. `other`: another object is there now, and stays. */
export type Removal = "removed" | "gone" | "other";

/** A bucket or a folder. Failures are FatalError: source_not_found, source_unreachable, file_changed, results_unwritable, not_archived. */
export interface FileStore {
  /** `s3://bucket` or an absolute folder: for people, and to tell one store from another. */
  readonly place: string;
  /** Every object whose key begins with `prefix`, over all pages, in no promised order. */
  list(prefix: string): AsyncIterable<StoredFile>;
  /** The object of exactly that key, or none. */
  find(key: string): Promise<StoredFile | undefined>;
  /** The bytes of exactly that object; `file_changed` when it is now another one, or gone. Never ends early without an error. */
  read(file: StoredFile): AsyncIterable<Uint8Array>;
  /**
   * Puts the local file there, whole or not at all; never overwrites. Every failure is `results_unwritable`. One that is
   * there is a failure as well, unless it `mayExist`: then it is left as it is, and only what may be written is tried.
   */
  write(key: string, localPath: string, options?: { readonly mayExist: boolean }): Promise<void>;
  /** Removes exactly that object. A bucket that keeps versions keeps this one too. */
  remove(file: StoredFile): Promise<Removal>;
  /** Adds tags to exactly that object, beside those that it has. Only a bucket has tags. */
  tag(file: StoredFile, tags: Readonly<Record<string, string>>): Promise<void>;
}

/** The object that was listed is now another one, or gone. */
export function fileChanged(key: string, place: string, cause?: unknown): FatalError {
  const message = `${JSON.stringify(key)} in ${place} changed or was removed while it was read`;
  return new FatalError("file_changed", message, { hint: "start the job again once the file is complete", cause });
}

/** `why` completes "<key> in <place> …". A full disk leaves the run resumable (exit 6). */
export function resultsUnwritable(key: string, place: string, why: string, cause?: unknown): FatalError {
  const message = `${JSON.stringify(key)} in ${place} ${why}`;
  const hint = "make room or check the results place, then type: tieout report last";
  return new FatalError("results_unwritable", message, {
    hint,
    cause,
    ...(isDiskFull(cause) && { exit: EXIT.stopped }),
  });
}

/** Whether the disk or the quota is full. */
export function isDiskFull(error: unknown): boolean {
  const code = nodeCode(error);
  return code === "ENOSPC" || code === "EDQUOT";
}
