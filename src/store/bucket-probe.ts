/**
 * Asks a bucket what it is, and whether these credentials may write there. Nothing is written: the write that is tried names a wrong checksum
 * of its own body, which S3 refuses once it has seen that the write is allowed.
 */
import { randomBytes } from "node:crypto";
import {
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  HeadBucketCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { openS3Client } from "./open-s3-client.ts";
import { readFailure, type S3Place, statusOf, writeFailure } from "./s3-errors.ts";
import { S3_LIMITS } from "./s3-limits.ts";
import type { S3Options } from "./s3-store.ts";

/** MD5 of nothing that is ever sent, as Content-MD5 has it. */
const WRONG_MD5 = Buffer.alloc(16).toString("base64");

/** `left`: the store checks no checksum, so an object of 6 bytes is there now, and could not be removed. */
export type WriteTrial =
  | { readonly kind: "allowed" }
  | { readonly kind: "removed" }
  | { readonly kind: "left"; readonly key: string };

/** `hidden`: the credentials may not ask. `unsaid`: the store does not know the question. */
export type Encryption =
  | { readonly kind: "by"; readonly algorithm: string }
  | { readonly kind: "none" | "hidden" | "unsaid" };

export class BucketProbe {
  readonly #client: S3Client;
  readonly #where: S3Place;
  /** The host of an endpoint of one's own. */
  readonly ownHost: string | undefined;
  /** Where requests go at first. */
  readonly region: string;

  private constructor(client: S3Client, where: S3Place, ownHost: string | undefined, region: string) {
    this.#client = client;
    this.#where = where;
    this.ownHost = ownHost;
    this.region = region;
  }

  /** Sends nothing yet. Throws FatalError env_missing as `openS3Store` does. */
  static async open({ bucket, owner, kmsKey, connection = {} }: S3Options): Promise<BucketProbe> {
    const limits = { ...S3_LIMITS, attempts: 2 };
    const { client, server, ownHost, region } = await openS3Client({ bucket, owner }, connection, limits);
    return new BucketProbe(client, { bucket, server, owner, kmsKey }, ownHost, region);
  }

  /** The bucket's own region, where the store says it to these credentials. */
  async findRegion(): Promise<string | undefined> {
    const command = new HeadBucketCommand({ Bucket: this.#where.bucket });
    return this.#client.send(command).then(
      ({ BucketRegion }) => BucketRegion,
      () => undefined,
    );
  }

  async findEncryption(): Promise<Encryption> {
    const command = new GetBucketEncryptionCommand({ Bucket: this.#where.bucket });
    try {
      const { ServerSideEncryptionConfiguration: configured } = await this.#client.send(command);
      const algorithm = configured?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
      return algorithm === undefined ? { kind: "none" } : { kind: "by", algorithm };
    } catch (error) {
      const status = statusOf(error);
      const isNone = error instanceof Error && error.name === "ServerSideEncryptionConfigurationNotFoundError";
      if (isNone) return { kind: "none" };
      if (status === 403) return { kind: "hidden" };
      if (status !== undefined && status >= 400) return { kind: "unsaid" };
      throw readFailure(error, this.#where);
    }
  }

  /** Whether objects below `prefix` may be written. Throws FatalError results_unwritable if not, also where there is no bucket. */
  async tryWrite(prefix: string): Promise<WriteTrial> {
    const object = { Bucket: this.#where.bucket, Key: trialKey(prefix) };
    // Beside the checksum, what a run's own write says: the bucket's rules judge both alike.
    const { kmsKey } = this.#where;
    const command = new PutObjectCommand({
      ...object,
      Body: "trial\n",
      ContentMD5: WRONG_MD5,
      IfNoneMatch: "*",
      ...(kmsKey !== undefined && { ServerSideEncryption: "aws:kms", SSEKMSKeyId: kmsKey }),
    });
    try {
      await this.#client.send(command);
    } catch (error) {
      if (error instanceof Error && (error.name === "BadDigest" || error.name === "InvalidDigest"))
        return { kind: "allowed" };
      throw writeFailure(error, this.#where);
    }
    return this.#client.send(new DeleteObjectCommand(object)).then(
      () => ({ kind: "removed" }),
      () => ({ kind: "left", key: object.Key }),
    );
  }
}

/** No job reads it: it is new, and ends unlike any file of rows. */
function trialKey(prefix: string): string {
  return `${prefix}.tieout-doctor-${randomBytes(8).toString("hex")}.trial`;
}
