/**
 * The stand-in, asked by the AWS SDK's own client with its own settings, and by hand where that client is too polite.
 */
import { Readable } from "node:stream";
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { type S3Server, type S3ServerOptions, startS3Server } from "../../../src/sandbox/bucket/start-s3-server.ts";

const Bucket = "inbox";

async function withServer(
  options: Partial<S3ServerOptions>,
  use: (client: S3Client, server: S3Server) => Promise<void>,
  config: S3ClientConfig = {},
): Promise<void> {
  await using server = await startS3Server({ buckets: [Bucket], ...options });
  const client = new S3Client({ ...server.connection, forcePathStyle: true, maxAttempts: 1, ...config });
  try {
    await use(client, server);
  } finally {
    client.destroy();
  }
}

async function refusal(act: Promise<unknown>): Promise<string> {
  const error = await act.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof S3ServiceException)) expect.fail(`not refused: ${error}`);
  return `${error.$metadata.httpStatusCode} ${error.name}`;
}

describe("S3 stand-in: signatures", () => {
  it("refuses what is not signed", () =>
    withServer({}, async (_, server) => {
      for (const headers of [{}, { authorization: "AWS4-HMAC-SHA256 Credential=nonsense" }]) {
        const answer = await fetch(`${server.url}/${Bucket}?list-type=2`, { headers });
        expect(answer.status).to.equal(403);
        expect(await answer.text()).to.match(/<Error><Code>AccessDenied<\/Code>/);
      }
    }));

  it("refuses a wrong secret and an unknown key", () =>
    withServer({ secretKey: "right" }, async (_, server) => {
      const ask = (accessKeyId: string, secretAccessKey: string) => {
        const credentials = { accessKeyId, secretAccessKey };
        const client = new S3Client({ ...server.connection, credentials, forcePathStyle: true, maxAttempts: 1 });
        return client.send(new ListObjectsV2Command({ Bucket }));
      };
      expect(await refusal(ask("test", "wrong"))).to.equal("403 SignatureDoesNotMatch");
      expect(await refusal(ask("other", "right"))).to.equal("403 InvalidAccessKeyId");
      expect((await ask("test", "right")).KeyCount).to.equal(0);
    }));

  it("refuses a request that was changed, or given another header, after it was signed", () =>
    withServer({}, async (client, server) => {
      server.put(Bucket, "a.csv", "a");
      const tampering = [
        (request: { path: string }) => {
          request.path = request.path.replace("b.csv", "a.csv");
        },
        (request: { headers: Record<string, string> }) => {
          request.headers["x-amz-meta-added"] = "later";
        },
      ];
      for (const [index, tamper] of tampering.entries()) {
        const command = new GetObjectCommand({ Bucket, Key: "b.csv" });
        command.middlewareStack.add(
          (next) => (args) => {
            tamper(args.request as { path: string; headers: Record<string, string> });
            return next(args);
          },
          { step: "finalizeRequest", priority: "low" },
        );
        const name = index === 0 ? "403 SignatureDoesNotMatch" : "403 AccessDenied";
        expect(await refusal(client.send(command))).to.equal(name);
      }
    }));

  it("refuses a clock that is off by more than a quarter of an hour", () =>
    withServer(
      {},
      async (client) => {
        expect(await refusal(client.send(new ListObjectsV2Command({ Bucket })))).to.equal("403 RequestTimeTooSkewed");
      },
      { systemClockOffset: -16 * 60 * 1000 },
    ));
});

