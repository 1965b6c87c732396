/**
 * Buckets with Object Lock: what is written there comes with its checksum, replaces nothing, and is removed only by a delete marker. Over a real
 * server when TEST_S3_ENDPOINT names one that knows Object Lock.
 */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import type { FatalError } from "../../src/errors/fatal-error.ts";
import { startS3Server } from "../../src/sandbox/bucket/start-s3-server.ts";
import type { StoredFile } from "../../src/store/file-store.ts";
import { openS3Store } from "../../src/store/s3-store.ts";

const {
  TEST_S3_ENDPOINT: endpoint,
  TEST_S3_ACCESS_KEY: accessKeyId = "test",
  TEST_S3_SECRET_KEY: secretAccessKey = "testsecret",
} = process.env;

const TEXT = "account_id\n1\n";

async function withFile(text: string, use: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "tieout-lock-"));
  try {
    await writeFile(join(folder, "file"), text);
    await use(join(folder, "file"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("Object Lock", () => {
  it("gets the checksum that it asks for with every write", async () => {
    await using s3 = await startS3Server({ buckets: ["locked"], versioned: true });
    const store = await openS3Store({ bucket: "locked", connection: s3.connection });
    await withFile("a", (path) => store.write("a.csv", path));
    const put = s3.requests.find(({ method }) => method === "PUT");
    expect(put?.headers["x-amz-checksum-sha256"]).to.equal("ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=");
  });

  if (endpoint === undefined) it.skip("at a real server: skipped (TEST_S3_ENDPOINT is not set)");
  else
    it("at a real server: takes a file once, and keeps its version when it is removed", async () => {
      const connection = { endpoint, region: "us-east-1", credentials: { accessKeyId, secretAccessKey } };
      const client = new S3Client({ ...connection, forcePathStyle: true });
      const Bucket = `tieout-lock-${randomUUID()}`;
      const versions = async () => {
        const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }));
        return { kept: Versions.length, marked: DeleteMarkers.length, all: [...Versions, ...DeleteMarkers] };
      };
      await client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
      try {
        const Rule = { DefaultRetention: { Mode: "GOVERNANCE", Days: 1 } } as const;
        const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled", Rule } as const;
        await client.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
        const store = await openS3Store({ bucket: Bucket, connection });
        const textOf = async (file: StoredFile | undefined) => {
          const parts: Uint8Array[] = [];
          for await (const part of store.read(file ?? expect.fail("it is not there"))) parts.push(part);
          return Buffer.concat(parts).toString();
        };
        let kept = 0;
        await withFile(TEXT, async (path) => {
          await store.write("a b/1.csv", path);
          const first = await store.find("a b/1.csv");
          const error: unknown = await store.write("a b/1.csv", path).catch((reason: unknown) => reason);
          // A store that does not heed the condition where it keeps versions has the first one below.
          if (error !== undefined) expect((error as FatalError).message).to.match(/exists already/);
          else expect(await textOf(first)).to.equal(TEXT);
          kept = error === undefined ? 2 : 1;
        });
        expect(await versions()).to.include({ kept, marked: 0 });
        const file = await store.find("a b/1.csv");
        if (file?.versionId === undefined) expect.fail("no version");
        expect(await store.remove(file)).to.equal("removed");
        expect(await store.find("a b/1.csv")).to.equal(undefined);
        expect(await versions()).to.include({ kept, marked: 1 });
        expect(await textOf(file), "the version that was read").to.equal(TEXT);
      } finally {
        for (const { Key, VersionId } of (await versions()).all)
          await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId, BypassGovernanceRetention: true }));
        await client.send(new DeleteBucketCommand({ Bucket }));
        client.destroy();
      }
    });
});
