/**
 * What every ledger must do at the end of a change, and when one is opened again.
 */
import { expect } from "chai";
import {
  ALL,
  BANK,
  claimLease,
  claimOf,
  issue,
  newRun,
  outcome,
  plan,
  planOne,
  recordEnd,
  row,
  sendOne,
  sentAt,
} from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

export function suiteOfEnds(use: LedgerInUse): void {
  it("ends a change: its word and issues, what was not sent skipped, its claim given up", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("r"));
    await planOne(ledger, run, "account:a", ["patch", "close"]);
    await sendOne(ledger, run, await claimLease(ledger, run));
    await recordEnd(ledger, run, outcome("failed"));
    await ledger.changes.recordDone(run, 2, { word: "failed", issues: [issue("bank_error")] }, 8);
    const [result] = await ledger.rows.readResults(run, ALL);
    expect(result).to.deep.include({ word: "failed", issues: [issue("bank_error")], atMs: 8 });
    expect(result?.operations.map(({ state }) => state)).to.deep.equal(["failed", "skipped"]);
    expect(await ledger.changes.takeToApply(run, ALL)).to.deep.equal([]);
    const other = await ledger.runs.open(BANK, newRun("other", { job: "weekly" }));
    await planOne(ledger, other, "account:a", ["patch"]);
    expect(await claimOf(ledger, other)).to.deep.equal({ kind: "claimed" });
  });

  it("opens unknown changes again: the unknown goes out under its key, what waited behind it after it", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("r"));
    await planOne(ledger, run, "account:a", ["activate", "patch", "close"]);
    const lease = await claimLease(ledger, run);
    await sendOne(ledger, run, lease);
    await recordEnd(ledger, run, outcome("applied"));
    await ledger.operations.recordSending(run, lease, 2, 2, sentAt(2_600));
    await recordEnd(ledger, run, outcome("unknown", { inDoubt: true, httpStatus: 0 }), { step: 2 });
    await ledger.changes.recordDone(run, 2, { word: "unknown", issues: [issue("outcome_unknown")] }, 8);
    expect((await ledger.rows.readResults(run, ALL))[0]).to.deep.include({ word: "unknown", atMs: 8 });
    await ledger.runs.recordPublication(run, { number: 1, summary: "{}", exit: 3, final: true, atMs: 9 });

    expect(await ledger.changes.reopenUnknown(run)).to.equal(1);
    expect(await ledger.changes.reopenUnknown(run)).to.equal(0);
    expect(await ledger.runs.find("r")).to.deep.include({ stage: "apply", endedAtMs: null });
    const [open] = await ledger.changes.takeToApply(run, ALL);
    expect(open?.operations.map(({ state }) => state)).to.deep.equal(["applied", "unknown", "planned"]);
    expect(open?.operations[1]).to.deep.include({ key: "key-patch-2", attempts: 1, inDoubt: true });
    expect((await ledger.rows.readResults(run, ALL))[0]).to.deep.include({ word: null, issues: [], atMs: null });
    expect(await claimOf(ledger, run)).to.deep.equal({ kind: "claimed" });
    await ledger.operations.recordSending(run, lease, 2, 2, sentAt(9_999));

    // A run whose results could not be published stands at its report, and must settle its doubts all the same.
    await ledger.changes.recordDone(run, 2, { word: "unknown", issues: [] }, 10);
    await ledger.runs.record(run, { stage: "report" });
    expect(await ledger.changes.reopenUnknown(run)).to.equal(1);
    expect((await ledger.runs.find("r"))?.stage).to.equal("apply");
  });

  it("closes every open change but those in doubt, whose accounts are free from then on", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("r"));
    await ledger.rows.recordRows(
      run,
      ["a", "b", "c"].map((id, index) => row(index + 2, `account:${id}`)),
    );
    await ledger.changes.recordPlans(
      run,
      ["a", "b"].map((id, index) => plan(index + 2, ["patch"], { accountId: id })),
    );
    await sendOne(ledger, run, await claimLease(ledger, run));
    expect(await claimOf(ledger, run, { change: 3 })).to.deep.equal({ kind: "claimed" });
    await ledger.changes.closeOpen(run, { word: "skipped", issues: [issue("guard")] }, 7);
    const results = await ledger.rows.readResults(run, ALL);
    expect(results.map(({ word, atMs }) => [word, atMs])).to.deep.equal([
      [null, null],
      ["skipped", 7],
      ["skipped", 7],
    ]);
    expect((await ledger.changes.takeToApply(run, ALL)).map(({ change }) => change)).to.deep.equal([2]);
    for (const [id, kind] of [
      ["a", "busy"],
      ["b", "claimed"],
    ] as const) {
      const other = await ledger.runs.open(BANK, newRun(id, { job: id }));
      await planOne(ledger, other, `account:${id}`, ["patch"]);
      expect((await claimOf(ledger, other)).kind).to.equal(kind);
    }
  });

  it("shows the notes of a plan until its change has ended, and then the end's own issues, even if there are none", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("r"));
    await ledger.rows.recordRows(run, [row(2, "account:a")]);
    const verdict = { word: null, issues: [issue("extra_relationship")] } as const;
    await ledger.changes.recordPlans(run, [plan(2, ["patch"], { accountId: "a", verdict })]);
    const issues = async () => (await ledger.rows.readResults(run, ALL))[0]?.issues;
    expect(await issues()).to.deep.equal(verdict.issues);
    await ledger.changes.recordDone(run, 2, { word: "unknown", issues: [] }, 8);
    expect(await issues()).to.deep.equal([]);
    await ledger.changes.reopenUnknown(run);
    expect(await issues(), "they are the plan's").to.deep.equal(verdict.issues);
  });

  it("takes a run back to its plan when a change that is open has none", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("r"));
    await planOne(ledger, run, "account:a", ["patch"]);
    await ledger.rows.recordRows(run, [row(3, "account:b")]);
    await sendOne(ledger, run, await claimLease(ledger, run));
    await ledger.changes.recordDone(run, 2, { word: "unknown", issues: [] }, 8);
    await ledger.runs.record(run, { stage: "report" });
    expect(await ledger.changes.reopenUnknown(run)).to.equal(1);
    expect((await ledger.runs.find("r"))?.stage).to.equal("plan");
  });

  it("keeps an operation that was tried in vain, and not those behind it, when nothing is left to send", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("r"));
    await planOne(ledger, run, "account:a", ["patch", "close"]);
    await sendOne(ledger, run, await claimLease(ledger, run));
    await recordEnd(ledger, run, outcome("planned", { httpStatus: 429, issue: issue("bank_rate_limited") }));
    await ledger.changes.recordPlanAgain(run, plan(2, [], { verdict: { word: "unchanged", issues: [] } }));
    const [result] = await ledger.rows.readResults(run, ALL);
    const tried = result?.operations.map(({ step, state, attempts, httpStatus }) => [
      step,
      state,
      attempts,
      httpStatus,
    ]);
    expect(tried).to.deep.equal([[1, "skipped", 1, 429]]);
  });
}
