/** Accounts that a job's snapshots name by the bank's id, by the program's own, by both, or by one after the other. */
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk } from "../support/scenario.ts";
import { ACT, Nights, numbers, SEED, short, summaryOf, without } from "./nights.ts";

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
