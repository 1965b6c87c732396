/**
 * Pruned runs: what goes, what stays and why, and what each command says of them afterwards.
 */
import { expect } from "chai";
import type { StoredResult } from "../../src/ledger/ledger.ts";
import { leaseName, type Run } from "../../src/ledger/run.ts";
import { acceptRows } from "../../src/run/after/accept-rows.ts";
import { type PrunedRun, pruneJob } from "../../src/run/after/prune-job.ts";
import { findUndoHeader, undoRun } from "../../src/run/after/undo-run.ts";
import { verifyRun } from "../../src/run/after/verify-run.ts";
import { walkOpen } from "../../src/run/open-rows.ts";
import { walkResults } from "../../src/run/pages.ts";
import { collectBundle } from "../../src/run/report/collect-bundle.ts";
import { diffRuns } from "../../src/run/report/diff-runs.ts";
import { explainRow } from "../../src/run/report/explain-row.ts";
import { writeFinal } from "../../src/run/report/final-results.ts";
import { findCauses } from "../../src/run/report/find-causes.ts";
import { readHistory } from "../../src/run/report/read-history.ts";
import { reportAgain } from "../../src/run/report/report-again.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { ACTOR, fatalOf } from "../ledger/builders.ts";
import { DAY_MS, pruneDesk } from "../support/prune-desk.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

const HEADER = "client_account_id,product_name\n";
/** Row 2 is applied, row 3 refused, since the account is closed, and row 4 invalid. */
const FILE = `${HEADER}0017,Canary Gold\n0018,Canary Silver\n0019,#N/A\n`;
const SEED = {
  accounts: [
    { id: "account_17", client_account_id: "0017" },
    { id: "account_18", client_account_id: "0018", status: "closed" as const },
    { id: "account_19", client_account_id: "0019" },
  ],
};

