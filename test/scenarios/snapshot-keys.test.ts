/** Accounts that a job's snapshots name by the bank's id, by the program's own, by both, or by one after the other. */
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { renderSummary } from "../../src/report/summary.ts";
import type { FileEnd } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk } from "../support/scenario.ts";
import { ACT, csv, missing, Nights, numbers, SEED, short, summaryOf, without } from "./nights.ts";

describe("of a snapshot's two ids", () => {
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

  const both = (of: readonly number[]) =>
    `account_id,client_account_id,product_name\n${of.map((n) => `account_${n},c${n},Card\n`).join("")}`;

  const byId = (of: readonly number[]) => `account_id,product_name\n${of.map((n) => `account_${n},Card\n`).join("")}`;
  const states = async (end: FileEnd | undefined) => (await missing(end)).map((line) => line.replace(/ +/g, " "));

  it("knows an account by either, whichever the job's files had before", async () => {
    await nights.night(byId(numbers(20)));
    const changed = await nights.night(csv(without(3)));
    expect(short(changed)).to.deep.equal(["file 19 unchanged", "missing.csv 1 held"]);
    expect(await states(changed[0])).to.deep.equal(["account_3 absent"]);
    const back = await nights.night(byId(without(3, 4)));
    expect(short(back)).to.deep.equal(["file 18 unchanged", "missing.csv 2 held"]);
    expect(await missing(back[0])).to.deep.equal(["account_3  absent", "account_4 c4 absent"]);
  });

  it("does not judge accounts known by account_id alone while a row has a client_account_id that nobody could place", async () => {
    await nights.night(byId(numbers(20)));
    const invalid = (last: string) =>
      `client_account_id,product_name,status\n${numbers(18)
        .map((n) => `c${n},Card,\n`)
        .join("")}${last}`;
    const ends = await nights.night(invalid("c19,Card,nonsense\n"));
    expect(short(ends)).to.deep.equal(["file 1 invalid 18 unchanged"]);
    expect(await states(ends[0])).to.deep.equal(["account_19 unclear", "account_20 unclear"]);
    expect(summaryOf(ends[0]).snapshot?.states).to.deep.equal({
      absent: 0,
      done: 0,
      elsewhere: 0,
      changed_since: 0,
      unclear: 2,
    });
    expect(renderSummary(summaryOf(ends[0]))).to.contain(
      "absent: no account; the file has all others that the ledger knows\nunclear: 2 accounts that are left alone, see missing.csv; the ledger knows them by account_id alone, and a row of the file has a client_account_id of no known account, so it may be of any of them\n",
    );
    const placed = await nights.night(csv(without(20)));
    expect(short(placed)).to.deep.equal(["file 19 unchanged", "missing.csv 1 held"]);
    const next = await nights.night(invalid("new,Card,nonsense\n"));
    expect(await states(next[0]), "of one whose id is known nothing is unclear").to.deep.equal([
      "account_19 c19 absent",
      "account_20 unclear",
    ]);
    expect(short(next)).to.deep.equal(["file 1 invalid 18 unchanged", "missing.csv 1 held"]);
  });

  it("takes a row for new that the bank, asked for it, has no account of", async () => {
    await nights.night(byId(numbers(20)));
    const rows = without(20).map((n) => `c${n},,,Card\n`);
    const file = `client_account_id,capabilities,account_holders,product_name\n${rows.join("")}new1,deposit,entity_none,Card\n`;
    const ends = await nights.night(file, { ...ACT, precheck: false });
    expect(short(ends)[0]).to.equal("file 1 refused 19 unchanged");
    expect(await states(ends[0])).to.deep.equal(["account_20 absent"]);
  });

  it("works on no absent account while a row has an account_id that no GET could show", async () => {
    await nights.night(byId(numbers(20)));
    bank.failNext("500", 99, ({ path }) => path.endsWith("/account_33"));
    const ends = await nights.night(byId([...without(3), 33]));
    expect(short(ends)).to.deep.equal(["file 1 failed 19 unchanged"]);
    expect(await states(ends[0])).to.deep.equal(["account_3 absent"]);
    expect(summaryOf(ends[0]).snapshot?.notActed).to.deep.equal({
      code: "rows_unread",
      message: "1 row has an account_id that the bank has not shown, so it may be of what seems absent",
    });
    bank.failNext("500", 99, ({ path }) => path.endsWith("/account_4"));
    const known = await nights.night(byId(without(3)));
    expect(short(known), "an account that was there before").to.deep.equal([
      "file 1 failed 18 unchanged",
      "missing.csv 1 held",
    ]);
  });

  it("protects an absent account by its own id, though only snapshots have said whose that is", async () => {
    const job: Partial<JobInput> = { ...ACT, guards: { protected: ["c3"] } };
    await nights.night(both(numbers(20)), job);
    const ends = await nights.night(both(without(3, 4)), job);
    expect(short(ends)).to.deep.equal(["file 18 unchanged", "missing.csv 2 held"]);
    expect(summaryOf(ends[1]).guards?.map(({ guard, figure }) => `${guard} ${figure}`)).to.deep.equal([
      "absent 2",
      "protected 1",
    ]);
  });
});
