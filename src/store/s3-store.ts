/**
 * FileStore over one S3 bucket, at AWS or a compatible store: requests go out through the AWS SDK, objects come in.
 * Never overwrites an object, never removes one that changed, never puts a body into memory whole.
 */
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { FatalError } from "../errors/fatal-error.ts";
import { counted, grouped } from "../text/counted.ts";
import { shownKey } from "../text/shown-key.ts";
import {
  type FileStore,
  fileChanged,
  isSameObject,
  quotedEtag,
  type Removal,
  resultsUnwritable,
  type StoredFile,
} from "./file-store.ts";
import { type Content, measureFile } from "./measure-file.ts";
import { openS3Client, type S3Connection } from "./open-s3-client.ts";
import { removeObject } from "./remove-object.ts";
import {
  bodyFailure,
  isChecksumMismatch,
  isGoneOrOther,
  isTransient,
  readFailure,
  type S3Place,
  statusOf,
  writeFailure,
} from "./s3-errors.ts";
import { S3_LIMITS, type S3Limits } from "./s3-limits.ts";
import { checkAnswer, notOfS3, walkS3Listing } from "./s3-listing.ts";
import { tagObject } from "./tag-object.ts";

/** The most bytes one PutObject takes (S3 API reference, PutObject: 5 GB). */
const MAX_PUT_BYTES = 5 * 1024 ** 3;

export interface S3Options {
  readonly bucket: string;
  /** The account that the bucket must belong to, in 12 digits; S3 refuses every request when it is another's. */
  readonly owner?: string | undefined;
  /** The KMS key that every object is written under: its id, ARN or alias. The bucket's own way when not given. */
  readonly kmsKey?: string | undefined;
  readonly connection?: S3Connection;
  readonly limits?: Partial<S3Limits>;
}

/**
 * Opens a bucket; sends nothing yet. An endpoint of one's own (AWS_ENDPOINT_URL_S3) means path style, since few compatible
 * stores have a host name per bucket. Without a region it is us-east-1, and S3's redirect gives the right one. Throws
 * FatalError env_missing when the endpoint isn't a URL.
 */
export async function openS3Store({
  bucket,
  owner,
  kmsKey,
  connection = {},
  limits = {},
}: S3Options): Promise<FileStore> {
  const all = { ...S3_LIMITS, ...limits };
  const { client, server } = await openS3Client({ bucket, owner }, connection, all);
  return new S3Store(client, { bucket, server, owner, kmsKey }, all);
}

class S3Store implements FileStore {
  readonly place: string;
  readonly #client: S3Client;
  readonly #where: S3Place;
  readonly #limits: S3Limits;

  constructor(client: S3Client, where: S3Place, limits: S3Limits) {
    this.place = `s3://${where.bucket}`;
    this.#client = client;
    this.#where = where;
    this.#limits = limits;
  }

