/** Versions of a batch by the names of files: corrections, files that come too late, and the highest of several that wait. */
import { join } from "node:path";
import { expect } from "chai";
import { renderExplanation } from "../../src/report/explanation.ts";
import { renderSummary } from "../../src/report/summary.ts";
import { explainRow } from "../../src/run/report/explain-row.ts";
import { exitOf, type FileEnd } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk } from "../support/scenario.ts";
import { put, type Start, start, told, touch } from "./source.ts";

const V = (version: number | string, day = "25") => `2026-11-${day}-batch-1_account_V${version}.csv`;
const csv = (product: string, account = 1) => `account_id,product_name\naccount_${account},${product}\n`;
const openBank = () =>
  startSandbox({ seed: { accounts: [1, 2, 3].map((n) => ({ id: `account_${n}`, client_account_id: `c${n}` })) } });
const productAt = (bank: Sandbox, account = 1) => bank.accounts.get(`account_${account}`)?.details?.product_name;

async function noting(desk: Desk, bank: Sandbox, options: Start = {}) {
  const notes: string[] = [];
  const progress = { note: (text: string) => notes.push(text), watch() {}, steer() {}, end() {} };
  const ends = await start(desk, bank, { ...options, context: { progress } });
  return { ends, notes: notes.join("\n") };
}

function rejectionOf(end: FileEnd | undefined) {
  if (end?.kind !== "rejected") throw new Error(end?.kind);
  return end.rejection;
}

describe("a later version of a batch", () => {
  it("is a correction: it runs though other batches came between, by stamp and by sequence, and lowers no sequence", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const job = { source: { folder: join(desk.folder, "in"), pattern: /^(?<sequence>[\d-]{10})-.*\.csv$/ } };
    await put(desk, V(1), csv("First"), 5);
    const [first] = await start(desk, bank, { job });
    await put(desk, V(1, "26"), csv("Other", 2), 6);
    await start(desk, bank, { job });
    // Stamped before both.
    await put(desk, V(2), csv("Second"), 1);
    const { ends, notes } = await noting(desk, bank, { job });
    expect(told(ends)).to.deep.equal([`${V(2)} 1 applied`]);
    expect(ends.map(exitOf)).to.deep.equal([0]);
    expect(productAt(bank)).to.equal("Second");
    expect(notes).to.contain("reading: batch 2026-11-25-batch-1, version 2, tieout layout");
    const [end] = ends;
    if (end?.kind !== "reported" || first?.kind !== "reported") throw new Error(end?.kind);
    expect(end.summary.batch).to.deep.equal({ id: "2026-11-25-batch-1", version: 2, corrects: first.run.id });
    expect(renderSummary(end.summary)).to.contain(
      `batch 2026-11-25-batch-1, version 2; corrects the file of run ${first.run.id}`,
    );
    const run = await desk.ledger.runs.find("last");
    expect(run).to.deep.include({ batch: { id: "2026-11-25-batch-1", version: 2 }, corrects: first.run.id });
    if (run === undefined) throw new Error("no run");
    const explained = await explainRow(desk.ledger, run, 2);
    expect(renderExplanation(explained)).to.contain(
      `batch 2026-11-25-batch-1, version 2, corrects run ${first.run.id}`,
    );
    expect(await start(desk, bank, { job })).to.deep.equal([]);
    await put(desk, "2026-11-25-late.csv", csv("Late"), 9);
    expect(told(await start(desk, bank, { job })), "25 is older than 26").to.deep.equal([
      "2026-11-25-late.csv file_stale",
    ]);
  });

  it("corrects a file that was rejected as a whole, whatever came between", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const job = {
      source: { folder: join(desk.folder, "in"), pattern: /^(?<sequence>[\d-]{10})-.*\.csv$/ },
      onRejected: "continue" as const,
    };
    await put(desk, V(1), "no_such_column\nx\n", 0);
    await put(desk, V(1, "26"), csv("Other", 2), 1);
    expect(told(await start(desk, bank, { job }))).to.deep.equal([
      `${V(1)} header_column_unknown`,
      `${V(1, "26")} 1 applied`,
    ]);
    await put(desk, V(2), csv("Good"), 2);
    expect(told(await start(desk, bank, { job }))).to.deep.equal([`${V(2)} 1 applied`]);
  });

  it("with the bytes of the version before is compared anew", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, V(1), csv("Same"), 0);
    await start(desk, bank);
    await put(desk, V(2), csv("Same"), 1);
    expect(told(await start(desk, bank))).to.deep.equal([`${V(2)} 1 unchanged`]);
    const at = async (name: string) =>
      start(desk, bank, { file: await put(desk, `../elsewhere/${name}`, csv("Same"), 2) });
    expect(told(await at(V(3))), "named by hand").to.deep.equal([`${V(3)} 1 unchanged`]);
    expect(told(await at(V(1))), "and no later than it").to.deep.equal([`${V(1)} file_stale`]);
    expect(told(await at("copy.csv")), "a copy by mistake, as ever").to.deep.equal([`${V(1)} same_bytes`]);
  });
});

