/**
 * SourceFile: one CSV object, pinned so that it can be told from any other and read again byte for byte.
 * And FileStore: the place it lies in, a bucket or a local folder, which also takes the results.
 */

/** One object of a listing. `key` is relative to the store and is data: spaces, `../` and newlines mean nothing. */
export interface StoredFile {
  readonly key: string;
  readonly size: number;
  readonly lastModifiedMs: number;
  /** As the store gives it, quotes included; a local folder makes one up of size, inode and time of change. */
  readonly etag: string;
  readonly versionId?: string;
}

/** `sha256` is lower-case hex over the bytes as stored; `path` is where they lie on this machine, for reading. */
export interface SourceFile extends StoredFile {
  /** `s3://bucket` or an absolute folder. */
  readonly place: string;
  readonly sha256: string;
  /** The sequence that the job's pattern captured in the key, if it captures one. */
  readonly sequence?: string;
}

/** A bucket or a folder. Failures are FatalError: source_not_found, source_unreachable, file_changed, results_unwritable. */
export interface FileStore {
  /** `s3://bucket` or an absolute folder: for people and for telling stores apart. */
  readonly place: string;
  /** Every object whose key begins with `prefix`, over all pages, in no promised order. */
  list(prefix: string): AsyncIterable<StoredFile>;
  /** The object of exactly that key, or none. */
  find(key: string): Promise<StoredFile | undefined>;
  /** The bytes of exactly that object (version id, else If-Match); `file_changed` when it is another by now. */
  read(file: StoredFile): AsyncIterable<Uint8Array>;
  /** Puts the local file there, whole or not at all; never overwrites. The checksum is verified on the way. */
  write(key: string, localPath: string): Promise<void>;
}
