/**
 * What every ledger must do with rows, and with changes of several rows.
 */
import { expect } from "chai";
import type { Run } from "../../src/ledger/run.ts";
import type { DesiredRow } from "../../src/read/change.ts";
import {
  ALL,
  BANK,
  claimLease,
  findAll,
  invalidRow,
  issue,
  newRun,
  operation,
  outcome,
  plan,
  recordEnd,
  row,
  sendOne,
} from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

function useRun(use: LedgerInUse): { run: Run } {
  const holder: { run: Run } = { run: {} as Run };
  beforeEach(async () => {
    holder.run = await use.ledger.runs.open(BANK, newRun("r"));
  });
  return holder;
}

export function suiteOfRows(use: LedgerInUse): void {
  const the = useRun(use);
  const words = async () => (await use.ledger.rows.readResults(the.run, ALL)).map(({ word }) => word);

  it("keeps rows as they came, in order, apart from other runs", async () => {
    const { rows, runs } = use.ledger;
    const other = await runs.open(BANK, newRun("other"));
    await rows.recordRows(the.run, [row(3, "client:b"), row(2, "client:a"), invalidRow(4, null)]);
    await rows.recordRows(other, [row(2, "client:z")]);
    const results = await rows.readResults(the.run, ALL);
    expect(results.map(({ source }) => source)).to.deep.equal([
      { row: 2, byteOffset: 20, cells: ["client:a", "cell 2"] },
      { row: 3, byteOffset: 30, cells: ["client:b", "cell 3"] },
      { row: 4, byteOffset: 40, cells: null },
    ]);
    expect(results.map(({ word, issues }) => [word, issues])).to.deep.equal([
      [null, []],
      [null, []],
      ["invalid", [issue("row_ragged")]],
    ]);
    expect((await rows.readResults(the.run, { after: 2, limit: 1 })).map(({ source }) => source.row)).to.deep.equal([
      3,
    ]);
    expect(await rows.readResults(the.run, { after: 4, limit: 1 })).to.deep.equal([]);
  });

  it("leaves rows that are there already, and does not ask to fold them again", async () => {
    const { rows, changes } = use.ledger;
    const both = [row(2, "client:a"), row(3, "client:a")];
    await rows.recordRows(the.run, both);
    await changes.recordFolds(the.run, [
      { kind: "superseded", rows: [2], left: [3] },
      { kind: "change", change: 2, desired: { status: "closed" } },
    ]);
    await rows.recordRows(the.run, [...both, row(4, "client:b")]);
    expect(await changes.readToFold(the.run, ALL)).to.deep.equal([]);
    expect(await words()).to.deep.equal(["skipped", null, null]);
    const [folded] = await changes.readToFind(the.run, ALL);
    expect(folded?.folded).to.deep.equal({ status: "closed" });
  });

  it("shows a row its change's word, issues, account, differences and operations", async () => {
    const { ledger } = use;
    await ledger.rows.recordRows(the.run, [row(2, "account:x"), row(3, "account:x"), row(4, "account:x")]);
    await ledger.changes.recordFolds(the.run, [
      { kind: "superseded", rows: [3], left: [2, 4] },
      { kind: "change", change: 2, desired: {} },
    ]);
    await findAll(ledger, the.run);
    await ledger.changes.recordPlans(the.run, [plan(2, ["patch", "close"], { accountId: "x" })]);
    await sendOne(ledger, the.run, await claimLease(ledger, the.run));
    const refused = outcome("refused", { httpStatus: 422, requestId: "req_7", issue: issue("bank_refused", "status") });
    await recordEnd(ledger, the.run, refused);
    await ledger.changes.recordDone(the.run, 2, { word: "refused", issues: [issue("bank_refused")] }, 9);

    const [first, superseded, third] = await ledger.rows.readResults(the.run, ALL);
    const sent = {
      attempts: 1,
      inDoubt: false,
      firstSentAtMs: 2_500,
      firstSentBankAtMs: null,
      lastSentAtMs: 2_500,
      httpStatus: 422,
      requestId: "req_7",
      issue: refused.issue,
    };
    const unsent = {
      attempts: 0,
      inDoubt: false,
      firstSentAtMs: null,
      firstSentBankAtMs: null,
      lastSentAtMs: null,
      httpStatus: null,
      requestId: null,
      issue: null,
    };
    expect(first).to.deep.include({ word: "refused", issues: [issue("bank_refused")], accountId: "x", atMs: 9 });
    expect(first?.differences).to.deep.equal(plan(2, []).differences);
    expect(first?.operations).to.deep.equal([
      { ...operation(1, "patch"), state: "refused", ...sent },
      { ...operation(2, "close"), state: "skipped", ...unsent },
    ]);
    expect(third).to.deep.equal({ ...first, source: third?.source, isRepeat: true });
    expect(superseded).to.deep.include({ word: "skipped", accountId: "x", differences: [], operations: [] });
  });

  it("reads rows by word for a re-run: cells, what was wrong with each by itself, and where they came from", async () => {
    const { rows, changes } = use.ledger;
    const from = { run: "old", row: 7 };
    await rows.recordRows(the.run, [
      { ...row(2, "client:a"), provenance: from },
      invalidRow(3),
      { ...invalidRow(4, null), provenance: from },
      row(5, "client:b"),
    ]);
    await changes.recordDone(the.run, 2, { word: "held", issues: [issue("guard")] }, 1);
    const read = async (...wanted: Parameters<typeof rows.readRows>[1]) =>
      (await rows.readRows(the.run, wanted, ALL)).map(({ source, issues, provenance }) => [
        source.row,
        issues.length,
        provenance,
      ]);
    expect(await read("held", "invalid")).to.deep.equal([
      [2, 0, from],
      [3, 1, null],
      [4, 1, from],
    ]);
    expect(await read("applied")).to.deep.equal([]);
    const second = await rows.readRows(the.run, ["invalid"], { after: 3, limit: 1 });
    expect(second.map(({ source }) => source)).to.deep.equal([{ row: 4, byteOffset: 40, cells: null }]);
    expect((await changes.readToFind(the.run, ALL)).map(({ change }) => change)).to.deep.equal([5]);
  });

  it("gives a change the provenance of its first row", async () => {
    const from = { run: "old", row: 7 };
    await use.ledger.rows.recordRows(the.run, [{ ...row(2, "client:a"), provenance: from }, row(3, "client:b")]);
    const changes = await use.ledger.changes.readToFind(the.run, ALL);
    expect(changes.map(({ provenance }) => provenance)).to.deep.equal([from, null]);
  });
}

