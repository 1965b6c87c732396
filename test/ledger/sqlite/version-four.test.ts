/**
 * Ledgers that version 4 of the schema has left, made by the real command against the sandbox: what was said of them then is
 * said of them now, and their work goes on. The expected files are of that day; no test writes them. Objects may have gained members.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { explainCommand } from "../../../src/cli/commands/explain-command.ts";
import { reportCommand } from "../../../src/cli/commands/report-command.ts";
import { runsCommand } from "../../../src/cli/commands/runs-command.ts";
import { asTyped } from "../../../src/cli/output/as-typed.ts";
import { FatalError } from "../../../src/errors/fatal-error.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import type { Run } from "../../../src/ledger/run.ts";
import { openSqliteLedger } from "../../../src/ledger/sqlite/open-ledger.ts";
import type { Summary } from "../../../src/report/summary.ts";
import { rerunRows } from "../../../src/run/start/rerun-rows.ts";
import { type FileEnd, startJob } from "../../../src/run/start/start-job.ts";
import { startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { openDesk, readResults } from "../../support/scenario.ts";
import { runTieout } from "../../support/tieout.ts";
import { readFixture } from "./restore-ledger.ts";
import { BANK, VersionFour } from "./version-four.ts";

const EVERY_RUN = 1_000;
/** The word before a command, here. */
const TYPED = asTyped("tieout help").replace("help", "");
const OPEN_RUN = "20261129-041609-ef2ddd";

