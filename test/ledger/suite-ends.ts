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
  planOne,
  recordEnd,
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
    await ledger.runs.recordStage(run, "report");
    expect(await ledger.changes.reopenUnknown(run)).to.equal(1);
    expect((await ledger.runs.find("r"))?.stage).to.equal("apply");
  });
}
