/**
 * A run that a person has stopped, by Ctrl-C or `--limit`, waits for that person: no start continues it, and what is left
 * is either resumed or given up. Any other stop is continued by the next start.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { Run } from "../../src/ledger/run.ts";
import { abandonRun } from "../../src/run/start/abandon-run.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { exitOf, type FileEnd, startJob } from "../../src/run/start/start-job.ts";
import { PERSON_STOP } from "../../src/run/stop.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk, readResults } from "../support/scenario.ts";

const SEED = { accounts: [1, 2, 3, 4, 5].map((n) => ({ id: `account_${n}`, client_account_id: `c${n}` })) };
const csvOf = (ids: readonly number[], product = "New") =>
  ["account_id,product_name", ...ids.map((n) => `account_${n},${product}`), ""].join("\n");

async function findRun({ ledger }: Desk, id = "last"): Promise<Run> {
  const run = await ledger.runs.find(id);
  if (run === undefined) throw new Error("no run");
  return run;
}

/** The job's source has `in/a.csv`; a start of it takes what is new there. */
async function fillSource(desk: Desk, csv: string, name = "a.csv"): Promise<void> {
  await mkdir(join(desk.folder, "in"), { recursive: true });
  await writeFile(join(desk.folder, "in", name), csv);
}

const START = { kind: "run", file: null, from: null, limit: null, again: null } as const;
const start = (desk: Desk, bank: Sandbox, over = {}) => startJob(desk.context(bank), { ...START, ...over });
const kinds = (ends: readonly FileEnd[]) => ends.map((end) => `${end.kind} ${exitOf(end)}`);

/** A run of four rows that was stopped while its second was in flight; `reason` is what the signal aborts with. */
async function stopAmid(desk: Desk, bank: Sandbox, reason?: unknown): Promise<Run> {
  await fillSource(desk, csvOf([1, 2, 3, 4]));
  const stopper = new AbortController();
  bank.failNext("429", 1, ({ method }) => {
    if (method === "PATCH" && bank.effects.length === 1) stopper.abort(reason);
    return false;
  });
  const context = desk.context(bank, { concurrency: { reads: 1, writes: 1 } });
  const ends = await startJob({ ...context, signal: stopper.signal }, START);
  bank.clearFaults();
  expect(ends.map(exitOf)).to.deep.equal([6]);
  expect(bank.effects.length).to.be.below(4);
  return findRun(desk);
}

describe("a run that a person has stopped", () => {
  for (const [how, stop] of [
    ["by Ctrl-C", (desk: Desk, bank: Sandbox) => stopAmid(desk, bank, PERSON_STOP)],
    [
      "by --limit",
      async (desk: Desk, bank: Sandbox) => {
        await fillSource(desk, csvOf([1, 2, 3, 4]));
        expect(kinds(await start(desk, bank, { limit: 2 }))).to.deep.equal(["reported 6"]);
        return findRun(desk);
      },
    ],
  ] as const) {
    it(`${how} is continued by no start of the job, which then takes no file and ends 6`, async () => {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      const run = await stop(desk, bank);
      const effects = bank.effects.length;
      await fillSource(desk, csvOf([5]), "b.csv");
      expect(kinds(await start(desk, bank))).to.deep.equal(["waiting 6"]);
      expect(kinds(await start(desk, bank))).to.deep.equal(["waiting 6"]);
      const same = await start(desk, bank, { file: join(desk.folder, "in", "a.csv") });
      expect(kinds(same)).to.deep.equal(["waiting 6"]);
      expect(bank.effects).to.have.length(effects);

      await writeFile(join(desk.folder, "other.csv"), csvOf([5], "Other"));
      const other = await start(desk, bank, { file: join(desk.folder, "other.csv") });
      expect(kinds(other)).to.deep.equal(["reported 0"]);
      expect(bank.effects).to.have.length(effects + 1);

      const resumed = await resumeUnderLease(desk.context(bank), run, null);
      expect(resumed.kind === "reported" && resumed.summary.words).to.include({ applied: 4 });
      expect(kinds(await start(desk, bank)), "the source's next file").to.deep.equal(["reported 0"]);
    });
  }

  it("does not overwrite, once resumed, what a later run has applied", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    await desk.run(bank, csvOf([1, 2, 3]), { start: { limit: 1 }, name: "old.csv" });
    const run = await findRun(desk);
    await desk.run(bank, csvOf([2], "Newer"), { name: "newer.csv" });
    const end = await resumeUnderLease(desk.context(bank), run, null);
    if (end.kind !== "reported") throw new Error(end.kind);
    const rows = await readResults(end.summary.results);
    expect(rows.map(({ result, result_code }) => `${result} ${result_code}`)).to.deep.equal([
      "applied ",
      "skipped superseded_by_run",
      "applied ",
    ]);
    expect(bank.accounts.get("account_2")).to.have.nested.property("details.product_name", "Newer");
  });

  it("sends nothing beyond the limit that it is resumed with, though more is planned", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const run = await stopAmid(desk, bank, PERSON_STOP);
    const end = await resumeUnderLease(desk.context(bank), run, 3);
    if (end.kind !== "reported") throw new Error(end.kind);
    const rows = await readResults(end.summary.results);
    const expected = ["applied ", "applied ", "applied ", "skipped limit_reached"];
    expect(rows.map(({ result, result_code }) => `${result} ${result_code}`)).to.deep.equal(expected);
    expect(bank.effects).to.have.length(3);
    expect(kinds(await start(desk, bank)), "what is left waits for the person").to.deep.equal(["waiting 6"]);
    const rest = await resumeUnderLease(desk.context(bank), await findRun(desk, run.id), null);
    expect(rest.kind === "reported" && [rest.summary.final, rest.summary.words.applied]).to.deep.equal([true, 4]);
    expect(bank.effects).to.have.length(4);
  });

  it("frees its accounts at once, and names both ways in its summary", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const run = await stopAmid(desk, bank, PERSON_STOP);
    expect(JSON.parse(run.summary ?? "")).to.deep.include({
      waiting: true,
      next: [
        `tieout resume ${run.id}   # continues with what is left`,
        `tieout abandon ${run.id} --reason "…"   # or gives it up; give the reason`,
      ],
    });
    const other = await desk.run(bank, csvOf([1, 2, 3, 4], "Else"), { job: { name: "other" }, name: "else.csv" });
    expect(other.summary?.words).to.include({ applied: 4 });
  });
});

