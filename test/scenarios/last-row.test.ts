/** A file that ends in the middle of its last row: held where earlier files ended with a line end, and nowhere else. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { isTaken, startJob } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk, readResults } from "../support/scenario.ts";

const SEED = { accounts: [{ id: "account_1" }, { id: "account_2" }, { id: "account_3" }] };
const WHOLE = "account_id,metadata.branch\naccount_1,north\n";
const CUT = "account_id,metadata.branch\naccount_2,south\naccount_3,Winterth";
const ACCEPT = { codes: ["last_row_maybe_cut"], reason: "it is a short name" } as const;

/** Puts the file into the source and starts the job: each row's word and code, and what was said on the way. */
async function take(desk: Desk, bank: Sandbox, name: string, csv: string, job: Partial<JobInput> = {}, file = false) {
  const path = join(desk.folder, file ? name : `in/${name}`);
  await mkdir(join(desk.folder, "in"), { recursive: true });
  await writeFile(path, csv);
  const notes: string[] = [];
  const context = {
    ...desk.context(bank, job),
    progress: { note: (text: string) => void notes.push(text), watch() {}, steer() {}, end() {} },
  };
  const start = { kind: "run", file: file ? path : null, from: null, limit: null, again: null } as const;
  const end = (await startJob(context, start)).filter(isTaken).at(-1);
  if (end?.kind !== "reported") throw new Error("no file was taken");
  const rows = await readResults(end.summary.results);
  return { ends: rows.map(({ result, result_code }) => `${result} ${result_code}`), rows, notes, summary: end.summary };
}

async function lastRun({ ledger }: Desk) {
  const run = await ledger.runs.find("last");
  if (run === undefined) throw new Error("the run is gone");
  return run;
}

describe("the last row of a file without a line end at its end", () => {
  it("is held when the job's earlier file ended with one, and released by a person's word", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    await take(desk, bank, "1.csv", WHOLE);
    const { ends, rows, summary } = await take(desk, bank, "2.csv", CUT);
    expect(ends).to.deep.equal(["applied ", "held last_row_maybe_cut"]);
    expect(rows[1]?.result_message).to.contain("row 3, the last, has no line end");
    expect(summary.exit).to.equal(4);
    expect(summary.next[0]).to.contain("--only held --accept last_row_maybe_cut --reason");
    expect(bank.accounts.get("account_3")?.metadata).to.deep.equal({});

    const held = await lastRun(desk);
    const again = await rerunRows(desk.context(bank), held, ["held"]);
    expect(again.kind === "reported" && again.summary.words.held, "without the word").to.equal(1);
    const released = await rerunRows(desk.context(bank), held, ["held"], ACCEPT);
    expect(released.kind === "reported" && released.summary.words.applied).to.equal(1);
    expect(bank.accounts.get("account_3")?.metadata).to.deep.equal({ branch: "Winterth" });
  });

  it("is held again and again, until a person accepts that the files end so", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    await take(desk, bank, "1.csv", WHOLE);
    const cut = (branch: string) => `account_id,metadata.branch\naccount_3,${branch}`;
    const job = { onRejected: "continue" } as const;
    expect((await take(desk, bank, "2.csv", cut("a"), job)).ends).to.deep.equal(["held last_row_maybe_cut"]);
    expect((await take(desk, bank, "3.csv", cut("b"), job)).ends).to.deep.equal(["held last_row_maybe_cut"]);
    await rerunRows(desk.context(bank, job), await lastRun(desk), ["held"], ACCEPT);
    expect((await take(desk, bank, "4.csv", cut("c"), job)).ends).to.deep.equal(["applied "]);
  });

  it("is held with the other rows of its account, and as a plan shows it", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    await take(desk, bank, "1.csv", WHOLE);
    const csv = "account_id,metadata.branch,metadata.zone\naccount_3,,x\naccount_2,south,\naccount_3,Winterth,";
    const { ends } = await take(desk, bank, "2.csv", csv);
    expect(ends).to.deep.equal(["held last_row_maybe_cut", "applied ", "held last_row_maybe_cut"]);
  });

  it("is taken in a first file, and the reading says so", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    const { ends, notes } = await take(desk, bank, "1.csv", CUT);
    expect(ends).to.deep.equal(["applied ", "applied "]);
    expect(notes.join("\n")).to.contain("reading: row 3, the last, has no line end");
    const second = await take(desk, bank, "2.csv", CUT.replace("south", "west"));
    expect(second.ends, "as the file before").to.deep.equal(["applied ", "unchanged "]);
    expect(second.notes.join("\n")).to.not.contain("no line end closes");
  });

  it("is taken in a file that a person names, in repaired rows, and where a proof says that the file is whole", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    await take(desk, bank, "1.csv", WHOLE);
    expect((await take(desk, bank, "named.csv", CUT, {}, true)).ends).to.deep.equal(["applied ", "applied "]);
    const repaired = "account_id,metadata.branch,result_run,result_row\naccount_3,Winterthur,run-0,3";
    const source = { folder: join(desk.folder, "in"), repaired: true };
    expect((await take(desk, bank, "2.csv", repaired, { source })).ends).to.deep.equal(["applied "]);
    const completeness = { trailer: { marker: "END" } };
    const proven = "account_id,metadata.branch\naccount_2,east\nEND,1";
    expect((await take(desk, bank, "3.csv", proven, { completeness })).ends).to.deep.equal(["applied "]);
  });

  it("keeps its own word when it is invalid", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    await take(desk, bank, "1.csv", WHOLE);
    const { ends } = await take(desk, bank, "2.csv", "account_id,metadata.branch\naccount_2,south\nacc");
    expect(ends).to.deep.equal(["applied ", "invalid row_ragged"]);
  });
});
