/**
 * What every ledger must do with files that are to be filed away: keep them due from before the run ends until they are, whoever ends first.
 */
import { expect } from "chai";
import { BANK, newRun, SANDBOX } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

const DONE = { number: 1, summary: "{}", exit: 0, final: true, atMs: 2_000 } as const;
const FILED = { place: "s3://old", key: "archive/a.csv", note: null };

export function suiteOfFilings(use: LedgerInUse): void {
  const due = async (after = 0) =>
    (await use.ledger.filings.listDue(BANK, "nightly", after, 10)).map(({ id, file }) => [id, file.key]);

  it("keeps what is due from before a run ends until it is filed, in the order of the runs", async () => {
    const { ledger } = use;
    const runs = [];
    for (const id of ["one", "two"]) {
      const run = await ledger.runs.open(BANK, newRun(id));
      runs.push(run);
      await ledger.filings.open(run);
      await ledger.filings.open(run);
    }
    const [one, two] = runs;
    if (one === undefined || two === undefined) expect.fail("no runs");
    expect(await due(), "before they end").to.deep.equal([]);
    for (const run of [two, one]) await ledger.runs.recordPublication(run, DONE);
    await use.reopen();
    expect(await due()).to.deep.equal([
      ["one", "a.csv"],
      ["two", "a.csv"],
    ]);
    expect(await due(one.no)).to.deep.equal([["two", "a.csv"]]);
    expect(await use.ledger.filings.listDue(SANDBOX, "nightly", 0, 10)).to.deep.equal([]);
    expect(await use.ledger.filings.listDue(BANK, "weekly", 0, 10)).to.deep.equal([]);
    expect(await use.ledger.filings.find(one)).to.equal(undefined);
    await use.ledger.filings.end(one, FILED, 3_000);
    await use.ledger.filings.open(one);
    await use.reopen();
    expect(await due()).to.deep.equal([["two", "a.csv"]]);
    expect(await use.ledger.filings.find(one)).to.deep.equal(FILED);
    await use.ledger.filings.end(two, { place: null, key: null, note: "it is gone" }, 3_000);
    expect(await due()).to.deep.equal([]);
  });

  it("has nothing due of runs that were not noted, or rejected", async () => {
    const { runs, filings } = use.ledger;
    await runs.recordPublication(await runs.open(BANK, newRun("unnoted")), DONE);
    const rejected = await runs.open(BANK, newRun("rejected"));
    await filings.open(rejected);
    await runs.recordRejection(rejected, { code: "file_empty", message: "it is empty", hint: "look" }, 7, 1);
    expect(await due()).to.deep.equal([]);
  });

  it("lists other jobs that take files, of one place only those below a prefix", async () => {
    const { runs, filings } = use.ledger;
    const open = (job: string, place: string, key: string) => {
      const file = { ...newRun("").file, place, key };
      return runs.open(BANK, newRun(`${job} ${place} ${key}`, { job, file }), [file]);
    };
    await open("nightly", "s3://old", "archive/own.csv");
    await open("weekly", "s3://old", "out%/1.csv");
    await open("yearly", "/data/in", "1.csv");
    expect(await filings.listReaders("nightly", "s3://old", "archive/")).to.deep.equal([
      { job: "yearly", place: "/data/in" },
    ]);
    expect(await filings.listReaders("nightly", "s3://old", "out%/")).to.deep.equal([
      { job: "weekly", place: "s3://old" },
      { job: "yearly", place: "/data/in" },
    ]);
    expect(await filings.listReaders("nightly", "s3://old", "out_/")).to.have.length(1);
  });
}
