/** Which accounts a snapshot lacks, and which of them it only seems to lack. */
import { utimes } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { renderSummary } from "../../src/report/summary.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { put, start } from "../run/source.ts";
import { type Desk, openDesk } from "../support/scenario.ts";
import { ACT, csv, LIST, missing, Nights, numbers, SEED, short, summaryOf, without } from "./nights.ts";

describe("of a snapshot", () => {
  let bank: Sandbox;
  let desk: Desk;
  let nights: Nights;
  beforeEach(async () => {
    bank = await startSandbox({ seed: structuredClone(SEED) });
    desk = await openDesk({ durable: false });
    nights = new Nights(desk, bank);
  });
  afterEach(async () => {
    await desk[Symbol.asyncDispose]();
    await bank.close();
  });

  it("does not take an account for absent whose row is invalid, and acts on none while a row names nobody", async () => {
    await nights.night(csv(numbers(20)));
    const invalid = await nights.night(
      `client_account_id,product_name,status\n${numbers(18)
        .map((n) => `c${n},Card,\n`)
        .join("")}c19,Card,nonsense\n`,
    );
    expect(short(invalid)).to.deep.equal(["file 1 invalid 18 unchanged", "missing.csv 1 held"]);
    expect(await missing(invalid[0])).to.deep.equal(["account_20 c20 absent"]);
    const near = await nights.night(csv([...numbers(18), " C19\n".replace("\n", ",\u0007\n")]));
    expect(await missing(near[0]), "near ids").to.deep.equal(["account_20 c20 absent"]);
    const ragged = await nights.night(csv([...numbers(18), "c19\n"]));
    expect(short(ragged)).to.deep.equal(["file 1 invalid 18 unchanged"]);
    expect(summaryOf(ragged[0]).snapshot?.notActed?.message).to.equal("1 row does not tell which account it is of");
    expect(nights.deactivated).to.deep.equal([]);
  });

  it("finds the account of an invalid row by either of its ids", async () => {
    const both = (last: string) =>
      `account_id,client_account_id,product_name,status\n${numbers(19)
        .map((n) => `account_${n},c${n},Card,\n`)
        .join("")}${last}`;
    await nights.night(both("account_20,c20,Card,\n"));
    expect(await missing((await nights.night(both("account_20,wrong,Card,nonsense\n")))[0])).to.deep.equal([]);
    expect(await missing((await nights.night(both("account_wrong,c20,Card,nonsense\n")))[0])).to.deep.equal([]);
  });

  it("knows accounts that it has only seen unchanged, by account_id alone, and acts on none while a row has an id that is of nobody", async () => {
    const byId = (of: readonly number[]) => `account_id,product_name\n${of.map((n) => `account_${n},\n`).join("")}`;
    expect(short(await nights.night(byId(numbers(20))))).to.deep.equal(["file 20 unchanged"]);
    const damaged = await nights.night(byId([...without(3), 33]));
    expect(short(damaged)).to.deep.equal(["file 1 refused 19 unchanged"]);
    expect(await missing(damaged[0])).to.deep.equal(["account_3  absent"]);
    expect(summaryOf(damaged[0]).snapshot?.notActed?.code).to.equal("rows_unread");
    expect(short(await nights.night(byId(without(3))))).to.deep.equal(["file 19 unchanged", "missing.csv 1 held"]);
  });

  it("is rejected without rows", async () => {
    await nights.night(csv(numbers(20)));
    expect(short(await nights.night(csv([])))).to.deep.equal(["file snapshot_empty"]);
    expect(short(await nights.night(csv([",\n", ",\n"])))).to.deep.equal(["file snapshot_empty"]);
    expect(short(await nights.night(csv(without(3))))).to.deep.equal(["file 19 unchanged", "missing.csv 1 held"]);
  });

  it("acts on nothing for a file that a person named, or that was worked on in part", async () => {
    await nights.night(csv(numbers(20)));
    const file = await put(desk, "../named.csv", csv(without(3)), 2_000);
    const [named] = await nights.start(ACT, { file });
    expect(summaryOf(named).snapshot?.notActed?.code).to.equal("named");
    expect(short(await nights.start())).to.deep.equal([]);
    const limited = await nights.night(csv(without(3)), ACT, { limit: 5 });
    expect(summaryOf(limited[0]).snapshot).to.equal(undefined);
    expect((await nights.resume(limited[0])).kind).to.equal("reported");
    expect(short(await nights.start()), "once all of it is through").to.deep.equal(["missing.csv 1 held"]);
    const some = await nights.night(csv(without(3)), ACT, { selection: { rows: [[2, 4]] } });
    expect(summaryOf(some[0]).snapshot).to.equal(undefined);
    expect(nights.deactivated).to.deep.equal([]);
  });

  it("leaves alone an account that a run has changed after the file was written", async () => {
    await nights.night(csv(numbers(20)));
    const written = desk.clock.nowMs() + 60_000;
    await desk.clock.sleep(120_000);
    await desk.run(bank, "client_account_id,product_name\nc3,New\n", { name: "other.csv" });
    await put(desk, "early.csv", csv(without(3, 4)), 0);
    await utimes(join(desk.folder, "in", "early.csv"), written / 1000, written / 1000);
    const ends = await nights.start();
    expect(await missing(ends[0])).to.deep.equal(["account_3 c3 changed_since", "account_4 c4 absent"]);
    expect(short(ends)).to.deep.equal(["early.csv 18 unchanged", "missing.csv 1 held"]);
  });

  it("leaves alone an account that a run has changed that was under way as the file was written", async () => {
    await nights.night(csv(numbers(20)));
    const written = desk.clock.nowMs() + 1_000;
    await desk.run(bank, "client_account_id,product_name\nc3,New\nc4,New\n", {
      name: "other.csv",
      job: { requestsPerSecond: 1, burst: 1 },
    });
    expect(desk.clock.nowMs(), "the run took longer").to.be.above(written);
    await put(desk, "early.csv", csv(without(3, 5)), 0);
    await utimes(join(desk.folder, "in", "early.csv"), written / 1000, written / 1000);
    const [early] = await nights.start();
    expect(await missing(early)).to.deep.equal(["account_3 c3 changed_since", "account_5 c5 absent"]);
  });

  it("leaves alone an account that another job's snapshots hold", async () => {
    const other = { name: "other", source: { folder: join(desk.folder, "in"), pattern: /^other/ } };
    const own = { source: { folder: join(desk.folder, "in"), pattern: /^\d/ } };
    await put(desk, "other.csv", csv([1, 2, 3]), 0);
    await start(desk, bank, { job: { ...LIST, ...other } });
    await nights.night(csv(numbers(20).slice(3)), { ...ACT, ...own });
    const ends = await nights.night(csv(numbers(20).slice(4)), { ...ACT, ...own });
    expect(await missing(ends[0])).to.deep.equal([
      "account_1 c1 elsewhere",
      "account_2 c2 elsewhere",
      "account_3 c3 elsewhere",
      "account_4 c4 absent",
    ]);
  });

  it("of the values in a column lacks what the file names a value of, or the job does", async () => {
    const by: Partial<JobInput> = { mode: "snapshot", scope: { column: "product_name" } };
    const rows = (of: readonly number[]) =>
      `client_account_id,product_name\n${of.map((n) => `c${n},${n <= 10 ? "Card" : "Loan"}\n`).join("")}`;
    await nights.night(rows(numbers(20)), by);
    const cards = await nights.night(rows(numbers(10).slice(1)), by);
    expect(await missing(cards[0])).to.deep.equal(["account_1 c1 absent"]);
    expect(renderSummary(summaryOf(cards[0]))).to.contain(
      "no longer in scope: 10 accounts of 1 value of product_name that the file has no row of; if one is to stay in scope, name it in scope.values",
    );
    const listed = await nights.night(rows(numbers(10)), {
      mode: "snapshot",
      scope: { column: "product_name", values: ["Loan"] },
    });
    expect((await missing(listed[0])).length).to.equal(10);
    expect(summaryOf(listed[0]).snapshot?.gone).to.equal(undefined);
  });

  it("does not take for absent what a create was refused for", async () => {
    await nights.night(csv(numbers(20)));
    const csvOf = "client_account_id,capabilities,account_holders,product_name\n";
    const rows = numbers(20).map((n) => `c${n},,,Card\n`);
    expect(short(await nights.night(`${csvOf}${rows.join("")}new1,deposit,entity_none,Card\n`))[0]).to.match(
      /1 refused|1 held/,
    );
    expect(await missing((await nights.night(csv(numbers(20))))[0])).to.deep.equal([]);
  });
});
