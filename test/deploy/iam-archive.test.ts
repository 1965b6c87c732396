/**
 * The policy that a job with an archive or tags needs beside that of every job: all that it asks of S3 is allowed, each statement is needed, and
 * nothing is that would lose a file for good.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { csv, openArchive } from "../run/after/open-archive.ts";
import { asAction } from "./as-action.ts";
import { isAllowed, type Policy, type PolicyRequest, parsePolicy } from "./policy.ts";

const IAM = fileURLToPath(new URL("../../deploy/iam", import.meta.url));
const NAMES = { files: "SOURCE-BUCKET", results: "RESULTS-BUCKET", old: "ARCHIVE-BUCKET" };
const JOB: Partial<JobInput> = {
  source: { bucket: "files", prefix: "outgoing/" },
  results: { bucket: "results", prefix: "results/" },
  tag: { tieout: "done" },
};
const ARCHIVE = { bucket: "old", prefix: "archive/" };

describe("deploy/iam/archive.json", () => {
  let both: Policy;
  let own: Policy;
  const seen: PolicyRequest[] = [];

  before(async () => {
    const [bucket, archive] = await Promise.all(
      ["bucket.json", "archive.json"].map(async (name) => parsePolicy(await readFile(join(IAM, name), "utf8"))),
    );
    if (bucket === undefined || archive === undefined) expect.fail("no policies");
    own = archive;
    both = { ...bucket, Statement: [...bucket.Statement, ...archive.Statement] };
    for (const versioned of [false, true]) {
      await using at = await openArchive({ versioned });
      at.s3.put("files", "outgoing/1.csv", csv("One"));
      await at.go({ ...JOB, archive: { ...ARCHIVE, move: true } });
      at.s3.put("files", "outgoing/2.csv", csv("Two"));
      await at.go({ ...JOB, archive: ARCHIVE });
      expect(at.keys("old")).to.deep.equal(["archive/outgoing/1.csv", "archive/outgoing/2.csv"]);
      seen.push(...at.s3.requests.map((request) => asAction(request, NAMES)));
    }
  });

  it("allows all that such a job asks", () => {
    expect(seen.filter((request) => !isAllowed(both, request))).to.deep.equal([]);
  });

  it("has no statement that is not needed", () => {
    for (const { Sid } of own.Statement) {
      const without = { ...both, Statement: both.Statement.filter((one) => one.Sid !== Sid) };
      expect(
        seen.some((request) => !isAllowed(without, request)),
        Sid,
      ).to.equal(true);
    }
  });

  it("removes nothing for good, and nothing of the archive or the results", () => {
    const context = { "aws:SecureTransport": "true" };
    const places = ["SOURCE-BUCKET/outgoing", "ARCHIVE-BUCKET/archive", "RESULTS-BUCKET/results"];
    const denied: PolicyRequest[] = [
      ...places.map((place) => ({
        action: "s3:DeleteObjectVersion",
        resource: `arn:aws:s3:::${place}/1.csv`,
        context,
      })),
      ...places
        .slice(1)
        .map((place) => ({ action: "s3:DeleteObject", resource: `arn:aws:s3:::${place}/1.csv`, context })),
      ...places.map((place) => ({ action: "s3:PutObject", resource: `arn:aws:s3:::${place}/1.csv`, context })),
      { action: "s3:PutObjectRetention", resource: `arn:aws:s3:::${places[1]}/1.csv`, context },
      { action: "s3:BypassGovernanceRetention", resource: `arn:aws:s3:::${places[0]}/1.csv`, context },
      { action: "s3:DeleteObject", resource: "arn:aws:s3:::SOURCE-BUCKET/payroll/1.csv", context },
    ];
    expect(denied.filter((request) => isAllowed(both, request))).to.deep.equal([]);
  });
});
