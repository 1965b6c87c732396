/**
 * The buckets of the stand-in: objects with their versions, in memory, and the page of a listing.
 * Says which object a request means, or throws the error that S3 answers; knows nothing of HTTP.
 */
import { createHash } from "node:crypto";
import { S3Error } from "./s3-error.ts";

export interface StoredObject {
  readonly key: string;
  readonly size: number;
  readonly bytes: Buffer;
  /** MD5 in hex, in double quotes. */
  readonly etag: string;
  readonly versionId: string;
  readonly lastModified: Date;
  /** Headers that come back with the object, in lower case: content-type and x-amz-meta-*. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface KeyPage {
  readonly objects: readonly StoredObject[];
  /** The key after which the next page begins; undefined on the last page. */
  readonly nextAfter?: string;
}

/** In the order in which they were given. */
export type Tags = ReadonlyMap<string, string>;

/** `undefined` among the versions is a delete marker. The last one is current. */
type Versions = (StoredObject | undefined)[];

/** As S3 makes it of an object that came in one part. */
export function etagOf(bytes: Buffer): string {
  return `"${createHash("md5").update(bytes).digest("hex")}"`;
}

export class Buckets {
  readonly #versioned: boolean;
  readonly #buckets = new Map<string, Map<string, Versions>>();
  readonly #tags = new WeakMap<StoredObject, Tags>();
  #lastVersion = 0;

  constructor(names: readonly string[], versioned: boolean) {
    this.#versioned = versioned;
    for (const name of names) this.#buckets.set(name, new Map());
  }

  /** Called before each request. */
  refresh(): void {}

  has(bucket: string): boolean {
    return this.#buckets.has(bucket);
  }

  create(bucket: string): void {
    if (this.#buckets.has(bucket)) throw new S3Error(409, "BucketAlreadyOwnedByYou", "The bucket is there.");
    this.#buckets.set(bucket, new Map());
  }

  remove(bucket: string): void {
    if (this.current(bucket).length > 0) throw new S3Error(409, "BucketNotEmpty", "The bucket has objects.");
    this.#buckets.delete(bucket);
  }

  put(
    bucket: string,
    key: string,
    bytes: Buffer,
    headers: Readonly<Record<string, string>> = {},
    lastModified = new Date(),
  ): StoredObject {
    this.#lastVersion += 1;
    const versionId = `v${this.#lastVersion}`;
    return this.keep(bucket, { key, size: bytes.length, bytes, etag: etagOf(bytes), versionId, lastModified, headers });
  }

  protected keep(bucket: string, object: StoredObject): StoredObject {
    const objects = this.#objects(bucket);
    objects.set(object.key, this.#versioned ? [...(objects.get(object.key) ?? []), object] : [object]);
    return object;
  }

  delete(bucket: string, key: string, versionId?: string): void {
    const objects = this.#objects(bucket);
    const versions = objects.get(key) ?? [];
    if (versionId !== undefined)
      objects.set(
        key,
        versions.filter((version) => version?.versionId !== versionId),
      );
    else if (this.#versioned) objects.set(key, [...versions, undefined]);
    else objects.delete(key);
  }

  tagsOf(object: StoredObject): Tags {
    return this.#tags.get(object) ?? new Map();
  }

  tag(object: StoredObject, tags: Tags): void {
    this.#tags.set(object, tags);
  }

  find(bucket: string, key: string, versionId?: string): StoredObject | undefined {
    const versions = this.#objects(bucket).get(key);
    return versionId === undefined ? versions?.at(-1) : versions?.find((version) => version?.versionId === versionId);
  }

  /** The current objects, in the order of their keys' UTF-8 bytes, as S3 lists them. */
  current(bucket: string): StoredObject[] {
    const objects = [...this.#objects(bucket).values()].flatMap((versions) => versions.at(-1) ?? []);
    return objects.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }

  page(bucket: string, { prefix, after, size }: { prefix: string; after?: string | undefined; size: number }): KeyPage {
    const start = after === undefined ? undefined : Buffer.from(after);
    const rest = this.current(bucket).filter(
      ({ key }) => key.startsWith(prefix) && (start === undefined || Buffer.compare(Buffer.from(key), start) > 0),
    );
    const objects = rest.slice(0, size);
    const last = objects.at(-1);
    return { objects, ...(rest.length > size && last !== undefined && { nextAfter: last.key }) };
  }

  #objects(bucket: string): Map<string, Versions> {
    const objects = this.#buckets.get(bucket);
    if (objects === undefined) throw new S3Error(404, "NoSuchBucket", "The bucket does not exist.");
    return objects;
  }
}