  async *list(prefix: string): AsyncGenerator<StoredFile> {
    try {
      yield* walkS3Listing(prefix, this.#where, (token) => this.#page(prefix, token));
    } catch (error) {
      throw readFailure(error, this.#where);
    }
  }

  async find(key: string): Promise<StoredFile | undefined> {
    try {
      const head = await this.#head(key);
      const { ContentLength: size, LastModified, ETag } = head;
      if (size === undefined || LastModified === undefined || !ETag)
        throw notOfS3(this.#where, `answered for ${shownKey(key)} without its size, its time or its ETag`);
      // The version "null" is the one that later writes replace, so it pins nothing.
      const versionId = head.VersionId === "null" ? undefined : head.VersionId;
      return {
        key,
        size,
        lastModifiedMs: LastModified.getTime(),
        etag: quotedEtag(ETag),
        ...(versionId !== undefined && { versionId }),
      };
    } catch (error) {
      const status = statusOf(error) ?? 0;
      // An answer to HEAD has no body: only a listing shows whether the bucket, the credentials or the key is wrong.
      if (status >= 400 && status < 500) for await (const _ of this.list(key)) break;
      if (status === 404) return undefined;
      throw readFailure(error, this.#where);
    }
  }

  async *read(file: StoredFile): AsyncGenerator<Uint8Array> {
    let offset = 0;
    for (let resumes = 0; ; resumes++) {
      try {
        for await (const chunk of await this.#body(file, offset)) {
          offset += chunk.length;
          if (offset > file.size) throw fileChanged(file.key, this.place);
          yield chunk;
        }
        if (offset === file.size) return;
        throw new Error(`the body ended after ${grouped(offset)} of ${counted(file.size, "byte")}`);
      } catch (error) {
        if (isGoneOrOther(error)) throw fileChanged(file.key, this.place, error);
        if (offset === file.size && isChecksumMismatch(error)) {
          throw bodyFailure(file.key, this.place, "arrived with wrong bytes", error);
        }
        if (!isTransient(error)) throw readFailure(error, this.#where);
        if (offset === file.size && offset > 0) return;
        if (resumes === this.#limits.resumes) {
          const progress = `broke off ${counted(resumes + 1, "time")}, the last time after ${grouped(offset)} of ${counted(file.size, "byte")}`;
          throw bodyFailure(file.key, this.place, progress, error);
        }
      }
      await delay(this.#limits.resumeDelayMs * (resumes + 1));
    }
  }

  async write(key: string, localPath: string, { mayExist } = { mayExist: false }): Promise<void> {
    const content = await measureFile(localPath).catch((error: unknown) => {
      throw resultsUnwritable(key, this.place, "cannot be written, as its local file cannot be read", error);
    });
    if (content.size > MAX_PUT_BYTES) throw resultsUnwritable(key, this.place, "is larger than 5 GiB");
    try {
      const isThere = await this.#putOnce(key, localPath, content, mayExist);
      if (!isThere && !(await this.#holds(key, content)))
        throw resultsUnwritable(key, this.place, "does not have the bytes that were sent");
    } catch (error) {
      throw writeFailure(error, this.#where);
    }
  }

  async remove(file: StoredFile): Promise<Removal> {
    const current = await this.find(file.key);
    if (current === undefined) return "gone";
    if (!isSameObject(current, file)) return "other";
    return (await removeObject(this.#client, this.#where, current)) ? "removed" : "other";
  }

  tag(file: StoredFile, tags: Readonly<Record<string, string>>): Promise<void> {
    return tagObject(this.#client, this.#where, file, tags);
  }

  /**
   * Sends until one attempt is answered. An attempt whose answer was lost may have put the object there itself. True when
   * one is there already that may be.
   */
  async #putOnce(key: string, localPath: string, content: Content, mayExist: boolean): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#put(key, localPath, content);
        return false;
      } catch (error) {
        if (statusOf(error) === 412) {
          if (mayExist) return true;
          if (attempt > 1 && (await this.#holds(key, content))) return false;
          throw resultsUnwritable(key, this.place, "exists already", error);
        }
        if (attempt >= this.#limits.attempts || !isTransient(error)) throw error;
        await delay(this.#limits.resumeDelayMs * attempt);
      }
    }
  }

  async #put(key: string, localPath: string, { size, sha256 }: Content): Promise<void> {
    const { kmsKey } = this.#where;
    const sending = new AbortController();
    const body = createReadStream(localPath);
    body.once("error", (error) => sending.abort(error));
    const command = new PutObjectCommand({
      Bucket: this.#where.bucket,
      Key: key,
      Body: body,
      ContentLength: size,
      // So that a browser shows it rather than offering to keep it.
      ...(key.endsWith(".html") && { ContentType: "text/html; charset=utf-8" }),
      IfNoneMatch: "*",
      ChecksumSHA256: Buffer.from(sha256, "hex").toString("base64"),
      Metadata: { sha256 },
      ...(kmsKey !== undefined && { ServerSideEncryption: "aws:kms", SSEKMSKeyId: kmsKey }),
    });
    // Signs the body's hash instead of UNSIGNED-PAYLOAD: every store checks that, also one that ignores checksum headers.
    command.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        headers["x-amz-content-sha256"] = sha256;
        return next(args);
      },
      { step: "build" },
    );
    try {
      const { ServerSideEncryption: encryption } = await this.#client.send(command, { abortSignal: sending.signal });
      // A store that does not know the header takes the object all the same.
      if (kmsKey !== undefined && encryption !== "aws:kms")
        throw resultsUnwritable(key, this.place, "was written without the KMS key that the job names");
    } catch (error) {
      // A refusal may come before the whole body has gone; its connection would then wait for the rest.
      sending.abort();
      throw error;
    } finally {
      body.destroy();
    }
  }

  async #holds(key: string, { size, sha256 }: Content): Promise<boolean> {
    const head = await this.#head(key);
    return head.ContentLength === size && head.Metadata?.sha256 === sha256;
  }

  /** The body is looked at before the SDK reads it, as that makes an empty page of anything. */
  #page(prefix: string, token: string | undefined) {
    const command = new ListObjectsV2Command({
      Bucket: this.#where.bucket,
      Prefix: prefix,
      EncodingType: "url",
      MaxKeys: this.#limits.pageSize,
      ContinuationToken: token,
    });
    command.middlewareStack.add((next) => async (args) => checkAnswer(await next(args), this.#where), {
      step: "deserialize",
      priority: "low",
    });
    return this.#client.send(command);
  }

  #head(key: string) {
    return this.#client.send(new HeadObjectCommand({ Bucket: this.#where.bucket, Key: key }));
  }

  /** The body from `offset` on. Without a range the SDK checks it against the full-object checksum, if S3 has one. */
  async #body(file: StoredFile, offset: number): Promise<Readable> {
    const answer = await this.#client.send(
      new GetObjectCommand({
        Bucket: this.#where.bucket,
        Key: file.key,
        IfMatch: file.etag,
        ...(file.versionId !== undefined && { VersionId: file.versionId }),
        ...(offset > 0 && { Range: `bytes=${offset}-` }),
      }),
    );
    // The SDK's type covers browsers too; under Node the body of a GetObject is always there and a Readable.
    const body = answer.Body as Readable;
    if (quotedEtag(answer.ETag) !== file.etag) {
      body.destroy();
      const unknown = notOfS3(this.#where, `answered for ${shownKey(file.key)} without its ETag`);
      throw answer.ETag ? fileChanged(file.key, this.place) : unknown;
    }
    if (offset > 0 && !answer.ContentRange?.startsWith(`bytes ${offset}-`)) {
      body.destroy();
      const message = `${this.#where.server} ignores Range, so a read that broke off cannot continue`;
      throw new FatalError("source_unreachable", message, { hint: "start the job again" });
    }
    return body;
  }
}
