/** A folder as a bucket: what is put into one is in the other, and a key never leads out of the folder. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteObjectCommand, PutObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { type S3Server, startS3Server } from "../../../src/sandbox/bucket/start-s3-server.ts";
import { openS3Store } from "../../../src/store/s3-store.ts";

const Bucket = "inbox";

describe("S3 stand-in over a folder", () => {
  let around: string;
  let folder: string;
  let server: S3Server;
  let client: S3Client;

  beforeEach(async () => {
    around = mkdtempSync(join(tmpdir(), "tieout-folder-bucket-"));
    folder = join(around, Bucket);
    mkdirSync(folder);
    server = await startS3Server({ buckets: [Bucket], folders: { [Bucket]: folder }, recordRequests: false });
    client = new S3Client({ ...server.connection, forcePathStyle: true, maxAttempts: 1 });
  });
  afterEach(async () => {
    client.destroy();
    await server[Symbol.asyncDispose]();
    rmSync(around, { recursive: true, force: true });
  });

  const open = () => openS3Store({ bucket: Bucket, connection: server.connection, limits: { attempts: 1 } });
  async function list(): Promise<string[]> {
    const keys = [];
    for await (const { key } of (await open()).list("")) keys.push(key);
    return keys;
  }
  async function read(key: string): Promise<string> {
    const store = await open();
    const file = await store.find(key);
    if (file === undefined) expect.fail(`${key} is not there`);
    const chunks = [];
    for await (const chunk of store.read(file)) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }
  const put = (Key: string, more: object = {}) =>
    client.send(new PutObjectCommand({ Bucket, Key, Body: "x", ...more }));
  const refused = (act: Promise<unknown>) =>
    act.then(
      () => "taken",
      (error: unknown) => (error instanceof S3ServiceException ? error.name : String(error)),
    );

  it("has each file, of folders within it too, changed and removed as they are", async () => {
    mkdirSync(join(folder, "outgoing"));
    writeFileSync(join(folder, "outgoing/a b+é.csv"), "one\n");
    writeFileSync(join(folder, ".half"), "no object");
    symlinkSync(around, join(folder, "round"));
    expect(await list()).to.deep.equal(["outgoing/a b+é.csv"]);
    expect(await read("outgoing/a b+é.csv")).to.equal("one\n");
    writeFileSync(join(folder, "outgoing/a b+é.csv"), "another\n");
    expect(await read("outgoing/a b+é.csv")).to.equal("another\n");
    rmSync(join(folder, "outgoing"), { recursive: true });
    expect(await list()).to.deep.equal([]);
  });

  it("writes each object as a file that others cannot read, and overwrites none under If-None-Match", async () => {
    const local = join(around, "local.csv");
    writeFileSync(local, "result\n");
    await (await open()).write("results/1/results.csv", local);
    expect(readFileSync(join(folder, "results/1/results.csv"), "utf8")).to.equal("result\n");
    expect(await refused(put("results/1/results.csv", { IfNoneMatch: "*" }))).to.equal("PreconditionFailed");
    expect(readFileSync(join(folder, "results/1/results.csv"), "utf8")).to.equal("result\n");
    expect(readdirSync(join(folder, "results/1"))).to.deep.equal(["results.csv"]);
    await client.send(new DeleteObjectCommand({ Bucket, Key: "results/1/results.csv" }));
    expect(readdirSync(join(folder, "results/1"))).to.deep.equal([]);
  });

  it("refuses a key that is no path in the folder", async () => {
    for (const key of ["../out.csv", "a//b", ".hidden", "a/./b", "a/"])
      expect(await refused(put(key)), key).to.equal("InvalidArgument");
    writeFileSync(join(folder, "file"), "");
    expect(await refused(put("file/below"))).to.equal("InternalError");
    expect(readdirSync(around)).to.deep.equal([Bucket]);
    expect(readdirSync(folder)).to.deep.equal(["file"]);
  });

  it("is no bucket once the folder is gone", async () => {
    rmSync(folder, { recursive: true });
    const error = await list().catch((reason: unknown) => reason);
    expect(String(error)).to.contain(`Bucket ${Bucket} does not exist`);
  });
});
