/**
 * S3Store when things go wrong on the way: broken bodies, lost answers, servers that are not there, settings by environment.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { FatalError } from "../../src/errors/fatal-error.ts";
import type { S3Fault } from "../../src/sandbox/bucket/s3-faults.ts";
import { type S3Server, startS3Server } from "../../src/sandbox/bucket/start-s3-server.ts";
import type { FileStore, StoredFile } from "../../src/store/file-store.ts";
import type { S3Limits } from "../../src/store/s3-limits.ts";
import { openS3Store } from "../../src/store/s3-store.ts";

const BUCKET = "inbox";
const BODY = "account_id,status\n".repeat(10_000);
const LIMITS: Partial<S3Limits> = { resumeDelayMs: 1, idleTimeoutMs: 60, connectTimeoutMs: 500, attempts: 3 };

async function open(server: S3Server, limits: Partial<S3Limits> = {}): Promise<FileStore> {
  return openS3Store({ bucket: BUCKET, connection: server.connection, limits: { ...LIMITS, ...limits } });
}

async function seeded(server: S3Server, store: FileStore): Promise<StoredFile> {
  server.put(BUCKET, "a.csv", BODY);
  const file = await store.find("a.csv");
  if (file === undefined) expect.fail("a.csv is not there");
  return file;
}

async function textOf(store: FileStore, file: StoredFile): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(file)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function failure(act: Promise<unknown>): Promise<FatalError> {
  const error = await act.then(
    () => expect.fail("it did not fail"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof FatalError)) expect.fail(`not a FatalError: ${error}`);
  return error;
}

function ranges(server: S3Server): (string | undefined)[] {
  return server.requests
    .filter(({ method, key }) => method === "GET" && key !== "")
    .map(({ headers }) => headers.range);
}

describe("S3Store: a body that breaks off", () => {
  for (const kind of ["cut", "reset", "stall", "short"] as const) {
    it(`is taken up again by range and If-Match, five times: ${kind}`, async () => {
      await using server = await startS3Server({ buckets: [BUCKET] });
      const store = await open(server);
      const file = await seeded(server, store);
      server.failNext({ kind, afterBytes: 20_000 }, 5);
      expect(await textOf(store, file)).to.equal(BODY);
      expect(ranges(server)).to.have.length(6);
      const starts = ranges(server).map((range) => Number(/^bytes=(\d+)-$/.exec(range ?? "bytes=0-")?.[1]));
      expect(starts).to.deep.equal(starts.toSorted((a, b) => a - b));
      // A stream that fails drops what nobody has read yet, so only after a stall is it certain how far it came.
      if (kind === "stall") expect(starts).to.deep.equal([0, 20_000, 40_000, 60_000, 80_000, 100_000]);
      for (const { key, method, headers } of server.requests) {
        if (method === "GET" && key !== "") expect(headers["if-match"]).to.equal(file.etag);
      }
    });
  }

  it("fails after the fifth resume, and says how far it came", async () => {
    await using server = await startS3Server({ buckets: [BUCKET] });
    const store = await open(server);
    const file = await seeded(server, store);
    server.failNext({ kind: "stall", afterBytes: 100 }, 6);
    const error = await failure(textOf(store, file));
    expect(error.code).to.equal("source_unreachable");
    expect(error.message).to.equal('"a.csv" in s3://inbox broke off 6 times, the last time after 600 of 180,000 bytes');
    expect(ranges(server)).to.have.length(6);
  });

  it("is not taken up when the object is another by then", async () => {
    await using server = await startS3Server({ buckets: [BUCKET] });
    const store = await open(server);
    const file = await seeded(server, store);
    server.failNext({ kind: "cut", afterBytes: 20_000 });
    const read = async () => {
      for await (const _ of store.read(file)) server.put(BUCKET, "a.csv", BODY.toUpperCase());
    };
    expect((await failure(read())).code).to.equal("file_changed");
  });

  it("goes on with the pinned version where the bucket keeps versions", async () => {
    await using server = await startS3Server({ buckets: [BUCKET], versioned: true });
    const store = await open(server);
    const file = await seeded(server, store);
    expect(file.versionId).to.equal("v1");
    server.put(BUCKET, "a.csv", "other");
    server.failNext({ kind: "cut", afterBytes: 20_000 });
    expect(await textOf(store, file)).to.equal(BODY);
  });

  it("is refused when it does not have the checksum that S3 gives", async () => {
    await using server = await startS3Server({ buckets: [BUCKET] });
    const store = await open(server);
    const file = await seeded(server, store);
    server.failNext({ kind: "corrupt", afterBytes: 12_345 });
    const error = await failure(textOf(store, file));
    expect(error.code).to.equal("source_unreachable");
    expect(error.message).to.match(/arrived with wrong bytes/);
  });

  it("waits out a server that answers 503 for a while", async () => {
    await using server = await startS3Server({ buckets: [BUCKET] });
    const store = await open(server);
    const file = await seeded(server, store);
    server.failNext({ kind: "error", method: "GET", status: 503, code: "SlowDown" }, 2);
    expect(await textOf(store, file)).to.equal(BODY);
  });
});

describe("S3Store: a write", () => {
  let folder: string;
  let localPath: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-test-"));
    localPath = join(folder, "results.csv");
    await writeFile(localPath, BODY);
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function write(fault?: S3Fault, times = 1) {
    await using server = await startS3Server({ buckets: [BUCKET] });
    const store = await open(server);
    if (fault !== undefined) server.failNext(fault, times);
    const error = await store.write("r/results.csv", localPath).then(
      () => undefined,
      (reason: unknown) => reason as FatalError,
    );
    const stored = server.objects(BUCKET).get("r/results.csv")?.bytes.toString();
    return { error, stored, puts: server.requests.filter(({ method }) => method === "PUT") };
  }

  it("signs the hash of the body, gives its length and never overwrites", async () => {
    const { error, stored, puts } = await write();
    expect(error).to.equal(undefined);
    expect(stored).to.equal(BODY);
    expect(puts).to.have.length(1);
    expect(puts[0]?.headers).to.include({ "if-none-match": "*", "content-length": String(BODY.length) });
    expect(puts[0]?.headers["x-amz-content-sha256"]).to.match(/^[0-9a-f]{64}$/);
  });

  it("says of a page that it is one, so that a browser shows it", async () => {
    await using server = await startS3Server({ buckets: [BUCKET] });
    const store = await open(server);
    for (const name of ["report.html", "results.csv"]) await store.write(`r/${name}`, localPath);
    const puts = server.requests.filter(({ method }) => method === "PUT");
    const types = puts.map(({ key, headers }) => [key, headers["content-type"]]);
    expect(types).to.deep.equal([
      ["r/report.html", "text/html; charset=utf-8"],
      ["r/results.csv", "application/octet-stream"],
    ]);
  });

  it("is sent again after an answer of 503", async () => {
    const { error, stored, puts } = await write({ kind: "error", method: "PUT", status: 503, code: "SlowDown" }, 2);
    expect(error).to.equal(undefined);
    expect(stored).to.equal(BODY);
    expect(puts.map(({ status }) => status)).to.deep.equal([503, 503, 200]);
  });

  it("recognises its own object after an answer was lost", async () => {
    const { error, stored, puts } = await write({ kind: "lost", method: "PUT" });
    expect(error).to.equal(undefined);
    expect(stored).to.equal(BODY);
    expect(puts.map(({ status }) => status)).to.deep.equal([200, 412]);
  });

  it("gives up after the attempts", async () => {
    const { error, stored } = await write({ kind: "error", method: "PUT", status: 500, code: "InternalError" }, 3);
    expect(error?.code).to.equal("results_unwritable");
    expect(error?.message).to.match(/^127\.0\.0\.1:\d+ answered 500 \(InternalError\) for bucket inbox$/);
    expect(stored).to.equal(undefined);
  });

  it("does not take a folder for a file", async () => {
    await using server = await startS3Server({ buckets: [BUCKET] });
    const error = await failure((await open(server)).write("r/results.csv", folder));
    expect(error.code).to.equal("results_unwritable");
    expect(server.requests).to.deep.equal([]);
  });
});

describe("S3Store: where it connects to", () => {
  const before = { ...process.env };
  beforeEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
    const nowhere = "/dev/null";
    Object.assign(process.env, { AWS_CONFIG_FILE: nowhere, AWS_SHARED_CREDENTIALS_FILE: nowhere });
    process.env.AWS_EC2_METADATA_DISABLED = "true";
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
    Object.assign(process.env, before);
  });

  it("follows the AWS SDK's environment, path style for a host name too, and needs no region", async () => {
    await using server = await startS3Server({ buckets: [BUCKET] });
    const { AWS_REGION: _, ...env } = server.env;
    Object.assign(process.env, env, { AWS_ENDPOINT_URL_S3: server.url.replace("127.0.0.1", "localhost") });
    const store = await openS3Store({ bucket: BUCKET, limits: LIMITS });
    expect(store.place).to.equal("s3://inbox");
    expect(await store.find("none.csv")).to.equal(undefined);
    expect(server.requests[0]?.bucket).to.equal(BUCKET);
    expect(server.requests[0]?.headers.authorization).to.match(/\/us-east-1\/s3\/aws4_request/);
  });

  it("says that there are no credentials", async () => {
    await using server = await startS3Server({ buckets: [BUCKET] });
    process.env.AWS_ENDPOINT_URL_S3 = server.url;
    const store = await openS3Store({ bucket: BUCKET, limits: LIMITS });
    const error = await failure(store.find("a.csv"));
    expect(error.code).to.equal("source_unreachable");
    expect(error.message).to.equal("No AWS credentials were found for bucket inbox");
    expect(error.hint).to.match(/AWS_ACCESS_KEY_ID/);
    expect(server.requests).to.deep.equal([]);
  });

  it("says that the endpoint is no URL", async () => {
    for (const endpoint of ["not a url", "minio:9000"]) {
      process.env.AWS_ENDPOINT_URL_S3 = endpoint;
      expect((await failure(openS3Store({ bucket: BUCKET }))).code).to.equal("env_missing");
    }
  });

  it("names the host that does not answer", async () => {
    const server = await startS3Server({ buckets: [BUCKET] });
    await server[Symbol.asyncDispose]();
    const store = await open(server, { attempts: 1, resumes: 0 });
    const error = await failure(store.find("a.csv"));
    expect(error.code).to.equal("source_unreachable");
    expect(error.message).to.match(/^127\.0\.0\.1:\d+ cannot be reached for bucket inbox \(ECONNREFUSED\)$/);
  });
});

describe("S3Store: a bucket of one account, and a key of KMS", () => {
  const OWNER = "111122223333";
  const KMS_KEY = "arn:aws:kms:us-east-1:111122223333:alias/results";
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-s3-owner-"));
    await writeFile(join(folder, "a.csv"), BODY);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("names the account in every request, and is refused by another's bucket in one line", async () => {
    await using server = await startS3Server({ buckets: [BUCKET], owner: OWNER });
    const { connection } = server;
    const ours = await openS3Store({ bucket: BUCKET, owner: OWNER, connection, limits: LIMITS });
    expect(await textOf(ours, await seeded(server, ours))).to.equal(BODY);
    await ours.write("b.csv", join(folder, "a.csv"));
    for await (const _ of ours.list("")) break;
    expect(server.requests.map(({ method }) => method)).to.include.members(["HEAD", "GET", "PUT"]);
    for (const { headers } of server.requests) expect(headers["x-amz-expected-bucket-owner"]).to.equal(OWNER);

    const others = await openS3Store({ bucket: BUCKET, owner: "999988887777", connection, limits: LIMITS });
    const failures = [await failure(others.find("a.csv")), await failure(others.write("c.csv", join(folder, "a.csv")))];
    for (const { message } of failures)
      expect(message).to.match(/\(AccessDenied\), or the bucket is not one of account 999988887777, as the job says$/);
    expect([...server.objects(BUCKET).keys()]).to.deep.equal(["a.csv", "b.csv"]);
  });

  it("writes every object under the key, and says so when the store has not", async () => {
    await using server = await startS3Server({ buckets: [BUCKET] });
    const store = await openS3Store({ bucket: BUCKET, kmsKey: KMS_KEY, connection: server.connection, limits: LIMITS });
    await store.write("a.csv", join(folder, "a.csv"));
    const { headers } = server.objects(BUCKET).get("a.csv") ?? expect.fail("a.csv is not there");
    expect(headers).to.include({
      "x-amz-server-side-encryption": "aws:kms",
      "x-amz-server-side-encryption-aws-kms-key-id": KMS_KEY,
    });
    server.failNext({ kind: "unencrypted" });
    const { code, message } = await failure(store.write("b.csv", join(folder, "a.csv")));
    expect(code).to.equal("results_unwritable");
    expect(message).to.equal('"b.csv" in s3://inbox was written without the KMS key that the job names');
  });
});