describe("a ledger of version 4", () => {
  let made: VersionFour;
  let ledger: Ledger;
  beforeEach(async () => {
    made = await VersionFour.make("ended");
    ledger = await openSqliteLedger(made.ledgerPath);
  });
  afterEach(async () => {
    await ledger[Symbol.asyncDispose]();
    await made[Symbol.asyncDispose]();
  });

  it("lists its runs", async () => {
    const { text, events } = await made.print(ledger, (session) => runsCommand(session, { limit: EVERY_RUN }));
    // How many of a run's rows are open, which run it was done by, and whose rows a repaired file has, is shown since.
    const since = /; (\d+ rows?|no row) open$|; done by run \S+$|; its rows are those of \S+$/gm;
    expect(text.replace(since, "")).to.equal(await readFixture("version-four/expected/runs.txt"));
    for (const [index, one] of (await readLines("version-four/expected/runs.jsonl")).entries())
      expect(events[index]).to.deep.include(one);
  });

  it("explains rows of every kind", async () => {
    const expected = (await readLines("version-four/expected/explain.jsonl")) as { run: string; row: number }[];
    expect(expected).to.have.length.above(25);
    const texts = (await readFixture("version-four/expected/explain.txt")).split("\f\n");
    for (const [index, one] of expected.entries()) {
      const { text, events } = await made.print(ledger, (session) =>
        explainCommand(session, one.run, { row: one.row }),
      );
      expect(events[0], `${one.run}, row ${one.row}`).to.containSubset(one);
      // When each call was made is shown since, and commands as they are typed here.
      const shown = text.replace(/^ {4}.*last sent at .*\n/gm, "");
      expect(shown.replaceAll(TYPED, "tieout ")).to.equal(texts[index]);
    }
  });

  it("publishes the results of each run again", async () => {
    const published = await readdir(new URL("version-four/expected/reports", import.meta.url));
    const runs = await ledger.runs.list(EVERY_RUN);
    expect(runs.length - published.length, "two files were rejected, and a plan was interrupted").to.equal(3);
    for (const run of runs) {
      const report = made.print(ledger, (session) => reportCommand(session, run.id));
      if (!published.includes(run.id)) {
        expect(await refusalOf(report), run.id).to.match(/has published no results yet/);
        continue;
      }
      const { results } = (await report).events[0] as { results: string };
      const folder = made.asHere(results);
      const now = async (name: string) => made.asMade(await readFile(join(folder, name), "utf8"));
      const then = (name: string) => readFixture(`version-four/expected/reports/${run.id}/${name}`);
      expect(await now("results.csv"), `results.csv of ${run.id}`).to.equal(await then("results.csv"));
      // Its last column, the fingerprint, has come since.
      const failed = (await now("failed.csv")).replace(/,[^,"\r\n]*\r\n/g, "\r\n");
      expect(failed, `failed.csv of ${run.id}`).to.equal(await then("failed.csv"));
      const summary = JSON.parse(await now("summary.json")) as Summary;
      type Before = Summary & { reasons: Summary["notes"] };
      const { reasons, next, operations, ...before } = JSON.parse(await then("summary.json")) as Before;
      expect(summary).to.deep.include(before);
      // An operation of several rows counts once since, so that they are those of the certificate.
      expect(Object.keys(summary.operations).sort()).to.deep.equal(Object.keys(operations).sort());
      const planned = before.certificate?.find(({ left }) => left === "operations planned")?.figures[0];
      expect(Object.values(summary.operations).reduce((sum, count) => sum + count, 0)).to.equal(planned);
      // Which causes to run again, and which edits to allow, is said since.
      const isSame = (command: string) => !/# or as they are|--allow-edit/.test(command);
      expect(summary.next.filter(isSame)).to.deep.equal(next.filter(isSame));
      const namesOf = (list: readonly { word: string; code: string }[]) =>
        new Set(list.map(({ word, code }) => `${word} ${code}`));
      expect(namesOf([...summary.causes, ...summary.notes])).to.deep.equal(namesOf(reasons));
      expect(summary.calls, "a run of before says nothing of its calls").to.equal(null);
    }
  });

  it("knows its links, its instants and its near ids", async () => {
    await using work = await goOn("nightly");
    const [end] = await work.start(
      "file.csv",
      [
        "account_id,client_account_id,account_holders,product_name,effective_at",
        ",core-2001,,Savings Gold,",
        ",core-4005,,Everyday Gold,",
        "account_1019,,,Too late,2026-11-22T07:59:59Z",
        ",core-2102,,Too late,2026-11-22T11:00:00Z",
        ",core-2102x,entity_ana,Savings,",
        ",CORE- 2101,entity_ana,Savings,",
        "",
      ].join("\n"),
    );
    expect(await wordsOf(end)).to.deep.equal([
      "applied ",
      "applied ",
      "skipped stale",
      "skipped stale",
      "applied ",
      "held key_near_known",
    ]);
    const lookedUp = work.bank.requests.flatMap(({ query }) => query.client_account_id ?? []);
    expect(lookedUp).to.include("core-2102x").and.not.include("core-2001").and.not.include("core-4005");
  });

  it("knows what the bank keeps otherwise, and which ids the program's own ones stand for", async () => {
    await using work = await goOn("nightly");
    const [end] = await work.start(
      "file.csv",
      [
        "client_account_id|account_holders|client_product_name|metadata.branch",
        "core-8004||Gold Checking|harbour",
        "core-4001|cust-7001|Everyday Gold|",
        "",
      ].join("\n"),
    );
    expect(await wordsOf(end)).to.deep.equal(["refused bank_kept_different", "applied "]);
    expect(work.bank.writes.map(({ body }) => body)).to.deep.equal([{ details: { product_name: "Everyday Gold" } }]);
    expect(work.bank.requests.filter(({ path }) => path === "/v0/entities")).to.deep.equal([]);
  });

  it("knows its bank, and to which file a job's name belongs", async () => {
    const known = { bank: BANK, isNamed: true, clientIds: ["client-nightly"], isUsed: true };
    expect(await ledger.banks.list(BANK.apiUrl)).to.deep.equal([known]);
    await using work = await goOn("nightly");
    const other = { ...work.context, jobPath: join(made.folder, "other.ts") };
    expect(await refusalOf(startJob(other, START))).to.contain("the job nightly is the file");
  });

  it("knows its files and batches", async () => {
    await using work = await goOn("nightly");
    const sample = await readFile(new URL("../../../samples/accounts.csv", import.meta.url), "utf8");
    const [same] = await work.start("again.csv", sample);
    expect(same?.kind === "same_bytes" && same.run.no).to.equal(1);
    const csv = "account_id,product_name\naccount_1001,Three\n";
    const [late] = await work.start("2026-11-24-01-batch-2_account_V1.csv", csv);
    expect(late?.kind === "rejected" && late.rejection.code).to.equal("file_stale");
    const [next] = await work.start("2026-11-24-01-Batch-2_account_V3.csv", csv);
    const second = await runOf(7);
    expect(next?.kind === "reported" && next.summary.batch).to.deep.include({ version: 3, corrects: second.id });
    expect(await wordsOf(next)).to.deep.equal(["applied "]);
  });

  it("runs its rows again, under keys that were never used, and none that a later run has applied", async () => {
    await using work = await goOn("nightly");
    const dayTwo = await runOf(2);
    const failed = await rerunRows(work.context, dayTwo, ["failed"]);
    expect(await wordsOf(failed), "the repaired file has applied it").to.deep.equal(["skipped superseded_by_run"]);

    const { details } = work.bank.accounts.get("account_8001") ?? {};
    if (details === undefined) throw new Error("the bank has lost the account");
    details.product_name = "Changed at the bank";
    const applied = await rerunRows(work.context, dayTwo, ["applied"]);
    expect((await wordsOf(applied)).filter((word) => word !== "unchanged ")).to.deep.equal(["applied "]);
    expect(work.bank.writes.map(({ path }) => path)).to.deep.equal(["/v0/accounts/account_8001"]);
    const { idempotencyKey = "" } = work.bank.writes[0] ?? {};
    expect(idempotencyKey).to.match(/^[0-9a-f-]{36}$/);
    expect(await readFixture("version-four/ended.sql")).to.not.contain(idempotencyKey);

    const accepted = { codes: ["last_row_maybe_cut"], reason: "it is a name" } as const;
    expect(await wordsOf(await rerunRows(work.context, await runOf(14), ["held"], accepted))).to.deep.equal([
      "applied ",
    ]);
  });

  it("has a doubt that keeps another job from the account", async () => {
    await using work = await goOn("nightly");
    const [end] = await work.start(
      "file.csv",
      "client_account_id,account_holders,product_name\nload-8,entity_ana,Savings\n",
    );
    expect(end?.kind === "reported" && end.summary.stopped?.code).to.equal("account_busy");
    expect(end?.kind === "reported" && end.summary.stopped?.message).to.contain((await runOf(18)).id);
    expect(work.bank.writes).to.deep.equal([]);
  });

  it("has a doubt that the job's next start settles before anything else is sent", async () => {
    await using work = await goOn("load");
    await mkdir(join(made.folder, "load"));
    await writeFile(join(made.folder, "load/load-5.csv"), "client_account_id,product_name\nload-8,Savings Plus\n");
    const [settled, end] = await startJob(work.context, { ...START, file: null });
    expect(await wordsOf(settled)).to.deep.equal(["applied ", "applied ", "applied "]);
    expect(settled?.kind === "reported" && settled.run.no).to.equal(18);
    expect(await wordsOf(end)).to.deep.equal(["applied "]);
    expect(work.bank.effects.map(({ kind }) => kind)).to.deep.equal(["create", "patch"]);
  });

  const START = { kind: "run", file: null, from: null, limit: null, again: null } as const;

  async function runOf(no: number): Promise<Run> {
    const run = (await ledger.runs.list(EVERY_RUN)).find((one) => one.no === no);
    if (run === undefined) throw new Error(`run ${no} is lost`);
    return run;
  }

  /** The job on this ledger, at the bank as that day has left it. */
  async function goOn(name: string) {
    const desk = await openDesk({ durable: false });
    const bank = await startSandbox({ state: await made.bankState() });
    const job = made.job(name);
    const context = {
      ...desk.context(bank, job),
      ledger,
      bankName: BANK,
      client: { id: "client-nightly", isNamed: true },
      jobPath: join(made.folder, `${name}.ts`),
    };
    return {
      bank,
      context,
      async start(file: string, csv: string): Promise<readonly FileEnd[]> {
        const path = join(made.folder, file);
        await writeFile(path, csv);
        return startJob(context, { ...START, file: path });
      },
      async [Symbol.asyncDispose]() {
        await bank.close();
        await desk[Symbol.asyncDispose]();
      },
    };
  }
});

describe("a ledger of version 4 with a run that has not ended", () => {
  it("is refused in one line, and left as it is", async () => {
    await using made = await VersionFour.make("open");
    const { code, out, err } = await runTieout(["runs"], { TIEOUT_LEDGER: made.ledgerPath });
    expect([code, out]).to.deep.equal([2, ""]);
    expect(err).to.match(/^tieout: [^\n]+ \[ledger_unusable\]; [^\n]+\n$/);
    expect(err)
      .to.contain(`has a run that is not finished, ${OPEN_RUN}`)
      .and.contain(`finish it with the version of Tieout that began it (resume ${OPEN_RUN})`);
    using database = new DatabaseSync(made.ledgerPath);
    expect(database.prepare("PRAGMA user_version").get()).to.deep.include({ user_version: 4 });
  });
});

async function readLines(path: string): Promise<object[]> {
  const text = await readFixture(path);
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
}

async function wordsOf(end: FileEnd | undefined): Promise<string[]> {
  if (end?.kind !== "reported") throw new Error(`the file has no results: ${end?.kind}`);
  const rows = await readResults(end.summary.results);
  return rows.map(({ result, result_code }) => `${result} ${result_code}`);
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof FatalError ? error.message : String(error);
}
