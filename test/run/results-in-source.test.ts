/** Results among a job's files: never taken from a source, whichever job's they are, unless the source is for repaired files. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { exitOf } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk } from "../support/scenario.ts";
import { put, type Start, start, told } from "./source.ts";

const RUN = "20261125-060000-0a1b2c";
const RESULTS = [
  "account_id,product_name,result_row,result,result_run",
  "account_1001,Silver,2,invalid,20261125-060000-0a1b2c",
  "",
].join("\n");
const INPUT = "account_id,product_name\naccount_1001,Gold\n";

const openBank = () => startSandbox({ seed: { accounts: [{ id: "account_1001" }] } });

/** Runs get ids as the command makes them. */
const idOf = (count: number) => `20261125-060000-${count.toString(16).padStart(6, "0")}`;

function withRunIds() {
  let runs = 0;
  return { newRunId: () => idOf(++runs) };
}

describe("results in a source", () => {
  it("do not make two jobs feed each other that read each other's results", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const [one, two] = [join(desk.folder, "one"), join(desk.folder, "two")];
    const jobs: Partial<JobInput>[] = [
      { name: "one", source: { folder: one }, results: { folder: two } },
      { name: "two", source: { folder: two }, results: { folder: one } },
    ];
    await mkdir(one);
    await mkdir(two);
    await writeFile(join(one, "a.csv"), "account_id,product_name\naccount_1001,Gold\naccount_x,Gold\n");
    const context = withRunIds();
    const turns: string[] = [];
    for (let turn = 0; turn < 4; turn++)
      for (const job of jobs) turns.push(...told(await start(desk, bank, { job, context })));
    expect(turns).to.deep.equal(["a.csv 1 refused 1 applied"]);
  });

  for (const name of [
    "results.csv",
    "failed.csv",
    "failed.spreadsheet.csv",
    "results.spreadsheet.csv",
    "anything.csv",
  ]) {
    it(`are not listed below a run's folder: ${name}, whoever's the run is, finished or not`, async () => {
      await using bank = await openBank();
      await using desk = await openDesk();
      await put(desk, `${RUN}/1/${name}`, INPUT, 0);
      await put(desk, `deep/er/${RUN}/12/${name}`, INPUT, 0);
      expect(await start(desk, bank)).to.deep.equal([]);
      const file = join(desk.folder, "in", RUN, "1", name);
      expect(told(await start(desk, bank, { file }))).to.deep.equal([`${RUN}/1/${name} 1 applied`]);
    });
  }

  it("are told from input by the form of the folder", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const keys = ["20261125/1/results.csv", "accounts/2/failed.csv", `${RUN}/failed.csv`, `${RUN}/one/failed.csv`];
    for (const [day, key] of keys.entries()) await put(desk, key, INPUT.replace("Gold", `Gold ${day}`), day);
    expect(told(await start(desk, bank))).to.deep.equal(keys.map((key) => `${key} 1 applied`));
  });

  const headers: Readonly<Record<string, string | Buffer>> = {
    "as a run writes them": RESULTS,
    "with a delimiter of a spreadsheet's": RESULTS.replaceAll(",", ";"),
    "with every name in quotes": RESULTS.replace(/^.*/, (line) => line.replace(/[^,]+/g, '"$&"')),
    "with a byte order mark": `\uFEFF${RESULTS}`,
    "in UTF-16": Buffer.from(`\uFEFF${RESULTS}`, "utf16le"),
    "that have a column unknown to the job": RESULTS.replace("product_name", "no_such_column"),
  };
  for (const [what, text] of Object.entries(headers)) {
    it(`are rejected under another name, ${what}, say so with exit 7, and hold up nothing`, async () => {
      await using bank = await openBank();
      await using desk = await openDesk();
      const path = await put(desk, "fixed.csv", "", 0);
      await writeFile(path, text);
      await put(desk, "input.csv", INPUT, 9_999);
      // Nothing that the job demands of its files is waited for in vain.
      await put(desk, "input.csv.manifest.json", '{"rows":1}', 1);
      const job: Partial<JobInput> = { completeness: { manifest: {} }, encoding: "utf-8" };
      const ends = await start(desk, bank, what === "in UTF-16" ? { job: { ...job, encoding: undefined } } : { job });
      expect(told(ends)).to.deep.equal(["fixed.csv file_of_results", "input.csv 1 applied"]);
      expect(ends.map(exitOf)).to.deep.equal([7, 0]);
      expect(bank.effects).to.have.length(1);
      expect(await start(desk, bank), "it is said once").to.deep.equal([]);
    });
  }
});

describe("a repaired file", () => {
  const repaired = (desk: Desk): Partial<JobInput> => ({ source: { folder: join(desk.folder, "in"), repaired: true } });
  const go = async (desk: Desk, bank: Sandbox, options: Start = {}) =>
    told(await start(desk, bank, { job: repaired(desk), ...options }));

  it("comes in by its name, or from a source that is for such files", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const file = await put(desk, "fixed.csv", RESULTS, 0);
    expect(told(await start(desk, bank, { file }))).to.deep.equal(["fixed.csv 1 applied"]);
    await put(desk, "more.csv", RESULTS.replace("Silver", "Gold"), 1);
    await put(desk, `${RUN}/1/failed.csv`, RESULTS.replace("Silver", "Bronze"), 2);
    expect(await go(desk, bank)).to.deep.equal(["more.csv 1 applied", `${RUN}/1/failed.csv 1 applied`]);
    expect(await go(desk, bank)).to.deep.equal([]);
  });

  it("named, and cut off before it was read, is still what was named once it is resumed", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const file = await put(desk, "fixed.csv", RESULTS, 0);
    const rows = { ...desk.ledger.rows, recordRows: () => Promise.reject(new Error("killed")) };
    const cut = { ...desk.ledger, rows };
    await start(desk, bank, { file, context: { ledger: { ...cut, fencedBy: () => cut } } }).catch(() => {});
    expect(told(await start(desk, bank))).to.deep.equal(["fixed.csv 1 applied"]);
  });

  it("is never one of the job's own results, also where its source takes repaired files", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const job = { ...repaired(desk), results: { folder: join(desk.folder, "in", "results") } };
    await put(desk, "fixed.csv", RESULTS.replace("account_1001", "account_x"), 0);
    const context = withRunIds();
    expect(await go(desk, bank, { job, context })).to.deep.equal(["fixed.csv 1 refused"]);
    const failed = join(dirname(join(desk.folder, "in", "results", idOf(1), "1", "x")), "failed.csv");
    expect(await readFile(failed, "utf8")).to.contain("account_x");
    expect(await go(desk, bank, { job, context })).to.deep.equal([]);
  });
});