export function suiteOfFolds(use: LedgerInUse): void {
  const the = useRun(use);
  const toFold = async (page = ALL) => {
    const { changes } = use.ledger;
    const rowsOf = async (change: number) => (await changes.readRowsOf(the.run, change, ALL)).map(({ row }) => row);
    const waiting = await changes.readToFold(the.run, page);
    return Promise.all(
      waiting.map(async ({ change, rows }) => {
        const numbers = await rowsOf(change);
        expect(numbers).to.have.length(rows);
        return [change, numbers];
      }),
    );
  };
  const results = async () =>
    (await use.ledger.rows.readResults(the.run, ALL)).map(({ word, issues }) => [word, issues.map(({ code }) => code)]);

  beforeEach(() =>
    use.ledger.rows.recordRows(the.run, [
      row(2, "client:a"),
      row(3, "client:b"),
      row(4, "client:a"),
      row(5, "account:x"),
      row(6, "account:x"),
      row(7, "client:a"),
    ]),
  );

  it("gives out changes of several rows with all their rows, by page", async () => {
    expect(await toFold()).to.deep.equal([
      [2, [2, 4, 7]],
      [5, [5, 6]],
    ]);
    expect(await toFold({ after: 2, limit: 1 })).to.deep.equal([[5, [5, 6]]]);
    expect(await toFold({ after: 5, limit: 1 })).to.deep.equal([]);
  });

  it("gives out the rows of one change by page, with their cells", async () => {
    const { changes } = use.ledger;
    const first = await changes.readRowsOf(the.run, 2, { after: 0, limit: 2 });
    expect(first).to.deep.equal([row(2, "client:a").source, row(4, "client:a").source]);
    const next = await changes.readRowsOf(the.run, 2, { after: 4, limit: 2 });
    expect(next.map((source) => source.row)).to.deep.equal([7]);
    expect(await changes.readRowsOf(the.run, 2, { after: 7, limit: 2 })).to.deep.equal([]);
  });

  it("counts the different moments that the rows of a change name", async () => {
    const cellsOf = ["2026-01-01T00:00:00.0001Z", " 2026-01-01T01:00:00.000100+01:00 ", "2026-01-01T00:00:00.0009Z"];
    const rows = cellsOf.map((at, index): DesiredRow => {
      const plain = row(20 + index, "client:z");
      return { ...plain, source: { ...plain.source, cells: ["x", at] } };
    });
    await use.ledger.rows.recordRows(the.run, rows);
    expect(await use.ledger.changes.countInstants(the.run, 20, 1)).to.equal(2);
  });

  it("takes the fold: what is desired, and which rows are superseded by which", async () => {
    const desired = { status: "closed" } as const;
    const { changes } = use.ledger;
    await changes.recordFolds(the.run, [{ kind: "superseded", rows: [2, 4], left: [7] }]);
    expect((await toFold()).length, "not folded before the change itself is recorded").to.equal(2);
    await changes.recordFolds(the.run, [{ kind: "change", change: 2, desired }]);
    expect(await toFold()).to.deep.equal([[5, [5, 6]]]);
    expect((await results()).slice(0, 3)).to.deep.equal([
      ["skipped", ["superseded"]],
      [null, []],
      ["skipped", ["superseded"]],
    ]);
    const [first] = await use.ledger.rows.readResults(the.run, ALL);
    expect(first?.issues[0]?.message).to.equal("Row 7 gives later values for everything in this row.");
    const [change] = await use.ledger.changes.readToFind(the.run, ALL);
    expect(change).to.deep.include({ change: 2, key: "client:a", folded: desired });
  });

  it("makes every row of a contradiction invalid, and its change done", async () => {
    const contradiction = issue("contradiction", "status");
    await use.ledger.changes.recordFolds(the.run, [{ kind: "invalid", change: 2, issue: contradiction }]);
    const all = await use.ledger.rows.readResults(the.run, ALL);
    for (const number of [2, 4, 7]) {
      expect(all.find(({ source }) => source.row === number)).to.deep.include({
        word: "invalid",
        issues: [contradiction],
      });
    }
    expect(all.find(({ source }) => source.row === 3)?.word).to.equal(null);
    await findAll(use.ledger, the.run);
    const open = await use.ledger.changes.readToPlan(the.run, ALL);
    expect(open.map(({ change }) => change)).to.deep.equal([3, 5]);
  });

  it("joins changes that meet in one account, to be folded again from scratch", async () => {
    const { changes, accounts } = use.ledger;
    await changes.recordFolds(the.run, [
      { kind: "superseded", rows: [2], left: [4] },
      { kind: "change", change: 2, desired: {} },
      { kind: "superseded", rows: [5], left: [6] },
      { kind: "change", change: 5, desired: {} },
    ]);
    await accounts.recordLinks(BANK, [{ clientAccountId: "a", accountId: "x" }]);
    await findAll(use.ledger, the.run);
    expect(await changes.joinByAccount(the.run)).to.equal(1);
    expect(await changes.joinByAccount(the.run), "and says so until it is folded").to.equal(1);
    expect(await toFold()).to.deep.equal([[2, [2, 4, 5, 6, 7]]]);

    expect((await results()).map(([word]) => word)).to.deep.equal([null, null, null, null, null, null]);
    await changes.recordFolds(the.run, [
      { kind: "superseded", rows: [6], left: [2] },
      { kind: "change", change: 2, desired: { limit: 5 } },
    ]);
    expect(await toFold()).to.deep.equal([]);
    expect(await changes.joinByAccount(the.run)).to.equal(0);
    expect((await results()).map(([word]) => word)).to.deep.equal([null, null, null, null, "skipped", null]);
    const open = await changes.readToPlan(the.run, ALL);
    expect(open.map(({ change, accountId, folded }) => [change, accountId, folded])).to.deep.equal([
      [2, "x", { limit: 5 }],
      [3, null, null],
    ]);
  });

  it("joins nothing with a change that is planned already", async () => {
    const { changes, accounts } = use.ledger;
    const desired = {};
    await changes.recordFolds(
      the.run,
      [2, 5].map((change) => ({ kind: "change", change, desired })),
    );
    await accounts.recordLinks(BANK, [{ clientAccountId: "a", accountId: "x" }]);
    await findAll(use.ledger, the.run);
    await changes.recordPlans(the.run, [plan(5, ["patch"], { accountId: "x" })]);
    expect(await changes.joinByAccount(the.run)).to.equal(0);
    expect((await changes.readToPlan(the.run, ALL)).map(({ change }) => change)).to.deep.equal([2, 3]);
  });

  it("joins every group when there are many", async () => {
    const many = Array.from({ length: 1_200 }, (_, n) => [
      row(10 + 2 * n, `client:m${n}`),
      row(11 + 2 * n, `account:m${n}`),
    ]);
    await use.ledger.rows.recordRows(the.run, many.flat());
    const links = many.map((_, n) => ({ clientAccountId: `m${n}`, accountId: `m${n}` }));
    await use.ledger.accounts.recordLinks(BANK, links);
    await findAll(use.ledger, the.run);
    // The two changes of the start are not folded either.
    expect(await use.ledger.changes.joinByAccount(the.run)).to.equal(1_202);
    expect((await toFold({ after: 9, limit: 2_000 }))[1_199]).to.deep.equal([2_408, [2_408, 2_409]]);
  });
}
