/** Legal hold, of accounts that a snapshot lacked and have no row in it, and of accounts that came under it once values were gone. */
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import type { PrunedRun } from "../../src/run/after/prune-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { runOf } from "../scenarios/held-rows.ts";
import { csv, Nights, numbers, SEED, summaryOf } from "../scenarios/nights.ts";
import { pruneDesk } from "../support/prune-desk.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

const BY_PRODUCT: Partial<JobInput> = { mode: "snapshot", scope: { column: "product_name" } };
const shown = (pruned: readonly PrunedRun[]) =>
  pruned.map((one) =>
    one.kind === "values" ? `values ${one.rows} ${JSON.stringify(one.kept)}` : `${one.kind} of ${one.run.rows}`,
  );

describe("pruning, with legal hold", () => {
  let bank: Sandbox;
  let desk: Desk;
  let nights: Nights;
  beforeEach(async () => {
    bank = await startSandbox({ seed: structuredClone(SEED) });
    desk = await openDesk();
    nights = new Nights(desk, bank);
  });
  afterEach(async () => {
    await desk[Symbol.asyncDispose]();
    await bank.close();
  });

  /** Accounts that the last snapshot lacked, with what the ledger still knows of their scope. */
  const lacked = async (run: string) =>
    (await desk.ledger.snapshots.listAbsent(await runOf(desk, run), "", 9)).map(
      ({ accountId, scope }) => `${accountId} ${scope}`,
    );
  const prune = async (legalHold: readonly string[], more: Parameters<typeof pruneDesk>[2] = {}) =>
    shown(
      await pruneDesk(desk, bank, { retention: { cells: "30d", evidence: "60d", legalHold: [...legalHold] }, ...more }),
    );

  it("leaves the line of an account in the list of a snapshot that lacked it, and the run, until the hold is over", async () => {
    await nights.night(csv(numbers(4)), BY_PRODUCT);
    const [end] = await nights.night(csv(["c1,Card\n", "c2,Card\n"]), BY_PRODUCT);
    const { run } = summaryOf(end);
    expect(await lacked(run)).to.deep.equal(["account_3 Card", "account_4 Card"]);
    const hold = ["c3"];
    expect(await prune(hold, { isTrial: true })).to.deep.equal([
      'values 2 {"legal hold":1}',
      'values 3 {"legal hold":1}',
    ]);
    expect(await prune(hold, { days: 0 })).to.deep.equal(['values 2 {"legal hold":1}', 'values 3 {"legal hold":1}']);
    expect(await lacked(run)).to.deep.equal(["account_3 Card", "account_4 null"]);
    expect(await prune(hold, { days: 60 }), "no evidence goes").to.deep.equal([]);
    expect(await lacked(run)).to.deep.equal(["account_3 Card", "account_4 null"]);
    expect((await prune([], { days: 0 })).slice(2)).to.deep.equal(["evidence of 4", "evidence of 2"]);
    expect(await lacked(run)).to.deep.equal([]);
  });

  it("keeps what is left of an account that comes under it after its values have gone", async () => {
    await nights.night(csv(numbers(4)), BY_PRODUCT);
    const [end] = await nights.night(csv([1, 2]), BY_PRODUCT);
    expect(await prune([])).to.deep.equal(["values 2 {}", "values 4 {}"]);
    const hold = ["account_3"];
    expect(await prune(hold, { isTrial: true })).to.deep.equal([]);
    expect(await prune(hold, { days: 0 })).to.deep.equal([]);
    expect(await lacked(summaryOf(end).run)).to.deep.equal(["account_3 null", "account_4 null"]);
    expect((await prune([], { days: 0 })).slice(2)).to.deep.equal(["evidence of 4", "evidence of 2"]);
  });
});
