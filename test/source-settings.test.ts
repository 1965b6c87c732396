/** Lists of sources in a job: what fits together, and what is said where it does not. */
import { expect } from "chai";
import { defineJob, type JobInput } from "../src/job.ts";
import { jobSha256, settingsSha256 } from "../src/run/job-sha256.ts";
import { doneKeyOf, jobOfSource, keysOfDone, sourceOf } from "../src/run/sources.ts";
import { type Source, sourcesOf } from "../src/source-settings.ts";

const jobOf = (source: unknown, more: object = {}) =>
  defineJob({ name: "j", source: source as JobInput["source"], results: { folder: "out" }, ...more });
/** What is wrong, setting by setting. */
function wrongOf(source: unknown, more: object = {}): string {
  try {
    jobOf(source, more);
    return "";
  } catch (error) {
    return (error as Error).message.replace("the job is not valid: ", "");
  }
}
const a = { name: "a", folder: "in" };
const b = { name: "b", folder: "other" };

describe("the sources of a job", () => {
  it("are what they were where there is one, also by the hash of the settings", () => {
    const one = jobOf({ folder: "in" });
    expect(one.source).to.deep.equal({ kind: "folder", folder: "in", pattern: /\.csv$/, repaired: false });
    expect(settingsSha256(one)).to.equal(settingsSha256(jobOf({ folder: "in", pattern: /\.csv$/ })));
    expect(sourcesOf(jobOf([{ folder: "in" }]))).to.deep.equal([one.source]);
  });

  it("take nothing of the job's settings where reads say nothing", () => {
    const job = jobOf(
      [
        { ...a, reads: {} },
        { ...b, reads: { money: "decimal", header: 3 } },
      ],
      { money: "minor", emptyMeans: "clear" },
    );
    const [first, second] = sourcesOf(job);
    expect(first?.reads).to.deep.equal({});
    expect({ ...jobOfSource(job, first) }).to.deep.include(job);
    expect(jobOfSource(job, second)).to.deep.include({ ...job, money: "decimal", header: 3 });
    // Whatever is read of a file, the job is the same.
    for (const hash of [settingsSha256, jobSha256]) expect(hash({ ...jobOfSource(job, second) })).to.equal(hash(job));
  });

  for (const [name, source, said, more] of [
    ["an empty list", [], "source: give at least one source"],
    ["no names", [{ folder: "in" }, b], "source.0.name: give each of several sources a name"],
    ["a name twice", [a, { ...b, name: "a" }], "source.1.name: the source a has that name already"],
    [
      "a folder in another",
      [a, { ...b, folder: "./in/sub" }],
      "source.1.folder: one of it and the folder of a lies in the other: give both the outer one, and patterns",
    ],
    ["the same files", [a, { ...b, folder: "./in/" }], "source.1.pattern: the source a takes every file that fits it"],
    [
      "a prefix in another",
      [
        { name: "a", bucket: "x", prefix: "in/" },
        { name: "b", bucket: "x", prefix: "in/b/" },
      ],
      "source.1.pattern: the source a takes every file that fits it",
    ],
    [
      "two owners of a bucket",
      [
        { name: "a", bucket: "x", prefix: "a/" },
        { name: "b", bucket: "x", prefix: "b/", owner: "123456789012" },
      ],
      "source.1.owner: give the source a, of the same bucket, the same owner",
    ],
    ["a misspelt setting of reading", [a, { ...b, reads: { laout: "bank" } }], "source.1.reads.laout: is no setting"],
    [
      "a wrong value of reading",
      { folder: "in", reads: { money: "euros" } },
      'source.reads.money: Invalid option: expected one of "minor"|"decimal"',
    ],
    [
      "done-files that are named as files are",
      { folder: "in", done: { suffix: ".csv", replaces: ".csv" } },
      "source.done.suffix: the files themselves end so, and would be taken for done-files: give another ending, such as .ok",
    ],
    [
      "a done-file in another folder",
      { folder: "in", done: { suffix: "/ok" } },
      "source.done.suffix: give what the names of done-files end with, such as .ok",
    ],
    [
      "files expected of nobody",
      [a, b],
      "expect.source: give the name of one of the sources: a, b",
      { expect: { by: "02:00" } },
    ],
    [
      "numbers that no name has",
      [a, b],
      "expect.sequence: source.pattern must capture the number, as in /-(?<sequence>\\d+)\\.csv$/",
      { expect: { by: "02:00", source: "b", sequence: true } },
    ],
  ] as const)
    it(`refuse ${name}`, () => {
      expect(wrongOf(source, more)).to.equal(said);
    });

  it("own a key by the first that it fits, and done-files and results never", () => {
    const job = jobOf([
      { name: "cards", folder: "in", pattern: /^cards/, done: { suffix: ".done", replaces: ".csv" } },
      { name: "all", folder: "in", pattern: /./ },
    ]);
    const nameOf = (key: string) => sourceOf(job, `${process.cwd()}/in`, key)?.name;
    expect(["cards.csv", "cards.done", "loans.csv", "loans.done"].map(nameOf)).to.deep.equal([
      "cards",
      undefined,
      "all",
      "all",
    ]);
    expect(nameOf("20261129-010203-abcdef/1/failed.csv")).to.equal(undefined);
    expect(sourceOf(job, "/elsewhere", "cards.csv")).to.equal(undefined);
  });

  it("know a file's done-file, and a done-file's files", () => {
    const [source] = sourcesOf(
      jobOf({ folder: "in", pattern: /\.csv(\.gz)?$/, done: { suffix: ".ok", replaces: ".csv" } }),
    );
    const own = source as Source;
    expect(["a.csv", "a.csv.gz"].map((key) => doneKeyOf(own, key))).to.deep.equal(["a.ok", "a.csv.gz.ok"]);
    expect(["a.ok", "a.csv.gz.ok", "a.txt.ok", "a.csv"].map((key) => keysOfDone(own, key))).to.deep.equal([
      ["a.csv"],
      ["a.csv.gz.csv", "a.csv.gz"],
      ["a.txt.csv"],
      [],
    ]);
  });
});