describe("a pruned run", () => {
  let bank: Sandbox;
  let desk: Desk;
  beforeEach(async () => {
    bank = await startSandbox({ seed: SEED });
    desk = await openDesk();
  });
  afterEach(async () => {
    await desk[Symbol.asyncDispose]();
    await bank[Symbol.asyncDispose]();
  });

  const find = async (id = "run-1"): Promise<Run> => {
    const run = await desk.ledger.runs.find(id);
    if (run === undefined) throw new Error(`no run ${id}`);
    return run;
  };
  const resultsOf = async (id = "run-1"): Promise<StoredResult[]> => {
    const all: StoredResult[] = [];
    for await (const page of walkResults(desk.ledger, await find(id))) all.push(...page);
    return all;
  };
  const openRows = async () => {
    const all: string[] = [];
    for await (const { last, word } of walkOpen(desk.ledger, { bank: null, job: null }))
      all.push(`${last.run} ${last.row} ${word}`);
    return all;
  };
  const shown = (pruned: readonly PrunedRun[]) =>
    pruned.map((one) =>
      one.kind === "values"
        ? `${one.run.id} ${one.rows} ${JSON.stringify(one.kept)}`
        : `${one.run.id} ${one.kind}${one.kind === "stays" ? ` ${one.why}` : ""}`,
    );

  it("is whole to a start that comes while it is looked at what is to stay, and then nothing goes", async () => {
    await desk.run(bank, FILE);
    await desk.run(bank, `${HEADER}0018,Other\n`, { name: "2.csv" });
    await desk.clock.sleep(31 * DAY_MS);
    const context = desk.context(bank, { retention: { cells: "30d" } });
    const { ledger } = context;
    let again: string | undefined;
    const beside: typeof ledger = {
      ...ledger,
      audited: (entry) => ledger.audited(entry),
      retention: {
        ...ledger.retention,
        async listKept(run, ...of) {
          const kept = await ledger.retention.listKept(run, ...of);
          if (run.id === "run-1") again ??= (await rerunRows(desk.context(bank), run, ["refused"], null, [])).kind;
          return kept;
        },
      },
    };
    const { retention } = context.job;
    if (retention === undefined) throw new Error("no retention");
    const pruning = pruneJob({ ...context, ledger: beside }, retention, { isTrial: false });
    const error = await fatalOf(
      (async () => {
        for await (const { run } of pruning) expect(run.id).to.equal("run-2");
      })(),
    );
    expect([error.code, again]).to.deep.equal(["lease_held", "reported"]);
    expect((await resultsOf()).map(({ source }) => source.cells === null)).to.deep.equal([false, false, false]);
    expect(shown(await pruneDesk(desk, bank, { days: 0 })).at(-1)).to.equal('run-1 1 {"open":1,"repair":1}');
    expect((await resultsOf()).map(({ source }) => source.cells === null)).to.deep.equal([true, false, false]);
  });

  it("has no values any more but of its open rows, and all else as before", async () => {
    await desk.run(bank, FILE);
    const before = await resultsOf();
    const open = await openRows();
    expect(open).to.deep.equal(["run-1 4 invalid", "run-1 3 refused"]);
    expect(shown(await pruneDesk(desk, bank, { days: 29 })), "not old enough").to.deep.equal([]);
    expect(shown(await pruneDesk(desk, bank, { days: 2, isTrial: true }))).to.deep.equal(['run-1 1 {"open":2}']);
    expect(await resultsOf(), "a trial takes nothing").to.deep.equal(before);
    expect(shown(await pruneDesk(desk, bank, { days: 0 }))).to.deep.equal(['run-1 1 {"open":2}']);
    const [first, ...others] = await resultsOf();
    expect(others, "open rows are whole").to.deep.equal(before.slice(1));
    expect(first).to.deep.equal({
      ...before[0],
      source: { ...before[0]?.source, cells: null },
      differences: [],
      operations: before[0]?.operations.map((operation) => ({ ...operation, body: "" })),
    });
    expect(await openRows()).to.deep.equal(open);
    expect(JSON.stringify(await explainRow(desk.ledger, await find(), 2))).not.to.contain("Canary");
    expect(JSON.stringify(await explainRow(desk.ledger, await find(), 3))).to.contain("Canary Silver");
    expect(shown(await pruneDesk(desk, bank)), "a second time").to.deep.equal([]);
  });

  it("stays whole where nobody says that the clock is right and it may have jumped ahead, until the ledger shows that time went on", async () => {
    await desk.run(bank, FILE);
    const unattended = { isUnattended: true } as const;
    const refused = (days: number) => fatalOf(pruneDesk(desk, bank, { days, ...unattended }));
    expect(await refused(800)).to.include({ code: "clock_jumped" });
    await desk.run(bank, `${HEADER}0017,Canary Tin\n`, { name: "of-the-wrong-clock.csv" });
    expect((await refused(1))?.message).to.match(/^between [-\d]{10} and [-\d]{10} the ledger has no run, /);
    expect(JSON.stringify(await resultsOf())).to.contain("Canary Gold");
    expect(shown(await pruneDesk(desk, bank, { days: 14, ...unattended }))).to.deep.equal(['run-1 1 {"open":2}']);
  });

  it("goes all the same where a person says why the clock is right, which the audit trail keeps; a trial asks for nothing", async () => {
    await desk.run(bank, FILE);
    expect(shown(await pruneDesk(desk, bank, { days: 800, isTrial: true }))).to.deep.equal(['run-1 1 {"open":2}']);
    expect((await fatalOf(pruneDesk(desk, bank, { days: 1, isUnattended: true })))?.hint).to.match(
      /^if this machine's clock is right, type: tieout prune \S+ --reason "the clock is right"; if not, set it$/,
    );
    expect(shown(await pruneDesk(desk, bank, { days: 1 }))).to.deep.equal(['run-1 1 {"open":2}']);
    const [entry] = (await desk.ledger.audit.listLatest(9, null)).filter(({ action }) => action === "prune");
    expect(entry?.reason).to.equal("the clock is that of a test");
  });

  it("lets values of rows go once they are open no more, and says so in the audit trail", async () => {
    await desk.run(bank, FILE);
    await pruneDesk(desk, bank);
    await desk.run(bank, `${HEADER}0018,Canary Silver\n0019,Canary Tin\n`, { name: "later.csv" });
    expect(shown(await pruneDesk(desk, bank, { days: 1 }))).to.deep.equal(["run-1 2 {}"]);
    expect(JSON.stringify(await resultsOf())).not.to.contain("Canary");
    const entries = (await desk.ledger.audit.listLatest(100, null)).filter(({ action }) => action === "prune");
    expect(
      entries.map(({ run, details, actor }) => [run, (JSON.parse(details) as { cells: string }).cells, actor]),
    ).to.deep.equal([
      ["run-1", "30d", ACTOR],
      ["run-1", "30d", ACTOR],
    ]);
  });

  it("keeps all of accounts on legal hold, by either id, until the hold is over", async () => {
    await desk.run(bank, FILE);
    await desk.run(bank, FILE.replace("0019,#N/A\n", "0019,Canary Tin\n"), { name: "later.csv" });
    const hold = { cells: "30d", legalHold: ["account_17", "0019"] };
    expect(shown(await pruneDesk(desk, bank, { retention: hold }))).to.deep.equal([
      'run-2 0 {"legal hold":2,"open":1}',
      'run-1 1 {"legal hold":2}',
    ]);
    const cells = (await resultsOf()).map(({ source }) => source.cells);
    expect(cells).to.deep.equal([["0017", "Canary Gold"], null, ["0019", "#N/A"]]);
    expect(shown(await pruneDesk(desk, bank))).to.deep.equal(['run-2 2 {"open":1}', "run-1 2 {}"]);
  });

  it("keeps what was accepted, and what a younger repair came from", async () => {
    const { end } = await desk.run(bank, FILE);
    const day = new Date(desk.clock.nowMs() + 90 * DAY_MS);
    await acceptRows(desk.ledger, end.run, {
      ranges: [[3, 3]],
      rows: "3",
      until: day.toISOString().slice(0, 10),
      untilMs: day.getTime(),
      reason: "why",
      actor: ACTOR,
    });
    await desk.clock.sleep(20 * DAY_MS);
    await desk.run(bank, "client_account_id,product_name,result_run,result_row\n0019,Tin,run-1,4\n", {
      name: "failed.csv",
    });
    expect(shown(await pruneDesk(desk, bank, { days: 20 }))).to.deep.equal(['run-1 1 {"accepted":1,"repair":1}']);
    expect(shown(await pruneDesk(desk, bank)), "both are old").to.deep.equal(["run-2 1 {}", 'run-1 1 {"accepted":1}']);
    expect(shown(await pruneDesk(desk, bank, { days: 60 })), "it is open again").to.deep.equal([]);
  });

  it("is never written again as if it were empty, and each command that needs its values says so", async () => {
    await desk.run(bank, FILE);
    await desk.run(bank, `${HEADER}0018,Silver\n0019,Tin\n`, { name: "later.csv" });
    const before = await find();
    await pruneDesk(desk, bank);
    const run = await find();
    const context = desk.context(bank);
    const { ledger } = desk;
    const other = await find("run-2");
    const refused: Record<string, () => Promise<unknown>> = {
      report: () => reportAgain(context, run),
      causes: () => findCauses(ledger, run, null),
      bundle: () => collectBundle(ledger, run, { no: 1 }, "1"),
      diff: () => diffRuns(ledger, run, other, 9),
      "results --final": () => writeFinal(ledger, run, desk.folder),
      rerun: () => rerunRows(context, run, ["refused", "invalid"]),
      verify: () => verifyRun(context, run, desk.folder),
      "a verify that began before": () => verifyRun(context, before, desk.folder),
      undo: () => findUndoHeader(context, run),
      "an undo that began before": () => undoRun(context, before, ["account_id"], undefined).next(),
    };
    for (const [name, act] of Object.entries(refused)) {
      const { code, message, hint } = await fatalOf(act());
      expect(code, name).to.equal("run_pruned");
      expect(message, name).to.match(/^the values of run run-1 were pruned on \d{4}-\d\d-\d\d, so .+/);
      expect(hint, name).to.contain("tieout explain run-1 --row");
    }
    expect((await find()).publications, "no result of it was published again").to.equal(1);
    const ids = await ledger.rows.readIds(run.bank, "0017");
    const history = [];
    for await (const row of readHistory(ledger, run.bank, ids, { sinceMs: 0, limit: 9 })) history.push(row);
    expect(history.map(({ word, operations, differences }) => [word, operations.length, differences])).to.deep.equal([
      ["applied", 1, []],
    ]);
    expect((await ledger.balance.read(run)).rows).to.equal(3);
  });

  it("gives its open rows to a re-run, and no other", async () => {
    await desk.run(bank, FILE);
    await desk.run(bank, `${HEADER}0018,Silver\n`, { name: "later.csv" });
    await pruneDesk(desk, bank);
    const notes: string[] = [];
    const progress = { note: (text: string) => void notes.push(text), watch() {}, steer() {}, end() {} };
    const end = await rerunRows({ ...desk.context(bank), progress }, await find(), ["refused", "invalid"]);
    expect(end.kind).to.equal("reported");
    expect(notes).to.include("1 row beside these has no values in the ledger any more, and so no part in this");
    expect((await resultsOf(end.run.id)).map(({ source }) => [source.row, source.cells])).to.deep.equal([
      [4, ["0019", "#N/A"]],
    ]);
  });

  it("refuses a repaired row whose original is gone", async () => {
    await desk.run(bank, FILE);
    await desk.run(bank, `${HEADER}0018,Silver\n`, { name: "later.csv" });
    await pruneDesk(desk, bank);
    const repaired = "client_account_id,product_name,result_run,result_row\n0018,Bronze,run-1,3\n0019,Tin,run-1,4\n";
    const { rows } = await desk.run(bank, repaired, { name: "failed.csv" });
    expect(rows.map(({ result, result_code }) => [result, result_code])).to.deep.equal([
      ["invalid", "original_pruned"],
      ["applied", ""],
    ]);
  });

  it("lets its rows go too once evidence is over, and its file is known for ever", async () => {
    await desk.run(bank, FILE);
    await desk.run(bank, `${HEADER}0018,Silver\n0019,Tin\n`, { name: "later.csv" });
    const retention = { cells: "30d", evidence: "60d" };
    const whole = shown(await pruneDesk(desk, bank, { retention }));
    expect(whole, "an open row keeps its run, and those behind it").to.deep.equal(['run-2 1 {"open":1}', "run-1 3 {}"]);
    expect(shown(await pruneDesk(desk, bank, { retention, days: 30 }))).to.deep.equal(["run-1 evidence"]);
    expect(await resultsOf()).to.deep.equal([]);
    const { code, message } = await fatalOf(explainRow(desk.ledger, await find(), 2));
    expect([code, message]).to.deep.equal(["run_pruned", message]);
    expect(await openRows()).to.deep.equal(["run-2 2 refused"]);
    const writes = bank.writes.length;
    const { end } = await desk.run(bank, FILE, { name: "copy.csv" });
    expect(end.kind).to.equal("same_bytes");
    expect(bank.writes).to.have.length(writes);
    const entries = (await desk.ledger.audit.listLatest(100, "run-1")).filter(({ action }) => action === "prune");
    expect(entries.map(({ details }) => Object.keys(JSON.parse(details) as object)[0])).to.deep.equal([
      "cells",
      "evidence",
    ]);
  });

  it("stays whole while a guard holds rows of it, and gives way to a run of its job", async () => {
    await desk.run(bank, FILE, { job: { guards: { patch: { max: 0 } } } });
    expect(shown(await pruneDesk(desk, bank))).to.deep.equal(["run-1 stays guard"]);
    await desk.run(bank, `${HEADER}0017,Gold\n`, { name: "later.csv" });
    const nowMs = desk.clock.nowMs() + 40 * DAY_MS;
    await desk.ledger.leases.claim(leaseName((await find()).bank, "desk"), "another", DAY_MS, nowMs);
    const { code, message } = await fatalOf(pruneDesk(desk, bank, { days: 40 }));
    expect([code, message]).to.deep.equal([
      "lease_held",
      `job desk is in progress: another has run it since ${new Date(nowMs).toISOString()}`,
    ]);
    expect((await find("run-2")).prunedAtMs).to.equal(null);
  });
});