describe("an earlier version of a batch", () => {
  it("after a later one is stale: it names both files and the run, and the command that it prints runs it", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const job = { onRejected: "continue" as const };
    await put(desk, V(10), csv("Ten"), 0);
    await start(desk, bank, { job });
    const { length } = bank.requests;
    await put(desk, V(9), csv("Nine"), 1);
    expect(told(await start(desk, bank, { job, kind: "plan" })), "a plan shows it").to.deep.equal([
      `${V(9)} file_stale`,
    ]);
    await put(desk, V(1, "26"), csv("Other", 2), 2);
    const ends = await start(desk, bank, { job });
    expect(told(ends)).to.deep.equal([`${V(9)} file_stale`, `${V(1, "26")} 1 applied`]);
    expect(ends.map(exitOf)).to.deep.equal([7, 0]);
    expect(bank.requests.slice(length).filter(({ path }) => path.includes("account_1"))).to.deep.equal([]);
    const { message, hint } = rejectionOf(ends[0]);
    const batch = "batch 2026-11-25-batch-1, version";
    expect(message).to.equal(`the file is ${batch} 9 (${V(9)}), and ${batch} 10 (${V(10)}) came first, as run run-1`);
    const file = join(desk.folder, "in", V(9));
    expect(hint).to.equal(
      `leave it; or, to run it all the same, type: tieout run desk.ts --file ${file} --again --reason "…"`,
    );
    expect(await start(desk, bank, { job }), "once").to.deep.equal([]);
    expect(told(await start(desk, bank, { job, file, again: "by hand" }))).to.deep.equal([`${V(9)} 1 applied`]);
    expect(productAt(bank)).to.equal("Nine");
    await put(desk, V(11), csv("Eleven"), 3);
    expect(told(await start(desk, bank, { job }))).to.deep.equal([`${V(11)} 1 applied`]);
  });

  it("stops the later files as any rejected file does, unless the job goes on", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, V(2), csv("Two"), 0);
    await start(desk, bank);
    await put(desk, V(1), csv("One"), 1);
    await put(desk, V(1, "26"), csv("Other", 2), 2);
    expect(told(await start(desk, bank))).to.deep.equal([`${V(1)} file_stale`]);
    expect(told(await start(desk, bank))).to.deep.equal([`${V(1, "26")} 1 applied`]);
  });

  it("is stale under a name that differs in letter case, in another folder, and with --file from anywhere", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, `a/${V(2)}`, csv("Two"), 0);
    await start(desk, bank);
    for (const name of ["2026-11-25-Batch-1_Account_v1.csv", `b/${V(1)}`]) {
      await put(desk, name, csv("One"), 1);
      expect(told(await start(desk, bank)), name).to.deep.equal([`${name} file_stale`]);
    }
    const file = await put(desk, `../elsewhere/${V("01")}`, csv("Zero"), 0);
    expect(told(await start(desk, bank, { file }))).to.deep.equal([`${V("01")} file_stale`]);
    expect(productAt(bank)).to.equal("Two");
  });

  it("is stale after a later one that was rejected, and is none after one of another batch or job", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, V(2), "", 0);
    expect(told(await start(desk, bank))).to.deep.equal([`${V(2)} file_empty`]);
    const file = await put(desk, V(1), csv("One"), 1);
    expect(told(await start(desk, bank))).to.deep.equal([`${V(1)} file_stale`]);
    expect(told(await start(desk, bank, { job: { name: "other" }, file }))).to.deep.equal([`${V(1)} 1 applied`]);
  });
});

describe("the same version of a batch twice", () => {
  it("with other bytes is rejected, under its own key and under another, and V2 is what to send", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, V(1), csv("First"), 0);
    await start(desk, bank);
    await put(desk, V(1), csv("Changed"), 1);
    const [changed] = await start(desk, bank);
    expect(changed && [...told([changed]), exitOf(changed)]).to.deep.equal([`${V(1)} file_version_repeated`, 7]);
    const { message, hint } = rejectionOf(changed);
    expect(message).to.equal(
      `the file is batch 2026-11-25-batch-1, version 1 (${V(1)}), and that was run with other bytes, from ${V(1)}, as run run-1`,
    );
    expect(hint).to.contain(
      "send it with the next version; or, to run it all the same, type: tieout run desk.ts --file ",
    );
    await put(desk, `again/${V("01")}`, csv("Changed"), 2);
    expect(told(await start(desk, bank))).to.deep.equal([`again/${V("01")} file_version_repeated`]);
    expect(productAt(bank)).to.equal("First");
    await put(desk, V(2), csv("Changed"), 3);
    expect(told(await start(desk, bank))).to.deep.equal([`${V(2)} 1 applied`]);
  });

  it("is run once more where nothing was run of it, since its file was rejected", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, V(1), "", 0);
    await start(desk, bank);
    await put(desk, V(1), csv("Whole"), 1);
    expect(told(await start(desk, bank))).to.deep.equal([`${V(1)} 1 applied`]);
  });
});

