/** What a start does beside its rows: known files, banks kept apart, two jobs on one account, guards lifted, limits, stops. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { FatalError } from "../../src/errors/fatal-error.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { exitOf, startJob } from "../../src/run/start/start-job.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { IS_WHOLE } from "../support/extent.ts";
import { openDesk, readResults } from "../support/scenario.ts";
import { CREATES, creates, PATCHES, SEED } from "./starts.ts";

describe("a start", () => {
  it("takes a header without rows for a new day each time", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const monday = await desk.run(bank, "account_id,status\n", { name: "mon.csv" });
    const tuesday = await desk.run(bank, "account_id,status\n", { name: "tue.csv" });
    expect([monday, tuesday].map(({ end }) => [end.kind, exitOf(end)])).to.deep.equal([
      ["reported", 0],
      ["reported", 0],
    ]);
  });

  it("keeps two banks apart in one ledger", async () => {
    await using one = await startSandbox({ seed: SEED });
    await using other = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    await desk.run(one, PATCHES);
    const there = await desk.run(other, PATCHES);
    expect(there.summary?.words.applied).to.equal(4);
  });

  it("works on the first rows only with a limit, and is resumed for the rest", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const limited = await desk.run(bank, PATCHES, { start: { limit: 2 } });
    expect(limited.rows.map((row) => [row.result, row.result_code])).to.deep.equal([
      ["applied", ""],
      ["applied", ""],
      ["skipped", "limit_reached"],
      ["skipped", "limit_reached"],
    ]);
    expect(limited.summary?.final).to.equal(false);
    const run = await desk.ledger.runs.find("last");
    if (run === undefined) throw new Error("the run is gone");
    const resumed = await resumeUnderLease(desk.context(bank), run, null);
    expect(resumed.kind === "reported" && resumed.summary.words.applied).to.equal(4);
    expect(resumed.kind === "reported" && resumed.summary.final).to.equal(true);
    expect(bank.effects).to.have.length(4);
  });

  it("releases held rows once the guard is raised", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const held = await desk.run(bank, PATCHES, { job: { guards: { patch: { max: 3 } } } });
    expect(held.summary?.words.held).to.equal(4);
    expect(held.summary?.exit).to.equal(4);
    const run = await desk.ledger.runs.find("last");
    if (run === undefined) throw new Error("the run is gone");
    const released = await rerunRows(desk.context(bank), run, ["held"]);
    expect(released.kind === "reported" && released.summary.words.applied).to.equal(4);
    const overtaken = await rerunRows(desk.context(bank), run, ["held"]);
    expect(overtaken.kind === "reported" && overtaken.summary.notes[0]?.code).to.equal("superseded_by_run");
  });

  it("takes a corrected failed.csv, under the row numbers and ids of its origin", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const first = await desk.run(bank, "account_id,product_name,status\naccount_1,New,\naccount_2,New,shut\n");
    expect(exitOf(first.end)).to.equal(3);
    const failed = await readFile(join(first.summary?.results ?? "", "failed.csv"), "utf8");
    expect(failed.split("\r\n")).to.have.length(3);
    const corrected = await desk.run(bank, failed.replace("shut", ""), {
      name: "failed.csv",
      job: { name: "rerun-desk" },
    });
    expect(corrected.rows.map((row) => [row.account_id, row.result])).to.deep.equal([["account_2", "applied"]]);
    expect(Object.keys(corrected.rows[0] ?? {}).slice(0, 4)).to.deep.equal([
      "account_id",
      "product_name",
      "status",
      "result_row",
    ]);
  });

  it("makes the same results again, byte for byte, under a new number", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const { summary } = await desk.run(bank, PATCHES);
    const { reportPhase } = await import("../../src/run/report/report-phase.ts");
    const run = await desk.ledger.runs.find("last");
    if (run === undefined || summary === null) throw new Error("the run is gone");
    const again = await reportPhase(desk.context(bank), run, { stop: null, maxChange: Number.MAX_SAFE_INTEGER });
    expect(again.results).to.equal(summary.results.replace(/1$/, "2"));
    for (const name of ["results.csv", "failed.csv"]) {
      const [first, second] = await Promise.all([summary, again].map(({ results }) => readFile(join(results, name))));
      expect(second?.equals(first as Buffer)).to.equal(true);
    }
  });

  it("tells who has the lease while another start works", async () => {
    await using bank = await startSandbox({ seed: SEED, latencyMs: 50 });
    await using desk = await openDesk();
    const context = { ...desk.context(bank), owner: "the first start" };
    const file = join(desk.folder, "a.csv");
    await writeFile(file, PATCHES);
    const options = { kind: "run", file, from: null, limit: null, again: null } as const;
    const first = startJob(context, options);
    const early = await startJob({ ...desk.context(bank), owner: "the second" }, options).catch(
      (error: unknown) => error,
    );
    expect((early as FatalError).hint, "before there is a run").to.match(
      /^wait for it to end; if that process is gone/,
    );
    while (bank.requests.length === 0) await sleep(5);
    const [run] = await desk.ledger.runs.list(1);
    const second = await startJob({ ...desk.context(bank), owner: "the second" }, options).catch(
      (error: unknown) => error,
    );
    expect(second).to.be.instanceOf(FatalError);
    expect(second).to.include({ code: "lease_held", exit: 5 });
    expect((second as FatalError).message).to.contain("the first start");
    expect((second as FatalError).hint).to.match(
      new RegExp(
        `^to watch it, type: tieout follow ${run?.id}; to stop it: tieout ctl ${run?.id} stop; if that process is gone`,
      ),
    );
    await first;
  });

  it("lets one of two jobs have an account while the other waits, and never makes it twice", async () => {
    await using bank = await startSandbox({ seed: SEED, latencyMs: 200 });
    await using desk = await openDesk();
    const csv = creates(1, 1);
    const job = (name: string) => ({ job: { name, creates: "trusted" as const, lookup: false }, name: `${name}.csv` });
    const ends = await Promise.all([desk.run(bank, csv, job("one")), desk.run(bank, csv, job("two"))]);
    const results = ends.map(({ rows }) => `${rows[0]?.result} ${rows[0]?.result_code}`.trim()).sort();
    expect(results).to.deep.equal(["applied", "unchanged"]);
    expect(bank.effects.filter(({ kind }) => kind === "create")).to.have.length(1);
  });

  it("stops at a bank that cannot be reached, leaves rows skipped, and goes on when it is back", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const gone = await startSandbox();
    await gone.close();
    const away = { ...bank, url: gone.url, clientId: bank.clientId, clientSecret: bank.clientSecret };
    const { summary, rows } = await desk.run(away, PATCHES, { job: { attempts: 1 } });
    expect(summary?.exit).to.equal(6);
    expect(summary?.final).to.equal(false);
    expect(rows.map((row) => row.result_code)).to.deep.equal(Array(4).fill("stopped"));
  });
});

describe("the look-up", () => {
  const two = `${CREATES}c1,deposit,entity_ann,Card\nn1,deposit,entity_ann,Card\n`;
  for (const lookup of ["absent", "ignores_filter", "html"] as const) {
    it(`that is ${lookup} never makes a second account`, async () => {
      await using bank = await startSandbox({ seed: SEED, lookup });
      await using desk = await openDesk();
      const { rows } = await desk.run(bank, two);
      expect(rows.map((row) => [row.result, row.result_code])).to.deep.equal(
        Array(2).fill(["held", "lookup_unproven"]),
      );
      expect(rows[0]?.result_message).to.match(/give account_id/);
      expect(bank.effects).to.have.length(0);
    });
  }

  it("that is absent is found out by an account the file names", async () => {
    await using bank = await startSandbox({ seed: SEED, lookup: "absent" });
    await using desk = await openDesk();
    const csv =
      "account_id,client_account_id,capabilities,account_holders,product_name\naccount_2,,,,New\n,n1,deposit,entity_ann,Card\n";
    const { rows } = await desk.run(bank, csv, { job: { creates: "first_alone" } });
    expect(rows.map((row) => row.result)).to.deep.equal(["applied", "held"]);
  });

  it("proves itself on an empty bank by the first create, which goes alone", async () => {
    await using bank = await startSandbox({ seed: { entities: SEED.entities ?? [] } });
    await using desk = await openDesk();
    const { summary } = await desk.run(bank, creates(1, 5));
    expect(summary?.words.applied).to.equal(5);
    const paths = bank.requests.map(({ method, path }) => `${method} ${path}`);
    const firstCreate = paths.indexOf("POST /v0/accounts");
    expect(paths[firstCreate + 1], "looked up before the rest follow").to.equal("GET /v0/accounts");
  });

  it("is all that is asked of an account that the run itself makes, whatever else its rows want", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const csv = [
      "account_id,client_account_id,capabilities,account_holders,product_name,status,status_reason",
      "account_1,,,,New,,",
      ",n1,deposit,entity_ann,Card,inactive,frozen",
      ",n1,deposit,,,,",
      ",n2,deposit,entity_ann,Card,closed,paid_off",
      "",
    ].join("\n");
    const { rows } = await desk.run(bank, csv);
    expect(rows.map(({ result }) => result)).to.deep.equal(["applied", "applied", "applied", "applied"]);
    const reads = bank.requests.filter(({ method, path }) => method === "GET" && path !== "/v0/accounts/account_1");
    const asked = reads.map(({ path, query }) => query.client_account_id ?? path);
    // c1, which the file names by id, is what the look-up proves itself on.
    expect(asked.sort()).to.deep.equal(["c1", "n1", "n2"]);
  });

  it("without a list, on an empty bank, waits for the job's word", async () => {
    await using bank = await startSandbox({ seed: { entities: SEED.entities ?? [] }, lookup: "object" });
    await using desk = await openDesk();
    const held = await desk.run(bank, creates(1, 3));
    expect(held.summary?.words.held).to.equal(3);
    const job = { creates: "first_alone" as const };
    const made = await desk.run(bank, creates(1, 3), { job, start: { again: "the bank is empty" } });
    expect(made.summary?.words.applied).to.equal(3);
  });
});

describe("the caps", () => {
  const rows = IS_WHOLE ? 5_000 : 500;
  it(`hold over ${rows} rows: never more than 16 reads or 16 writes in flight`, async () => {
    const accounts = Array.from({ length: rows }, (_, i) => ({
      id: `account_${i}`,
      relationships: { account_holder: ["entity_ann"] },
    }));
    await using bank = await startSandbox({ seed: { entities: SEED.entities ?? [], accounts }, latencyMs: 20 });
    await using desk = await openDesk();
    const csv = ["account_id,product_name", ...accounts.map(({ id }) => `${id},New`), ""].join("\n");
    const { summary } = await desk.run(bank, csv, { job: { concurrency: { reads: 16, writes: 16 } } });
    expect(summary?.words.applied).to.equal(rows);
    expect(bank.peak).to.deep.equal({ reads: 16, writes: 16 });
    const [row] = await readResults(summary?.results ?? "");
    expect(row?.result_changes).to.match(/^product_name: .* → New$/);
  }).timeout(120_000);
});