describe("a run that anything else has stopped", () => {
  it("is continued by the next start, as after SIGTERM", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const run = await stopAmid(desk, bank);
    expect(run.waiting).to.equal(false);
    const [end] = await start(desk, bank);
    expect(end?.kind === "reported" && end.summary.words).to.include({ applied: 4 });
  });
});

describe("abandoning a run", () => {
  it("skips what was not begun, sends nothing more, and lets the job go on", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    await fillSource(desk, csvOf([1, 2, 3, 4]));
    await start(desk, bank, { limit: 2 });
    const writes = bank.writes.length;
    const end = await abandonRun(desk.context(bank), await findRun(desk), "the file was wrong");
    if (end.kind !== "reported") throw new Error(end.kind);
    expect(end.summary).to.include({ final: true, exit: 0, abandoned: "the file was wrong" });
    const rows = await readResults(end.summary.results);
    expect(rows.map(({ result, result_code }) => `${result} ${result_code}`)).to.deep.equal([
      "applied ",
      "applied ",
      "skipped abandoned",
      "skipped abandoned",
    ]);
    expect(rows[3]?.result_message).to.equal(`run ${end.run.id} was abandoned: the file was wrong`);
    expect(bank.writes).to.have.length(writes);
    await fillSource(desk, csvOf([5]), "b.csv");
    expect(kinds(await start(desk, bank))).to.deep.equal(["reported 0"]);
    const again = await start(desk, bank, { file: join(desk.folder, "in", "a.csv") });
    expect(kinds(again)).to.deep.equal(["already 0"]);
  });

  it("of which not every row was read takes its file for rejected, and lets the job go on", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    await fillSource(desk, csvOf([1, 2, 3, 4]));
    const context = desk.context(bank);
    const record: typeof desk.ledger.runs.record = (run, progress) =>
      progress.rows === undefined
        ? desk.ledger.runs.record(run, progress)
        : Promise.reject(new Error("the process dies"));
    const dying = (ledger: typeof desk.ledger): typeof desk.ledger => ({
      ...ledger,
      runs: { ...ledger.runs, record },
      fencedBy: (lease) => dying(ledger.fencedBy(lease)),
    });
    await startJob({ ...context, ledger: dying(desk.ledger) }, START).catch(() => {});
    const run = await findRun(desk);
    expect(run.stage).to.equal("read");
    expect((await abandonRun(desk.context(bank), run, "enough")).kind).to.equal("rejected");
    expect(await start(desk, bank), "the file is known").to.deep.equal([]);
    expect(await desk.ledger.runs.listUnfinished(run.bank, run.job)).to.deep.equal([]);
    expect(bank.writes).to.deep.equal([]);
  });

  for (const [what, fault, word] of [
    ["took effect", "500_after", "applied "],
    ["did not", "500", "skipped abandoned"],
  ] as const) {
    it(`settles by reading alone what is in doubt and ${what}`, async () => {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      bank.failNext(fault, 1, ({ method, path }) => method === "PATCH" && path.endsWith("account_1"));
      const job = { attempts: 1, concurrency: { reads: 1, writes: 1 } };
      await desk.run(bank, csvOf([1, 2]), { job, start: { limit: 1 } });
      expect(await findRun(desk)).to.include({ waiting: true });
      const writes = bank.writes.length;
      const end = await abandonRun(desk.context(bank), await findRun(desk), "enough");
      if (end.kind !== "reported") throw new Error(end.kind);
      const rows = await readResults(end.summary.results);
      expect(rows.map(({ result, result_code }) => `${result} ${result_code}`)).to.deep.equal([
        word,
        "skipped abandoned",
      ]);
      expect(bank.writes).to.have.length(writes);
      expect(end.summary).to.include({ final: true, exit: 0 });
    });
  }
});
