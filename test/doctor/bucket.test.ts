/** A bucket as the doctor sees it: what may be done there, without an object being written; on a real store too, where one is given. */
import { randomBytes } from "node:crypto";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { checkBucket, checkWriting } from "../../src/doctor/bucket.ts";
import type { Remark } from "../../src/doctor/finding.ts";
import { checkSource } from "../../src/doctor/source.ts";
import { withinTime } from "../../src/doctor/within-time.ts";
import { defineJob } from "../../src/job.ts";
import { type S3Server, startS3Server } from "../../src/sandbox/bucket/start-s3-server.ts";
import { sourcesOf } from "../../src/source-settings.ts";
import { BucketProbe, type Encryption } from "../../src/store/bucket-probe.ts";
import type { S3Connection } from "../../src/store/open-s3-client.ts";
import { openS3Store } from "../../src/store/s3-store.ts";

const Bucket = "files";
const REAL = process.env.TEST_S3_ENDPOINT;

const said = (seen: readonly Remark[]) =>
  seen.map(({ word, text, next }) => `${word} ${text}${next ? ` → ${next}` : ""}`);
const tryWrite = async (connection: S3Connection, bucket = Bucket) =>
  said(
    await withinTime("S3", async () => [
      await checkWriting(`s3://${bucket}/results/`, "results/", await BucketProbe.open({ bucket, connection })),
    ]),
  ).join();

