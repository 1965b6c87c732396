/**
 * A fresh empty FileStore of each kind, with the means to change it behind the store's back: a local folder, S3 against the stand-in, and S3
 * against a real server when TEST_S3_ENDPOINT names one (with TEST_S3_ACCESS_KEY and TEST_S3_SECRET_KEY).
 */
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { FatalError } from "../../src/errors/fatal-error.ts";
import { startS3Server } from "../../src/sandbox/bucket/start-s3-server.ts";
import type { FileStore, StoredFile } from "../../src/store/file-store.ts";
import { openFolderStore } from "../../src/store/folder-store.ts";
import type { S3Connection } from "../../src/store/open-s3-client.ts";
import { openS3Store } from "../../src/store/s3-store.ts";

/** A fresh empty store, with the means to change it behind the store's back. */
export interface Place extends AsyncDisposable {
  readonly store: FileStore;
  /** Of the same kind, and not there. */
  readonly missing: FileStore;
  readonly isS3: boolean;
  put(key: string, body: string | Uint8Array): Promise<unknown>;
  remove(key: string): Promise<unknown>;
  /** Only S3 has tags. */
  tagsOf?(key: string): Promise<Readonly<Record<string, string>>>;
  /** The same store with other keys; only S3 has any. */
  signedBy?(accessKeyId: string | undefined, secretAccessKey: string): Promise<FileStore>;
}

export async function openFolder(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "tieout-test-"));
  return {
    store: openFolderStore({ folder }),
    missing: openFolderStore({ folder: join(folder, "missing") }),
    isS3: false,
    async put(key, body) {
      await mkdir(dirname(join(folder, key)), { recursive: true });
      await writeFile(join(folder, key), body);
    },
    remove: (key) => unlink(join(folder, key)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** Small pages and short delays, so that one test needs neither a thousand keys nor seconds. */
const LIMITS = { pageSize: 10, resumeDelayMs: 1, connectTimeoutMs: 1_000 };

async function openBucket(connection: S3Connection, close: () => PromiseLike<void> | void): Promise<Place> {
  const Bucket = `tieout-test-${randomUUID()}`;
  const client = new S3Client({ region: "us-east-1", ...connection, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket }));
  const remove = (Key: string) => client.send(new DeleteObjectCommand({ Bucket, Key }));
  return {
    store: await openS3Store({ bucket: Bucket, connection, limits: LIMITS }),
    missing: await openS3Store({ bucket: `${Bucket}-missing`, connection, limits: LIMITS }),
    isS3: true,
    put: (Key, Body) =>
      client.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength: Buffer.byteLength(Body) })),
    remove,
    async tagsOf(Key) {
      const { TagSet = [] } = await client.send(new GetObjectTaggingCommand({ Bucket, Key }));
      return Object.fromEntries(TagSet.map((tag) => [tag.Key, tag.Value]));
    },
    signedBy: (accessKeyId, secretAccessKey) => {
      const credentials = { accessKeyId: accessKeyId ?? connection.credentials?.accessKeyId ?? "", secretAccessKey };
      return openS3Store({ bucket: Bucket, connection: { ...connection, credentials }, limits: LIMITS });
    },
    async [Symbol.asyncDispose]() {
      for await (const page of paginateListObjectsV2({ client }, { Bucket })) {
        for (const { Key = "" } of page.Contents ?? []) await remove(Key);
      }
      await client.send(new DeleteBucketCommand({ Bucket }));
      client.destroy();
      await close();
    },
  };
}

export async function openStandIn(): Promise<Place> {
  const server = await startS3Server({ buckets: [] });
  return openBucket(server.connection, () => server[Symbol.asyncDispose]());
}

export function openRealServer(): Promise<Place> {
  const {
    TEST_S3_ENDPOINT: endpoint = "",
    TEST_S3_ACCESS_KEY = "test",
    TEST_S3_SECRET_KEY = "testsecret",
  } = process.env;
  const credentials = { accessKeyId: TEST_S3_ACCESS_KEY, secretAccessKey: TEST_S3_SECRET_KEY };
  return openBucket({ endpoint, region: "us-east-1", credentials }, () => {});
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function keysOf(store: FileStore, prefix = ""): Promise<string[]> {
  const files = await collect(store.list(prefix));
  return files.map(({ key }) => key).sort();
}

export async function found(store: FileStore, key: string): Promise<StoredFile> {
  const file = await store.find(key);
  if (file === undefined) expect.fail(`${key} is not there`);
  return file;
}

export async function textOf(store: FileStore, file: StoredFile): Promise<string> {
  return Buffer.concat(await collect(store.read(file))).toString();
}

export async function failure(act: Promise<unknown>): Promise<FatalError> {
  const error = await act.then(
    () => expect.fail("it did not fail"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof FatalError)) expect.fail(`not a FatalError: ${error}`);
  expect(error.message, "one line").to.match(/^[^\n]+$/);
  expect(error.message + error.hint, "no secret").to.not.match(/testsecret|wrong-secret|X-Amz-Signature/);
  return error;
}