describe("several versions of a batch that wait together", () => {
  it("come to the highest, by number: the others are named and never read, and not in later starts, touched or not", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, V(9), csv("Nine"), 0);
    await put(desk, V(8), csv("Eight", 2), 1);
    await put(desk, V(10), csv("Ten"), 0);
    await put(desk, V(1, "26"), csv("Other", 3), 0);
    expect(told(await start(desk, bank, { kind: "plan" }))).to.deep.equal([
      `${V(10)} 1 skipped`,
      `${V(1, "26")} 1 skipped`,
    ]);
    const { ends, notes } = await noting(desk, bank);
    expect(told(ends)).to.deep.equal([`${V(10)} 1 applied`, `${V(1, "26")} 1 applied`]);
    expect(ends.map(exitOf)).to.deep.equal([0, 0]);
    expect(productAt(bank)).to.equal("Ten");
    expect(bank.requests.filter(({ path }) => path.includes("account_2"))).to.deep.equal([]);
    expect(notes).to.contain(`${V(9)} is not run: ${V(10)} is a later version of its batch`);
    const [ten] = ends;
    if (ten?.kind !== "reported") throw new Error(ten?.kind);
    expect(ten.summary.batch).to.deep.equal({ id: "2026-11-25-batch-1", version: 10, replaces: [V(8), V(9)] });
    expect(renderSummary(ten.summary)).to.contain(
      `replaces ${V(8)}, which was not run; replaces ${V(9)}, which was not run`,
    );
    expect(await start(desk, bank)).to.deep.equal([]);
    for (const version of [8, 9]) await touch(desk, V(version), 9);
    expect(await start(desk, bank)).to.deep.equal([]);
    expect(told(await start(desk, bank, { from: V(8) }))).to.deep.equal([`${V(10)} already`, `${V(1, "26")} already`]);
    await put(desk, V(9), csv("Nine at last"), 9);
    expect(told(await start(desk, bank))).to.deep.equal([`${V(9)} file_stale`]);
  });

  it("are run in the place of the first: what later batches bring is not undone", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, V(1), csv("Old"), 0);
    await put(desk, V(1, "26"), csv("Newer"), 1);
    await put(desk, V(2), csv("Corrected"), 2);
    expect(told(await start(desk, bank))).to.deep.equal([`${V(2)} 1 applied`, `${V(1, "26")} 1 applied`]);
    expect(productAt(bank)).to.equal("Newer");
  });

  it("count as one file for a first start, which takes the newest batch by its highest version", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const job = { schedule: { cron: "0 2 * * *" } };
    await put(desk, V(1), csv("Old"), 0);
    await put(desk, V(2, "26"), csv("New"), 1);
    await put(desk, V(1, "26"), csv("Wrong"), 2);
    expect(told(await start(desk, bank, { job }))).to.deep.equal([`${V(2, "26")} 1 applied`]);
    expect(await start(desk, bank, { job })).to.deep.equal([]);
    await put(desk, V(2), csv("Corrected", 2), 3);
    expect(told(await start(desk, bank, { job }))).to.deep.equal([`${V(2)} 1 applied`]);
  });

  it("wait for the highest when that is still to come right: nothing is run in its place", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const job = { completeness: { manifest: {} } };
    for (const version of [1, 2]) await put(desk, V(version), csv(`V${version}`), version);
    await put(desk, `${V(1)}.manifest.json`, '{"rows":1}', 1);
    expect(told(await start(desk, bank, { job }))).to.deep.equal([`${V(2)} manifest_missing`]);
    await put(desk, `${V(2)}.manifest.json`, '{"rows":1}', 2);
    const ends = await start(desk, bank, { job });
    expect(told(ends)).to.deep.equal([`${V(2)} 1 applied`]);
    if (ends[0]?.kind !== "reported") throw new Error("not run");
    expect(ends[0].summary.batch?.replaces).to.deep.equal([V(1)]);
    expect(await start(desk, bank, { job })).to.deep.equal([]);
  });

  it("do not give way to results that somebody has named so: these are no batch", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const job = { onRejected: "continue" as const };
    await put(desk, V(1), csv("One"), 0);
    // Its row comes from no run, so it is none of a repaired file either.
    const results = `account_id,product_name,result_row\naccount_1,Repaired,2\n`;
    const file = await put(desk, V(2), results, 1);
    expect(told(await start(desk, bank, { job }))).to.deep.equal([`${V(2)} file_of_results`]);
    expect(told(await start(desk, bank, { job }))).to.deep.equal([`${V(1)} 1 applied`]);
    expect(told(await start(desk, bank, { job, file, again: "repaired" }))).to.deep.equal([`${V(2)} 1 invalid`]);
    expect((await desk.ledger.runs.find("last"))?.batch).to.equal(null);
  });
});
