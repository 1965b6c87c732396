/**
 * What every ledger must do as values of old runs are taken out of it: what is due, what is kept and why, what goes, and what stays.
 */
import { expect } from "chai";
import type { KeptChange } from "../../src/ledger/ledger.ts";
import { leaseName, type NewRun, type Run } from "../../src/ledger/run.ts";
import type { ParsedRow } from "../../src/read/change.ts";
import { ALL, BANK, fatalOf, findAll, invalidRow, issue, newRun, plan, row, SANDBOX } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

const WHOLE = { after: 0, to: 1_000 };

export function suiteOfRetention(use: LedgerInUse): void {
  /** A run that has ended at 5, with a planned patch for each account, and each change applied. */
  async function play(id: string, rows: readonly ParsedRow[], over: Partial<NewRun> = {}): Promise<Run> {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun(id, over));
    await ledger.rows.recordRows(run, rows);
    await ledger.runs.record(run, { rows: rows.length });
    await findAll(ledger, run);
    for (const { change } of await ledger.changes.readToPlan(run, ALL)) {
      await ledger.changes.recordPlans(run, [plan(change, ["patch"])]);
      await ledger.changes.recordDone(run, change, { word: "applied", issues: [issue("bank_keeps_other")] }, 4);
    }
    await ledger.runs.openPublication(run);
    await ledger.runs.recordPublication(run, { number: 1, summary: "{}", exit: 0, final: true, atMs: 5 });
    return (await ledger.runs.find(id)) ?? run;
  }
  const due = async (job = "nightly", beforeMs = 6) =>
    (await use.ledger.retention.listDue(job, beforeMs, 1_000, 9)).map(({ run, stays, isPruned }) =>
      [run.id, stays ?? "goes", ...(isPruned ? ["again"] : [])].join(" "),
    );
  const prune = async (run: Run, kept: readonly KeptChange[] = []) => {
    const { retention } = use.ledger;
    const first = kept.filter(({ change }, at) => kept.findIndex((one) => one.change === change) === at);
    await retention.begin(run, first, 9, await retention.findTurn(run));
    const rows = await retention.takeOut(run, WHOLE, 9);
    await retention.end(run, 9);
    return rows;
  };
  const from = (parsed: ParsedRow, run: string, at: number): ParsedRow => ({ ...parsed, provenance: { run, row: at } });

  it("lists the job's runs that ended before, the latest first, until nothing of them is left to go", async () => {
    const first = await play("r1", [row(2, "client:a")]);
    const second = await play("r2", [row(2, "client:b")]);
    await play("other", [row(2, "client:a")], { job: "weekly" });
    await use.ledger.runs.open(BANK, newRun("open"));
    expect(await due("nightly", 5)).to.deep.equal([]);
    expect(await due()).to.deep.equal(["r2 goes", "r1 goes"]);
    await prune(second, [{ change: 2, why: "open" }]);
    await prune(first);
    await use.reopen();
    expect(await due()).to.deep.equal(["r2 goes again"]);
    expect((await use.ledger.runs.find("r1"))?.prunedAtMs).to.equal(9);
    expect((await use.ledger.runs.find("open"))?.prunedAtMs).to.equal(null);
  });

  it("lists a run whole while a row is unknown, a guard holds some, or it is a plan whose run has not ended", async () => {
    const { ledger } = use;
    await play("r1", [row(2, "client:a")]);
    const held = await play("r2", [row(2, "client:b")]);
    const tripped = { guard: "patch", figure: 1, allowed: 0, issue: issue("guard"), holds: { kind: "every" } } as const;
    await use.tamper(`UPDATE ends SET word = 'unknown' WHERE run = 1; DELETE FROM ends WHERE run = ${held.no}`);
    await ledger.guards.hold(held, [tripped], 4);
    const planned = await play("p", [row(2, "client:c")], { kind: "plan" });
    await ledger.runs.open(BANK, newRun("of plan", { planOf: planned.id }));
    expect(await due()).to.deep.equal(["p applied", "r2 guard", "r1 unsettled"]);
  });

  it("takes out values of the rows of a part, and neither words nor keys, once or twice", async () => {
    const run = await play("r1", [row(2, "client:a"), row(3, "client:b"), row(4, "client:a"), invalidRow(5)]);
    const before = await use.ledger.rows.readResults(run, ALL);
    const { retention, rows } = use.ledger;
    await retention.begin(run, [], 9, await retention.findTurn(run));
    expect(await retention.findEnd(run, 0, 2)).to.equal(3);
    expect(await retention.takeOut(run, { after: 0, to: 3 }, 9)).to.equal(2);
    const halfway = await rows.readResults(run, ALL);
    expect(halfway.map(({ source }) => source.cells === null)).to.deep.equal([true, true, false, false]);
    expect(await retention.takeOut(run, { after: 0, to: 3 }, 9), "again").to.equal(0);
    expect(await retention.findEnd(run, 3, 9)).to.equal(5);
    expect(await retention.takeOut(run, { after: 3, to: 5 }, 9)).to.equal(2);
    expect(await retention.findEnd(run, 5, 9)).to.equal(null);
    await retention.end(run, 9);
    await use.reopen();
    const after = await use.ledger.rows.readResults(run, ALL);
    expect(after).to.deep.equal(
      before.map((result) => ({
        ...result,
        source: { ...result.source, cells: null },
        differences: [],
        operations: result.operations.map((operation) => ({ ...operation, body: "" })),
        issues: result.issues.map((one) => ({ ...one, message: "(pruned)" })),
      })),
    );
    const change = await use.ledger.rows.readChangeOf(run, 2);
    expect(change)
      .to.include({ key: "client:a", folded: null, seen: null })
      .and.deep.include({ rows: [2, 4] });
    expect((await use.ledger.balance.read(run)).operations).to.equal(2);
  });

  it("keeps every row of a change that is kept, and says which", async () => {
    const run = await play("r1", [row(2, "client:a"), row(3, "client:b"), row(4, "client:a")]);
    const before = await use.ledger.rows.readResults(run, ALL);
    expect(
      await prune(run, [
        { change: 2, why: "open" },
        { change: 2, why: "legal hold" },
      ]),
    ).to.equal(1);
    const after = await use.ledger.rows.readResults(run, ALL);
    expect([after[0], after[2]]).to.deep.equal([before[0], before[2]]);
    expect(after[1]?.source.cells).to.equal(null);
    expect(await use.ledger.retention.countKept(run), "the first reason").to.deep.equal({ open: 1 });
    expect([...(await use.ledger.retention.findKept(run, [2, 3, 4]))].sort()).to.deep.equal([2, 4]);
    expect(await prune(run), "nothing is kept any more").to.equal(2);
    expect(await use.ledger.retention.countKept(run)).to.deep.equal({});
  });

  it("knows what a younger run came from, what is claimed, and what is on hold by either name", async () => {
    const { ledger } = use;
    const { retention } = ledger;
    const run = await play("r1", [row(2, "client:a"), row(3, "account:x"), row(4, "client:c"), row(5, "client:d")]);
    await play("r2", [from(row(2, "client:c"), "r1", 4)]);
    await ledger.accounts.recordLinks(BANK, [{ clientAccountId: "a", accountId: "y" }]);
    const keys = await retention.listKeys(run, ["x", "y"]);
    expect(keys).to.have.members(["account:x", "client:x", "account:y", "client:y", "client:a"]);
    const elsewhere = await ledger.runs.open(SANDBOX, newRun("s"));
    expect(await retention.listKeys(elsewhere, ["y"])).to.have.members(["account:y", "client:y"]);
    const own = 'own "id" \\ é';
    const seen = JSON.stringify({ account: { id: "z", client_account_id: own }, relationships: null }).replaceAll(
      "'",
      "''",
    );
    await use.tamper(`INSERT INTO accounts (bank, identity, touch, run, change) VALUES (1, 'client:d', 1, 1, 5);
      UPDATE plans SET seen = '${seen}' WHERE change = 5; UPDATE finds SET account_id = 'z' WHERE change = 5`);
    expect(await retention.listKeys(run, [own]), "by the bank's word alone").to.include.members([
      "account:z",
      "client:d",
    ]);
    expect(await retention.listKeys(run, ["own"])).not.to.include("account:z");
    const listed = async (beforeMs: number, of: readonly string[]) =>
      (await retention.listKept(run, WHOLE, beforeMs, of)).map(({ change, why }) => `${change} ${why}`).sort();
    expect(await listed(5, keys)).to.deep.equal(["2 legal hold", "3 legal hold", "4 repair", "5 doubt"]);
    expect(await listed(6, [])).to.deep.equal(["5 doubt"]);
    expect(await retention.listKept(run, { after: 2, to: 3 }, 5, keys)).to.have.lengthOf(1);
  });

  it("gives way to whoever works on a run of the job at the bank", async () => {
    const { ledger } = use;
    const run = await play("r1", [row(2, "client:a")]);
    const claimed = await ledger.leases.claim(leaseName(BANK, "nightly"), "me", 100, 9);
    for (const act of [
      ledger.retention.begin(run, [], 10, await ledger.retention.findTurn(run)),
      ledger.retention.takeOut(run, WHOLE, 10),
      ledger.retention.end(run, 10),
      ledger.retention.takeEvidence(run, 9, 10),
    ])
      expect((await fatalOf(act)).code).to.equal("lease_held");
    expect((await ledger.runs.find("r1"))?.prunedAtMs).to.equal(null);
    await ledger.leases.release(claimed.lease);
    await ledger.leases.claim(leaseName(SANDBOX, "nightly"), "me", 100, 9);
    await ledger.retention.begin(run, [], 10, await ledger.retention.findTurn(run));
  });

  it("begins with nothing once somebody has worked on a run of the job since it was looked at what is to stay", async () => {
    const { ledger } = use;
    const run = await play("r1", [row(2, "client:a")]);
    const turn = await ledger.retention.findTurn(run);
    const { lease } = await ledger.leases.claim(leaseName(BANK, "nightly"), "me", 100, 10);
    await ledger.leases.release(lease);
    const error = await fatalOf(ledger.retention.begin(run, [], 11, turn));
    expect(error.code).to.equal("lease_held");
    expect((await ledger.runs.find("r1"))?.prunedAtMs).to.equal(null);
    await ledger.retention.begin(run, [], 11, await ledger.retention.findTurn(run));
    expect((await ledger.runs.find("r1"))?.prunedAtMs).to.equal(11);
  });

  it("lets all rows go of runs without values, from the earliest on, and keeps the run", async () => {
    const { ledger } = use;
    const { retention, lineage } = ledger;
    const evidence = async () => (await retention.listEvidence("nightly", 6, 9)).map(({ id }) => id);
    const first = await play("r1", [row(2, "client:a"), row(3, "client:b")]);
    const second = await play("r2", [from(row(2, "client:a"), "r1", 2), row(3, "client:c")]);
    await prune(first, [{ change: 3, why: "open" }]);
    await prune(second);
    await lineage.settle(second);
    expect(await evidence(), "an earlier run is not settled").to.deep.equal([]);
    await prune(first);
    await lineage.settle(first);
    expect(await evidence(), "an attempt waits for its original").to.deep.equal(["r1"]);
    const taken: boolean[] = [];
    do taken.push(await retention.takeEvidence(first, 1, 9));
    while (taken.at(-1));
    expect(taken).to.deep.equal([true, true, false]);
    expect(await evidence()).to.deep.equal(["r2"]);
    while (await retention.takeEvidence(second, 9, 9));
    expect(await evidence()).to.deep.equal([]);
    expect(await due()).to.deep.equal([]);
    expect(await ledger.rows.readResults(first, ALL)).to.deep.equal([]);
    expect(
      (await ledger.rows.readResults(second, ALL)).map(({ source }) => source.row),
      "says of which batch it is",
    ).to.deep.equal([2]);
    expect((await ledger.runs.find("r1"))?.rows).to.equal(2);
    expect((await ledger.runs.findTaken(BANK, "nightly", { sha256: "abc" }))?.id).to.equal("r2");
    expect(await ledger.runs.listUnsettled({ bank: null, job: null }, 0, 9)).to.deep.equal([]);
  });

  it("keeps the line of an account on hold in the list of a snapshot that lacked it, by either id", async () => {
    const { ledger } = use;
    const run = await play("r1", [row(2, "client:a")]);
    await use.tamper(`INSERT INTO absent_accounts (run, account_id, client_account_id, scope, state) VALUES
      (${run.no}, 'account_1', 'c1', 'Card', 'absent'), (${run.no}, 'account_2', 'c2', 'Card', 'absent'), (${run.no}, 'account_3', NULL, 'Card', 'done')`);
    const held = await ledger.retention.listAbsentKept(run, ["client:c2", "account:account_3", "account:c1"]);
    expect(held).to.deep.equal([
      { change: -2, why: "legal hold" },
      { change: -3, why: "legal hold" },
    ]);
    await prune(run, held);
    const lines = await ledger.snapshots.listAbsent(run, "", 9);
    expect(lines.map(({ accountId, scope }) => `${accountId} ${scope}`)).to.deep.equal([
      "account_1 null",
      "account_2 Card",
      "account_3 Card",
    ]);
    expect(await ledger.retention.countKept(run)).to.deep.equal({ "legal hold": 2 });
    expect(await ledger.retention.listEvidence("nightly", 6, 9), "its rows stay").to.deep.equal([]);
    await prune(run);
    expect((await ledger.retention.listEvidence("nightly", 6, 9)).map(({ id }) => id)).to.deep.equal(["r1"]);
  });
}
