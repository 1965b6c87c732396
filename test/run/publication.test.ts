/**
 * What a run publishes: the same bytes each time, each time under a new number, and the summary last, whatever fails in
 * between; a run whose results could not be written is reported later, and changes nothing more at the bank.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { Run } from "../../src/ledger/run.ts";
import type { Summary } from "../../src/report/summary.ts";
import type { RunContext } from "../../src/run/context.ts";
import { STARTED } from "../../src/run/report/open-results.ts";
import { reportPhase } from "../../src/run/report/report-phase.ts";
import { EVERY_ROW } from "../../src/run/run-in-hand.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { startJob } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type FileStore, resultsUnwritable } from "../../src/store/file-store.ts";
import { fatalOf } from "../ledger/builders.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

const CSV = [
  "account_id,client_account_id,product_name,capabilities,account_holders",
  "account_1,,New,,",
  "account_2,,New,,",
  ",n1,Card,deposit,entity_ann",
  "account_3,x,y",
  "account_9,,New,,",
  "",
].join("\n");
const FILES = [
  "failed.csv",
  "failed.spreadsheet.csv",
  "report.html",
  "results.csv",
  "results.spreadsheet.csv",
  "summary.json",
];
const SEED = { entities: [{ id: "entity_ann" }], accounts: [{ id: "account_1" }, { id: "account_2" }] };
const TO_THE_END = { stop: null, maxChange: EVERY_ROW };

const contextOf = (desk: Desk, bank: Sandbox) =>
  desk.context(bank, { creates: "trusted", results: { folder: join(desk.folder, "out"), spreadsheet: true } });

async function start(desk: Desk, context: RunContext) {
  const file = join(desk.folder, "file.csv");
  await writeFile(file, CSV);
  const [end] = await startJob(context, { kind: "run", file, from: null, limit: null, again: null });
  if (end?.kind !== "reported") throw new Error(end?.kind);
  return end;
}

async function lastRun({ ledger }: Desk): Promise<Run> {
  const run = await ledger.runs.find("last");
  if (run === undefined) throw new Error("no run");
  return run;
}

/** As `"audit": { … },` in a summary: the audit trail has grown since the publication before. */
const AUDIT = /\n {2}"audit": \{[^}]*\},/;

/** Every file of a publication by its name, without its own place and the head of the audit trail; none where nothing was written. */
async function readPublication(desk: Desk, run: string, number: number): Promise<Record<string, string>> {
  const folder = join(desk.folder, "out", run, `${number}`);
  const names = (await readdir(folder).catch(() => [])).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  const told = texts.map((text) => text.replaceAll(folder, "HERE").replace(AUDIT, ""));
  return Object.fromEntries(names.map((name, index) => [name, told[index] ?? ""]));
}

const toldIn = (files: Record<string, string>) => JSON.parse(files["summary.json"] ?? "") as Summary;

/** A results place whose write number `failing` finds the disk full; 0 is that of the run's start. */
function withFullDisk(context: RunContext, failing: number): RunContext {
  let writes = 0;
  const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  const openStore: RunContext["openStore"] = async (place): Promise<FileStore> => {
    const store = await context.openStore(place);
    return {
      place: store.place,
      list: (prefix) => store.list(prefix),
      find: (key) => store.find(key),
      read: (file) => store.read(file),
      remove: (file) => store.remove(file),
      tag: (file, tags) => store.tag(file, tags),
      async write(key, localPath, options) {
        if (!key.endsWith(STARTED)) writes += 1;
        if (writes === failing) throw resultsUnwritable(key, store.place, "cannot be written (ENOSPC)", full);
        await store.write(key, localPath, options);
      },
    };
  };
  return { ...context, openStore };
}

