/**
 * Where a job's files may be archived, and what tags may be: what cannot be is `job_invalid`, with the setting and what to do.
 */
import { expect } from "chai";
import { FatalError } from "../src/errors/fatal-error.ts";
import { defineJob, type JobInput } from "../src/job.ts";

const BUCKET: JobInput = {
  name: "job",
  source: { bucket: "a", prefix: "in/" },
  results: { bucket: "a", prefix: "results/" },
};
const FOLDER: JobInput = { name: "job", source: { folder: "files/in" }, results: { folder: "files/out" } };

function wrongOf(base: JobInput, more: Partial<JobInput>): string | null {
  try {
    defineJob({ ...base, ...more });
    return null;
  } catch (error) {
    if (error instanceof FatalError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe("archive in a job", () => {
  it("may be any place that neither the job nor its results have", () => {
    for (const archive of [
      { bucket: "a", prefix: "old/" },
      { bucket: "a", prefix: "in-old" },
      { bucket: "b", prefix: "in/", move: true },
    ])
      expect(wrongOf(BUCKET, { archive }), archive.prefix).to.equal(null);
    expect(wrongOf(FOLDER, { archive: { folder: "files/old" } })).to.equal(null);
    expect(wrongOf(FOLDER, { archive: { folder: "files/in-old", move: true } })).to.equal(null);
    expect(wrongOf(BUCKET, { archive: { folder: "old" } })).to.equal(null);
  });

  for (const [what, base, archive, said] of [
    ["below the source", BUCKET, { bucket: "a", prefix: "in/done/" }, /archive: lies where the job reads/],
    ["the source", BUCKET, { bucket: "a", prefix: "in/" }, /archive: lies where the job reads/],
    ["around the source", BUCKET, { bucket: "a", prefix: "/" }, null],
    [
      "a bucket that is read whole",
      { ...BUCKET, source: { bucket: "a" } },
      { bucket: "a", prefix: "old/" },
      /archive: lies where/,
    ],
    ["below the results", BUCKET, { bucket: "a", prefix: "results/old/" }, /archive: and results lie in each other/],
    ["around the results", BUCKET, { bucket: "a", prefix: "r" }, null],
    ["a prefix of none", BUCKET, { bucket: "a", prefix: "" }, /archive/],
    ["a folder within the source", FOLDER, { folder: "files/in/done" }, /archive: lies where the job reads/],
    [
      "a folder around the source",
      FOLDER,
      { folder: "files" },
      /archive: lies where the job reads.*archive: and results lie in each other/,
    ],
    ["a folder named otherwise", FOLDER, { folder: "files/x/../in" }, /archive: lies where the job reads/],
    ["the results", FOLDER, { folder: "files/out" }, /archive: and results lie in each other/],
    [
      "a place among several sources",
      {
        ...BUCKET,
        source: [
          { name: "one", bucket: "a", prefix: "in/" },
          { name: "two", bucket: "b", prefix: "x/" },
        ],
      },
      { bucket: "b", prefix: "x/y/" },
      /archive: lies where the job reads/,
    ],
  ] as const) {
    it(`is judged where it is ${what}`, () => {
      const wrong = wrongOf(base as JobInput, { archive });
      if (said === null) expect(wrong).to.equal(null);
      else
        expect(wrong)
          .to.match(/^job_invalid: /)
          .and.match(said);
    });
  }
});

describe("tag in a job", () => {
  it("is of files in buckets, with at most ten tags of what S3 allows", () => {
    expect(wrongOf(BUCKET, { tag: { "tieout:run": "{run} at +1=2.3_/@" } })).to.equal(null);
    expect(wrongOf(FOLDER, { tag: { a: "b" } })).to.match(/tag: only files in a bucket can have tags/);
    for (const tag of [{}, { "aws:x": "y" }, { "a;b": "c" }, { a: "{run}{x}" }, { a: "x".repeat(256) }])
      expect(wrongOf(BUCKET, { tag }), JSON.stringify(tag)).to.match(/^job_invalid: .*tag/);
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`t${n}`, ""]));
    expect(wrongOf(BUCKET, { tag: many })).to.match(/give 1 to 10 tags/);
  });
});
