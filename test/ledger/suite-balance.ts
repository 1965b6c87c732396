/**
 * What every ledger counts for a run's certificate, along the way of a run, and apart from every other run.
 */
import { expect } from "chai";
import type { Balance, Ledger } from "../../src/ledger/ledger.ts";
import type { Run } from "../../src/ledger/run.ts";
import {
  ALL,
  BANK,
  claimLease,
  claimOf,
  fatalOf,
  findAll,
  invalidRow,
  newRun,
  outcome,
  plan,
  planOne,
  recordEnd,
  row,
  sendOne,
  sentAt,
  sentOf,
} from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

const NO_STATES = { planned: 0, sending: 0, applied: 0, refused: 0, failed: 0, unknown: 0, skipped: 0 };
const EMPTY: Balance = {
  rows: 0,
  changesWithoutWord: 0,
  operations: 0,
  operationsByState: NO_STATES,
  operationsOfRows: 0,
  appliedAndSent: 0,
  leftInDone: 0,
  made: 0,
  linked: 0,
  keysIn: null,
};

/** A create for n1, two operations that rows 3 and 4 share, and an invalid row. */
async function planRun(ledger: Ledger, run: Run): Promise<void> {
  const shared = [3, 4].map((number) => row(number, "account:account_1"));
  await ledger.rows.recordRows(run, [row(2, "client:n1"), ...shared, invalidRow(5)]);
  const folds = await ledger.changes.readToFold(run, ALL);
  await ledger.changes.recordFolds(
    run,
    folds.map(({ change }) => ({ kind: "change", change, desired: { account_id: "account_1" } })),
  );
  await findAll(ledger, run);
  await ledger.changes.recordPlans(run, [plan(2, ["create"]), plan(3, ["patch", "close"], { accountId: "account_1" })]);
}

export function suiteOfBalance(use: LedgerInUse): void {
  it("is nothing for a run that has only begun, and keeps the sum over its keys", async () => {
    const run = await use.ledger.runs.open(BANK, newRun("a"));
    expect(await use.ledger.balance.read(run)).to.deep.equal(EMPTY);
    await use.ledger.runs.record(run, { keysIn: "00ff" });
    await use.reopen();
    expect(await use.ledger.balance.read(run)).to.deep.equal({ ...EMPTY, keysIn: "00ff" });
  });

  it("counts rows, changes, operations by state, what was made and linked; a shared operation once for each row", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("a"));
    const other = await ledger.runs.open(BANK, newRun("b"));
    const lease = await claimLease(ledger, run);
    await planRun(ledger, run);
    const planned = { ...EMPTY, rows: 4, changesWithoutWord: 2, operations: 3, operationsOfRows: 5 };
    const atFirst = { ...planned, operationsByState: { ...NO_STATES, planned: 3 } };
    expect(await ledger.balance.read(run)).to.deep.equal(atFirst);

    for (const change of [2, 3]) {
      await claimOf(ledger, run, { change });
      await ledger.operations.recordSending(run, lease, change, 1, sentAt(change));
    }
    await recordEnd(ledger, run, outcome("applied", { accountId: "account_9" }));
    const made = { ...planned, appliedAndSent: 1, made: 1, linked: 1 };
    const midway = { ...made, operationsByState: { ...NO_STATES, planned: 1, sending: 1, applied: 1 } };
    expect(await ledger.balance.read(run)).to.deep.equal(midway);

    await ledger.operations.recordOutcome(run, ...(await sentOf(ledger, run, 3)), outcome("refused"));
    await ledger.changes.recordDone(run, 2, { word: "applied", issues: [] }, 3);
    await ledger.changes.recordDone(run, 3, { word: "refused", issues: [] }, 3);
    const states = { ...NO_STATES, applied: 1, refused: 1, skipped: 1 };
    const atLast = { ...made, changesWithoutWord: 0, operationsByState: states };
    expect(await ledger.balance.read(run)).to.deep.equal(atLast);
    expect(await ledger.balance.read(other)).to.deep.equal(EMPTY);
  });

  it("reads one moment from a snapshot, whatever is committed meanwhile, and writes nothing there", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("a"));
    await ledger.rows.recordRows(run, [row(2, "client:n1")]);
    {
      await using snapshot = await ledger.openSnapshot();
      await ledger.rows.recordRows(run, [row(3, "client:n2")]);
      await ledger.runs.record(run, { keysIn: "00ff" });
      expect(await snapshot.balance.read(run)).to.deep.include({ rows: 1, changesWithoutWord: 1, keysIn: null });
      expect(await snapshot.rows.readResults(run, ALL)).to.have.length(1);
      expect((await fatalOf(snapshot.runs.record(run, { rows: 9 }))).code).to.equal("ledger_failed");
    }
    expect(await ledger.balance.read(run)).to.deep.include({ rows: 2, keysIn: "00ff" });
  });

  it("sees no link where there is one to another account", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("a"));
    const lease = await claimLease(ledger, run);
    await planRun(ledger, run);
    await claimOf(ledger, run);
    await ledger.operations.recordSending(run, lease, 2, 1, sentAt(1));
    await recordEnd(ledger, run, outcome("applied", { accountId: "account_9" }));
    await ledger.accounts.recordLinks(BANK, [{ clientAccountId: "n1", accountId: "account_8" }]);
    expect(await ledger.balance.read(run)).to.deep.include({ made: 1, linked: 0 });
  });

  it("sees an operation that is being sent in a change that has ended, unless the change is unknown", async () => {
    for (const [word, leftInDone] of [
      ["applied", 1],
      ["failed", 1],
      ["unknown", 0],
    ] as const) {
      const { ledger } = use;
      const run = await ledger.runs.open(BANK, newRun(word, { job: word }));
      await planOne(ledger, run, `account:${word}`, ["patch"]);
      await sendOne(ledger, run, await claimLease(ledger, run));
      expect(await ledger.balance.read(run), "while it is open").to.deep.include({ leftInDone: 0 });
      await ledger.changes.recordDone(run, 2, { word, issues: [] }, 3);
      const { leftInDone: left, operationsByState } = await ledger.balance.read(run);
      expect([left, operationsByState], word).to.deep.equal([leftInDone, { ...NO_STATES, unknown: 1 }]);
    }
  });

  it("counts the rows of each word, a row's own before that of its change, and no open one", async () => {
    const { rows, changes, runs } = use.ledger;
    const run = await runs.open(BANK, newRun("r"));
    const other = await runs.open(BANK, newRun("other"));
    await rows.recordRows(other, [invalidRow(2, null)]);
    expect(await rows.countWords(run)).to.deep.equal({});
    await rows.recordRows(run, [
      row(2, "client:a"),
      row(3, "client:a"),
      row(4, "client:a"),
      row(5, "client:b"),
      invalidRow(6, null),
      row(7, "client:c"),
    ]);
    await changes.recordFolds(run, [
      { kind: "superseded", rows: [3], left: [2, 4] },
      { kind: "change", change: 2, desired: {} },
    ]);
    expect(await rows.countWords(run)).to.deep.equal({ invalid: 1, skipped: 1 });
    await changes.recordDone(run, 2, { word: "refused", issues: [] }, 9);
    await changes.recordDone(run, 7, { word: "skipped", issues: [] }, 9);
    expect(await rows.countWords(run)).to.deep.equal({ invalid: 1, refused: 2, skipped: 2 });
  });
}
