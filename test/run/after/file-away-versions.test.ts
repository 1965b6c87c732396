/**
 * What only some places have: versions and tags of a bucket, and folders.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { keepFilings } from "../../../src/alarm/keep-filings.ts";
import type { JobInput } from "../../../src/job.ts";
import { startJob } from "../../../src/run/start/start-job.ts";

import { type Around, csv, MOVE, openAlarms, openArchive, START } from "./open-archive.ts";

describe("a bucket that keeps versions", () => {
  it("keeps the original below a delete marker, and archives the version that was read", async () => {
    await using at = await openArchive({ versioned: true });
    at.s3.put("files", "out/1.csv", csv("One"));
    await startJob(at.context(MOVE), START);
    at.s3.put("files", "out/1.csv", csv("Two"));
    await keepFilings(at.context(MOVE));
    expect(at.s3.objects("old").get("archive/out/1.csv")?.bytes.toString()).to.equal(csv("One"));
    expect(at.s3.objects("files").get("out/1.csv")?.bytes.toString(), "the newer one stays").to.equal(csv("Two"));
    expect(await at.go(MOVE)).to.deep.equal(["out/1.csv 0"]);
    expect(at.keys("files")).to.deep.equal([]);
    const store = await at.context().openStore({ kind: "bucket", bucket: "files" });
    const deletes = at.s3.requests.filter(({ method }) => method === "DELETE");
    expect(
      deletes.map(({ query, headers }) => [query.has("versionId"), headers["if-match"] !== undefined]),
    ).to.deep.equal([[false, true]]);
    expect(await store.find("out/1.csv")).to.equal(undefined);
  });
});

describe("a tag", () => {
  const TAG = { tag: { tieout: "done", "tieout-run": "{run}" } };
  const tagsOf = async ({ s3 }: Around, bucket: string, key: string) => {
    const { GetObjectTaggingCommand, S3Client } = await import("@aws-sdk/client-s3");
    const client = new S3Client({ ...s3.connection, forcePathStyle: true });
    const { TagSet = [] } = await client.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key }));
    client.destroy();
    return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]));
  };

  it("comes beside those that the file has", async () => {
    await using at = await openArchive({ versioned: true });
    at.s3.put("files", "out/1.csv", csv("One"));
    const store = await at.context().openStore({ kind: "bucket", bucket: "files" });
    const file = await store.find("out/1.csv");
    if (file === undefined) expect.fail("no file");
    await store.tag(file, { class: "a & <b>", tieout: "new" });
    expect(await at.go(TAG)).to.deep.equal(["out/1.csv 0"]);
    expect(await tagsOf(at, "files", "out/1.csv")).to.deep.equal({
      class: "a & <b>",
      tieout: "done",
      "tieout-run": "run-1",
    });
  });

  it("goes to the copy of a file that is moved", async () => {
    await using at = await openArchive();
    at.s3.put("files", "out/1.csv", csv("One"));
    await at.go({ ...MOVE, ...TAG });
    expect(await tagsOf(at, "old", "archive/out/1.csv")).to.deep.equal({ tieout: "done", "tieout-run": "run-1" });
  });

  it("is never given to another file, and an eleventh is an alarm", async () => {
    await using at = await openArchive();
    at.s3.put("files", "out/1.csv", csv("One"));
    await startJob(at.context(TAG), START);
    at.s3.put("files", "out/1.csv", csv("Two"));
    await keepFilings(at.context(TAG));
    expect(await tagsOf(at, "files", "out/1.csv")).to.deep.equal({});
    const store = await at.context().openStore({ kind: "bucket", bucket: "files" });
    const file = await store.find("out/1.csv");
    if (file === undefined) expect.fail("no file");
    await store.tag(file, Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`t${n}`, "x"])));
    await at.go(TAG);
    expect((await openAlarms(at)).map(({ message }) => message)[0]).to.match(/would have more than 10 tags/);
  });
});

describe("folders", () => {
  it("are archived as buckets are", async () => {
    await using at = await openArchive();
    const [input, old] = ["in", "old"].map((name) => join(at.desk.folder, name)) as [string, string];
    const job: Partial<JobInput> = {
      source: { folder: input },
      results: { folder: join(at.desk.folder, "out") },
      archive: { folder: old, move: true },
    };
    await mkdir(join(input, "a"), { recursive: true });
    await writeFile(join(input, "a/1.csv"), csv("One"));
    expect(await at.go(job)).to.deep.equal(["a/1.csv 0"]);
    expect(await readFile(join(old, "a/1.csv"), "utf8")).to.equal(csv("One"));
    expect(await readdir(join(input, "a"))).to.deep.equal([]);
    expect(await at.go(job)).to.deep.equal([]);
  });
});