describe("S3 stand-in: objects", () => {
  it("takes a body with a checksum, and a stream with one in its trailer", () =>
    withServer({}, async (client, server) => {
      const body = Buffer.from("line\n".repeat(50_000));
      await client.send(new PutObjectCommand({ Bucket, Key: "a", Body: body }));
      for (const ChecksumAlgorithm of ["CRC32", "SHA256"] as const) {
        const stream = Readable.from([body.subarray(0, 7), body.subarray(7)], { objectMode: false });
        const input = { Bucket, Key: "b", Body: stream, ContentLength: body.length, ChecksumAlgorithm };
        await client.send(new PutObjectCommand(input));
        expect(server.objects(Bucket).get("b")?.bytes.equals(body)).to.equal(true);
        expect(server.requests.at(-1)?.headers["x-amz-content-sha256"]).to.equal("STREAMING-UNSIGNED-PAYLOAD-TRAILER");
      }
      expect(server.objects(Bucket).get("a")?.bytes.equals(body)).to.equal(true);
    }));

  it("refuses a body that does not have the digest that came with it", () =>
    withServer({}, async (client, server) => {
      const other = "A".repeat(43);
      for (const digest of [
        { ContentMD5: "AAAAAAAAAAAAAAAAAAAAAA==" },
        { ChecksumSHA256: `${other}=` },
        { ChecksumCRC32: "AAAAAA==" },
      ]) {
        const put = client.send(new PutObjectCommand({ Bucket, Key: "a", Body: "body", ...digest }));
        expect(await refusal(put), JSON.stringify(digest)).to.equal("400 BadDigest");
      }
      expect(server.objects(Bucket).size).to.equal(0);
    }));

  it("refuses a body that is not the signed one", () =>
    withServer({}, async (client) => {
      const command = new PutObjectCommand({ Bucket, Key: "a", Body: "body" });
      command.middlewareStack.add(
        (next) => (args) => {
          (args.request as { body: string }).body = "ydob";
          return next(args);
        },
        { step: "finalizeRequest", priority: "low" },
      );
      expect(await refusal(client.send(command))).to.equal("400 XAmzContentSHA256Mismatch");
    }));

  it("puts only where nothing is, when asked so", () =>
    withServer({}, async (client, server) => {
      const put = (Body: string) => client.send(new PutObjectCommand({ Bucket, Key: "a", Body, IfNoneMatch: "*" }));
      await put("first");
      expect(await refusal(put("second"))).to.equal("412 PreconditionFailed");
      expect(server.objects(Bucket).get("a")?.bytes.toString()).to.equal("first");
    }));

  it("gives a whole body, a range, metadata, and only to the ETag that was asked for", () =>
    withServer({}, async (client) => {
      const { ETag = "" } = await client.send(
        new PutObjectCommand({ Bucket, Key: "a", Body: "0123456789", Metadata: { sha256: "x" } }),
      );
      const get = async (input: { Range?: string; IfMatch?: string }) => {
        const answer = await client.send(new GetObjectCommand({ Bucket, Key: "a", ...input }));
        return [await answer.Body?.transformToString(), answer.ContentRange];
      };
      expect(await get({ IfMatch: ETag })).to.deep.equal(["0123456789", undefined]);
      expect(await get({ Range: "bytes=7-" })).to.deep.equal(["789", "bytes 7-9/10"]);
      expect(await get({ Range: "bytes=2-4" })).to.deep.equal(["234", "bytes 2-4/10"]);
      expect(await get({ Range: "bytes=-2" })).to.deep.equal(["89", "bytes 8-9/10"]);
      expect(await refusal(get({ Range: "bytes=10-" }))).to.equal("416 InvalidRange");
      expect(await refusal(get({ IfMatch: '"other"' }))).to.equal("412 PreconditionFailed");
      const head = await client.send(new HeadObjectCommand({ Bucket, Key: "a" }));
      expect(head).to.deep.include({ ContentLength: 10, ETag, Metadata: { sha256: "x" } });
    }));

  it("keeps versions, and deletes with a marker, where it is told to", () =>
    withServer({ versioned: true }, async (client) => {
      const first = await client.send(new PutObjectCommand({ Bucket, Key: "a", Body: "first" }));
      await client.send(new PutObjectCommand({ Bucket, Key: "a", Body: "second" }));
      await client.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
      expect(await refusal(client.send(new GetObjectCommand({ Bucket, Key: "a" })))).to.equal("404 NoSuchKey");
      const VersionId = first.VersionId ?? "none";
      const old = await client.send(new GetObjectCommand({ Bucket, Key: "a", VersionId }));
      expect(await old.Body?.transformToString()).to.equal("first");
      const none = client.send(new GetObjectCommand({ Bucket, Key: "a", VersionId: "v9" }));
      expect(await refusal(none)).to.equal("404 NoSuchVersion");
    }));

  it("answers what it cannot do with NotImplemented", () =>
    withServer({}, async (client) => {
      const multipart = client.send(new CreateMultipartUploadCommand({ Bucket, Key: "a" }));
      expect(await refusal(multipart)).to.equal("501 NotImplemented");
      const folders = client.send(new ListObjectsV2Command({ Bucket, Delimiter: "/" }));
      expect(await refusal(folders)).to.equal("501 NotImplemented");
    }));
});

describe("S3 stand-in: buckets", () => {
  it("lists by prefix, in pages, in the order of UTF-8, keys encoded when asked so", () =>
    withServer({ pageSize: 2 }, async (client, server) => {
      for (const key of ["p/b +.csv", "p/\u{1f3e6}", "p/\uff01", "p/a&<", "q"]) server.put(Bucket, key, key);
      const keys: (string | undefined)[][] = [];
      let token: string | undefined;
      do {
        const input = { Bucket, Prefix: "p/", EncodingType: "url" as const, ContinuationToken: token };
        const page = await client.send(new ListObjectsV2Command(input));
        expect(page.IsTruncated).to.equal(page.NextContinuationToken !== undefined);
        keys.push((page.Contents ?? []).map(({ Key }) => Key));
        token = page.NextContinuationToken;
      } while (token !== undefined);
      expect(keys).to.deep.equal([
        ["p/a%26%3C", "p/b+%2B.csv"],
        ["p/%EF%BC%81", "p/%F0%9F%8F%A6"],
      ]);
      const plain = await client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }));
      expect(plain.Contents?.[0]?.Key).to.equal("p/a&<");
    }));

  it("makes and removes buckets, full ones not", () =>
    withServer({ buckets: [] }, async (client, server) => {
      const list = () => client.send(new ListObjectsV2Command({ Bucket }));
      expect(await refusal(list())).to.equal("404 NoSuchBucket");
      await client.send(new CreateBucketCommand({ Bucket }));
      expect((await list()).KeyCount).to.equal(0);
      server.put(Bucket, "a", "a");
      expect(await refusal(client.send(new DeleteBucketCommand({ Bucket })))).to.equal("409 BucketNotEmpty");
      await client.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
      await client.send(new DeleteBucketCommand({ Bucket }));
      expect(await refusal(list())).to.equal("404 NoSuchBucket");
    }));
});