describe("the doctor looks at a bucket", () => {
  let server: S3Server;
  beforeEach(async () => {
    server = await startS3Server({ buckets: [Bucket] });
  });
  afterEach(() => server[Symbol.asyncDispose]());

  it("that can be written, and writes nothing", async () => {
    expect(await tryWrite(server.connection)).to.equal(
      "good s3://files/results/ can be written: a trial was refused only for the wrong checksum that it named",
    );
    expect(server.objects(Bucket).size).to.equal(0);
    const [put] = server.requests.filter(({ method }) => method === "PUT");
    expect(put?.headers["if-none-match"]).to.equal("*");
    expect(put?.key).to.match(/^results\/\.tieout-doctor-[0-9a-f]{16}\.trial$/);
  });

  it("that refuses the write, or the keys, or is not there", async () => {
    server.failNext({ kind: "error", method: "PUT", status: 403, code: "AccessDenied" });
    expect(await tryWrite(server.connection)).to.match(
      /^bad .* denies access to bucket files \(AccessDenied\) → grant s3:/,
    );
    server.failNext({ kind: "error", method: "PUT", status: 403, code: "ExpiredToken" });
    expect(await tryWrite(server.connection)).to.match(/^bad The AWS credentials for bucket files have expired/);
    server.failNext({ kind: "error", method: "PUT", status: 400, code: "IllegalLocationConstraintException" });
    expect(await tryWrite(server.connection)).to.match(
      /^bad Bucket files is in another region than .* → set AWS_REGION/,
    );
    expect(await tryWrite(server.connection, "nope")).to.match(/^bad Bucket nope does not exist at /);
    const credentials = { accessKeyId: "test", secretAccessKey: "CnrySecret" };
    const wrong = await tryWrite({ ...server.connection, credentials });
    expect(wrong)
      .to.match(/^bad .* refuses the credentials for bucket files/)
      .and.not.contain("Cnry");
    expect(await tryWrite({ ...server.connection, endpoint: "http://127.0.0.1:1" })).to.match(/^bad .*127\.0\.0\.1:1/);
    expect(server.objects(Bucket).size).to.equal(0);
  });

  it("whose store checks nothing that arrives, and takes the trial back", async () => {
    const { createServer } = await import("node:http");
    const seen: string[] = [];
    const careless = createServer((request, response) => {
      seen.push(request.method ?? "");
      request.resume().on("end", () => response.writeHead(request.method === "PUT" ? 200 : 204).end());
    });
    await new Promise<void>((resolve) => careless.listen(0, "127.0.0.1", resolve));
    const { port } = careless.address() as { port: number };
    const line = await tryWrite({ ...server.connection, endpoint: `http://127.0.0.1:${port}` });
    careless.closeAllConnections();
    careless.close();
    expect(line).to.match(/^poor .* does not check what arrives; the trial was removed → use a store that checks/);
    expect(seen).to.deep.equal(["PUT", "DELETE"]);
  });

  it("with files, with none that fits, and with a page in place of a listing", async () => {
    const job = defineJob({
      name: "j",
      source: { bucket: Bucket, prefix: "in/" },
      results: { bucket: Bucket, prefix: "results/" },
    });
    const [source] = sourcesOf(job);
    if (source === undefined) throw new Error("the job has no source");
    const look = async () =>
      said(
        await withinTime("S3", async () =>
          checkSource(job, source, await openS3Store({ bucket: Bucket, connection: server.connection })),
        ),
      );
    server.put(Bucket, "in/readme.txt", "x");
    server.put(Bucket, "results/1/results.csv", "x");
    expect((await look()).join()).to.match(
      /^poor s3:\/\/files\/in\/ can be listed, and no file there matches \/\\\.csv\$\/ → see that prefix/,
    );
    server.put(Bucket, "in/a.csv", "CnryCell", new Date("2026-01-02T03:04:05Z"));
    expect(await look()).to.deep.equal([
      "good s3://files/in/ has 1 file for the job",
      "good the newest, in/a.csv (8 bytes, 2026-01-02 03:04 UTC), can be read",
    ]);
    server.failNext({ kind: "error", method: "GET", status: 403, code: "AccessDenied" });
    expect((await look()).join()).to.match(/^bad .* denies access to bucket files/);
  });

  it("by its region and encryption, and asks neither of a stand-in on this machine", async () => {
    const probe = (encryption: Encryption, region?: string, ownHost?: string) =>
      ({
        ownHost,
        region: "us-east-1",
        findRegion: async () => region,
        findEncryption: async () => encryption,
      }) as BucketProbe;
    const look = async (...parts: Parameters<typeof probe>) => said(await checkBucket(Bucket, probe(...parts)));
    expect(await look({ kind: "by", algorithm: "aws:kms" }, "us-east-1")).to.deep.equal([
      "good files is in us-east-1, as AWS_REGION says",
      "good files encrypts what is written (aws:kms)",
    ]);
    expect(await look({ kind: "none" }, "eu-west-1")).to.deep.equal([
      "poor files is in eu-west-1, and requests go to us-east-1 first, which redirects them → set AWS_REGION=eu-west-1",
      "poor files has no default encryption → turn it on at the bucket, or see that the store's disks are encrypted",
    ]);
    expect((await look({ kind: "hidden" })).join()).to.match(/^good files is encrypted, as all of AWS S3 is/);
    expect((await look({ kind: "hidden" }, undefined, "ceph.example.com")).join()).to.match(
      /^poor whether files is encrypted/,
    );
    expect((await look({ kind: "unsaid" }, undefined, "ceph.example.com")).join()).to.match(
      /^poor whether files is encrypted/,
    );
    expect(await look({ kind: "none" }, undefined, "127.0.0.1")).to.deep.equal([]);
    const real = await BucketProbe.open({ bucket: Bucket, connection: server.connection });
    expect(await real.findEncryption()).to.deep.equal({ kind: "unsaid" });
  });

  (REAL === undefined ? it.skip : it)("on a real store: allowed and denied, and nothing is written", async () => {
    const connection = {
      endpoint: REAL ?? "",
      region: "us-east-1",
      credentials: {
        accessKeyId: process.env.TEST_S3_ACCESS_KEY ?? "test",
        secretAccessKey: process.env.TEST_S3_SECRET_KEY ?? "testsecret",
      },
    };
    const name = `tieout-doctor-${randomBytes(4).toString("hex")}`;
    const client = new S3Client({ ...connection, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: name }));
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Deny", Principal: { AWS: ["*"] }, Action: ["s3:PutObject"], Resource: [`arn:aws:s3:::${name}/*`] },
      ],
    });
    expect(await tryWrite(connection, name)).to.match(/^good /);
    await client.send(new PutBucketPolicyCommand({ Bucket: name, Policy }));
    expect(await tryWrite(connection, name)).to.match(/^bad .* denies access to bucket/);
    await client.send(new DeleteBucketPolicyCommand({ Bucket: name }));
    expect((await (await BucketProbe.open({ bucket: name, connection })).findEncryption()).kind).to.equal("none");
    expect((await client.send(new ListObjectsV2Command({ Bucket: name }))).KeyCount).to.equal(0);
    await client.send(new DeleteBucketCommand({ Bucket: name }));
    expect(await tryWrite(connection, name)).to.match(/^bad Bucket .* does not exist/);
    client.destroy();
  });
});
