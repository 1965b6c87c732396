/**
 * The doctor's look at a job's archive: whether it can be written, and whether another job would take what is put there.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { checkArchive } from "../../src/doctor/archive.ts";
import { defineJob, type Job } from "../../src/job.ts";
import { startS3Server } from "../../src/sandbox/bucket/start-s3-server.ts";
import { BucketProbe } from "../../src/store/bucket-probe.ts";

const jobOf = (name: string, source: Parameters<typeof defineJob>[0]["source"]) =>
  defineJob({ name, source, results: { folder: "out" }, archive: { bucket: "old", prefix: "archive/" } });

describe("the doctor's look at an archive", () => {
  const job = jobOf("own", { bucket: "files", prefix: "in/" });
  const archive = job.archive ?? expect.fail("no archive");
  const lines = async (jobs: readonly Job[], probe?: BucketProbe) =>
    (await checkArchive(job, archive, jobs, probe)).map(({ word, text }) => `${word} ${text}`);

  it("tries to write there", async () => {
    await using s3 = await startS3Server({ buckets: ["old"] });
    const probe = await BucketProbe.open({ bucket: "old", connection: s3.connection });
    expect(await lines([job], probe)).to.deep.equal([
      "good s3://old/archive/ can be written: a trial was refused only for the wrong checksum that it named",
    ]);
    expect([...s3.objects("old").keys()]).to.deep.equal([]);
  });

  it("names each other job that would take what is archived", async () => {
    const source = (prefix: string, bucket = "old") => ({ bucket, prefix });
    const plain = (name: string, prefix: string, bucket?: string) =>
      defineJob({ name, source: source(prefix, bucket), results: { folder: "out" } });
    const jobs = [job, plain("whole", ""), plain("same", "archive/"), plain("below", "archive/in/")];
    const free = [plain("beside", "archived/"), plain("elsewhere", "archive/", "files")];
    expect(await lines([...jobs, ...free])).to.deep.equal(
      ["whole", "same", "below"].map(
        (name) => `bad the job ${name} takes its files from there, and would take what is archived`,
      ),
    );
  });

  it("looks at a folder's disk", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tieout-archive-"));
    try {
      const here = { kind: "folder", folder: join(folder, "old"), move: false } as const;
      const seen = (await checkArchive(job, here, [job], undefined)).map(({ word, text }) => `${word} ${text}`);
      expect(seen[0]).to.equal(`good the first run makes ${join(folder, "old")}`);
      expect(seen.join("\n")).to.contain("the archive");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
