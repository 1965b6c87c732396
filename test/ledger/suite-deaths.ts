/**
 * What every ledger must count of processes that die while they are at work on a change.
 */
import { expect } from "chai";
import type { Run } from "../../src/ledger/run.ts";
import { ALL, BANK, claimLease, claimOf, newRun, outcome, planOne, recordEnd, sendOne } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

export function suiteOfDeaths(use: LedgerInUse): void {
  const begin = async (id: string, key: string) => {
    const run = await use.ledger.runs.open(BANK, newRun(id, { job: id }));
    await planOne(use.ledger, run, key, ["patch"]);
    return run;
  };
  const begun = async (run: Run) => (await use.ledger.changes.takeToApply(run, ALL))[0]?.begun;
  /** As many processes begin after one that died. */
  const die = async (run: Run, starts = 1) => {
    for (let start = 0; start < starts; start += 1) await use.ledger.changes.recordDeaths(run);
    return begun(run);
  };

  it("counts a change that was claimed when a process died, once for each death", async () => {
    const run = await begin("r", "account:a");
    expect(await die(run), "not claimed yet").to.equal(0);
    await claimOf(use.ledger, run);
    expect(await begun(run), "a claim alone is no death").to.equal(0);
    expect(await die(run, 3), "the process after it has not begun on it").to.equal(1);
    await sendOne(use.ledger, run, await claimLease(use.ledger, run));
    expect(await die(run, 2)).to.equal(2);
    await use.ledger.changes.recordLeft(run, 2, 0);
    expect(await begun(run)).to.equal(0);
  });

  it("counts a create once, though it holds its account under two names", async () => {
    const run = await use.ledger.runs.open(BANK, newRun("r"));
    await planOne(use.ledger, run, "client:c", ["create", "patch"]);
    await sendOne(use.ledger, run, await claimLease(use.ledger, run));
    await recordEnd(use.ledger, run, outcome("applied", { accountId: "new" }));
    expect(await die(run, 2)).to.equal(1);
  });

  it("counts none that only waits, until it is at work again", async () => {
    const run = await begin("r", "account:a");
    await claimOf(use.ledger, run);
    await use.ledger.accounts.recordResting(run, 2, true);
    expect(await die(run)).to.equal(0);
    await use.ledger.accounts.recordResting(run, 2, false);
    expect(await die(run, 2)).to.equal(1);
  });

  it("counts none that a process has left in good order, in doubt or not", async () => {
    const [idle, doubted] = [await begin("idle", "account:a"), await begin("doubted", "account:b")];
    await claimOf(use.ledger, idle);
    const lease = await claimLease(use.ledger, doubted);
    await sendOne(use.ledger, doubted, lease);
    for (const run of [idle, doubted]) {
      await use.ledger.accounts.releaseClaims(run);
      expect(await die(run), run.id).to.equal(0);
    }
    const other = await begin("other", "account:b");
    const claim = await claimOf(use.ledger, other, { nowMs: lease.untilMs });
    expect(claim, "the doubt is kept").to.deep.equal({ kind: "busy", run: "doubted", isAtWork: false });
  });

  it("counts none that has its word, be it unknown and opened again", async () => {
    for (const [state, word] of [
      ["applied", "applied"],
      ["unknown", "unknown"],
    ] as const) {
      for (const isApart of [true, false]) {
        const run = await begin(`${word} ${isApart}`, `account:${word} ${isApart}`);
        await sendOne(use.ledger, run, await claimLease(use.ledger, run));
        const end = { word, issues: [] };
        const ended = outcome(state, { inDoubt: state === "unknown" });
        await recordEnd(use.ledger, run, ended, isApart ? {} : { end });
        if (isApart) await use.ledger.changes.recordDone(run, 2, end, 9);
        await use.ledger.changes.recordDeaths(run);
        const reopened = await use.ledger.changes.reopenUnknown(run);
        expect([reopened, await begun(run)], run.id).to.deep.equal(word === "unknown" ? [1, 0] : [0, undefined]);
      }
    }
  });

  it("counts by itself what is begun on without a claim, and forgets it with a good end", async () => {
    const run = await begin("r", "account:a");
    await use.ledger.changes.recordBegun(run, 2);
    await use.ledger.changes.recordBegun(run, 2);
    expect(await begun(run)).to.equal(2);
    expect((await use.ledger.changes.readStored(run, 2, "a")).begun).to.equal(2);
    await use.ledger.changes.recordLeft(run, 2, 1);
    expect(await begun(run), "left before its end").to.equal(1);
    await use.ledger.changes.recordLeft(run, 2, 0);
    expect(await begun(run)).to.equal(0);
  });

  it("forgives all deaths but so many, of one run", async () => {
    const [mine, yours] = [await begin("mine", "account:a"), await begin("yours", "account:b")];
    for (const run of [mine, yours])
      for (let death = 0; death < 3; death += 1) await use.ledger.changes.recordBegun(run, 2);
    await use.ledger.changes.forgiveDeaths(mine, 2);
    expect([await begun(mine), await begun(yours)]).to.deep.equal([2, 3]);
    await use.ledger.changes.forgiveDeaths(yours, 4);
    expect(await begun(yours)).to.equal(3);
  });

  it("leaves the changes of other runs alone", async () => {
    const [mine, yours] = [await begin("mine", "account:a"), await begin("yours", "account:b")];
    for (const run of [mine, yours]) await claimOf(use.ledger, run);
    expect([await die(mine), await begun(yours)]).to.deep.equal([1, 0]);
    expect(await die(yours)).to.equal(1);
  });
}