describe("publication", () => {
  it("is the same to the byte when it is made again from the same state, but for its own place", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const { run } = await start(desk, contextOf(desk, bank));
    for (const _ of [2, 3]) await reportPhase(contextOf(desk, bank), await lastRun(desk), TO_THE_END);
    const [first = {}, second, third] = await Promise.all([1, 2, 3].map((n) => readPublication(desk, run.id, n)));
    expect(Object.keys(first)).to.deep.equal(FILES);
    expect(second).to.deep.equal(first);
    expect(third).to.deep.equal(first);
    expect(toldIn(first)).to.deep.include({ final: true, results: "HERE", exit: 3 });
    const { certificate } = toldIn(first);
    const unequal = certificate.filter(({ figures: [left, right] }) => left !== right);
    expect([certificate.length, unequal]).to.deep.equal([11, []]);
  });

  it("is not final for a run that was stopped, the same to the byte made again, and final once resumed", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const stopper = new AbortController();
    const { run, summary } = await start(desk, {
      ...contextOf(desk, bank),
      signal: stopper.signal,
      progress: { note() {}, steer() {}, end() {}, watch: (look) => void (look().stage === "read" && stopper.abort()) },
    });
    const { stopped } = summary;
    if (stopped === null) throw new Error("the run was not stopped");
    expect(summary).to.include({ final: false, exit: 6 });
    const stop = { kind: "stop", issue: { ...stopped, column: "" }, exit: summary.exit } as const;
    await reportPhase(contextOf(desk, bank), await lastRun(desk), { ...TO_THE_END, stop });
    expect(await readPublication(desk, run.id, 2)).to.deep.equal(await readPublication(desk, run.id, 1));
    await start(desk, contextOf(desk, bank));
    expect(toldIn(await readPublication(desk, run.id, 3))).to.include({ final: true, exit: 3 });
  });

  it("that finds no place for its first object asks the bank for nothing, and the next start finds it again or goes on", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const full = withFullDisk(contextOf(desk, bank), 0);
    for (const attempt of ["first start", "resumed"]) {
      const error = await fatalOf(start(desk, full));
      expect(error, attempt).to.include({ code: "results_unwritable", exit: 6 });
      expect(error.message).to.contain("0/started.json");
      expect(error.hint).to.match(/type: tieout resume \S+$/);
      expect(bank.requests, attempt).to.deep.equal([]);
    }
    const { run, summary } = await start(desk, contextOf(desk, bank));
    expect(summary).to.include({ final: true, exit: 3 });
    expect(await desk.ledger.runs.list(9)).to.have.length(1);
    const started = JSON.parse((await readPublication(desk, run.id, 0))["started.json"] ?? "") as object;
    const { id, kind, job, bank: bankName, startedAtMs } = run;
    const { place, key, size, sha256 } = run.file;
    const startedAt = new Date(startedAtMs).toISOString();
    const file = { place, key, size, sha256 };
    expect(started).to.deep.equal({ run: id, job, kind, bank: bankName, file, rerunOf: null, startedAt });
  });

  it("of a plan too is tried before the first call; a file that asks the bank for nothing needs no place yet", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const file = join(desk.folder, "file.csv");
    await writeFile(file, CSV);
    const full = withFullDisk(contextOf(desk, bank), 0);
    const options = { file, from: null, limit: null, again: null } as const;
    expect((await fatalOf(startJob(full, { ...options, kind: "plan" }))).code).to.equal("results_unwritable");
    expect(bank.requests).to.deep.equal([]);
    const [end] = await startJob(contextOf(desk, bank), { ...options, kind: "validate" });
    if (end?.kind !== "reported") throw new Error(end?.kind);
    expect(await readdir(join(desk.folder, "out", end.run.id))).to.deep.equal(["1"]);
  });

  for (const failing of [1, 2, 3, 4, 5]) {
    it(`has no summary when file ${failing} finds the disk full, exit 6, and is made whole under the next number`, async () => {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      const error = await fatalOf(start(desk, withFullDisk(contextOf(desk, bank), failing)));
      expect(error).to.include({ code: "results_unwritable", exit: 6 });
      const { id } = await lastRun(desk);
      const first = Object.keys(await readPublication(desk, id, 1));
      expect(first)
        .to.have.length(failing - 1)
        .and.not.include("summary.json");
      expect(await readdir(join(desk.folder, "work"))).to.deep.equal([]);
      const effects = bank.effects.length;

      expect((await start(desk, contextOf(desk, bank))).summary.final).to.equal(true);
      const second = await readPublication(desk, id, 2);
      expect(Object.keys(second)).to.deep.equal(FILES);
      expect(bank.effects).to.have.length(effects);
      await reportPhase(contextOf(desk, bank), await lastRun(desk), TO_THE_END);
      expect(await readPublication(desk, id, 3)).to.deep.equal(second);
    });
  }

  it("tells of a working folder that cannot be used as of a results place that cannot", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const { run } = await start(desk, contextOf(desk, bank));
    const workFolder = join(desk.folder, "file.csv");
    const report = reportPhase({ ...contextOf(desk, bank), workFolder }, run, TO_THE_END);
    const error = await fatalOf(report);
    expect(error).to.include({ code: "results_unwritable", exit: 2 });
    expect(error.message).to.contain(workFolder).and.not.contain("\n");
    expect(await readdir(join(desk.folder, "out", run.id))).to.deep.equal(["0", "1"]);
  });

  it("of a run that --limit cut short fails, and is resumed all the same", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const file = join(desk.folder, "file.csv");
    await writeFile(file, CSV);
    const limited = { kind: "run", file, from: null, limit: 1, again: null } as const;
    await fatalOf(startJob(withFullDisk(contextOf(desk, bank), 1), limited));
    const end = await resumeUnderLease(contextOf(desk, bank), await lastRun(desk), null);
    if (end.kind !== "reported") throw new Error(end.kind);
    const { summary } = end;
    expect(summary).to.deep.include({ final: true });
    expect(summary.words).to.include({ applied: 3, invalid: 1, refused: 1, skipped: 0 });
  });
});
