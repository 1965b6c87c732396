/**
 * What every ledger must do with snapshots: keep what their rows name, find the accounts that they lack in parts, and mark each account as held or
 * absent by the latest one.
 */
import { expect } from "chai";
import type { Run } from "../../src/ledger/run.ts";
import type { SnapshotRow } from "../../src/ledger/snapshots.ts";
import type { SnapshotOf } from "../../src/snapshot-settings.ts";
import { BANK, newRun, row } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

const ALL: SnapshotOf = { scope: "all", absent: { do: "deactivate", reason: "dormant" } };
const BY_PRODUCT: SnapshotOf = { scope: { column: "product_name", values: ["Loan"] }, absent: null };
const MARKED = { isMarked: true, writtenAtMs: 0 };

export function suiteOfSnapshots(use: LedgerInUse): void {
  const link = (...numbers: readonly number[]) =>
    use.ledger.accounts.recordLinks(
      BANK,
      numbers.map((n) => ({ clientAccountId: `C-${n}`, accountId: `account_${n}` })),
    );
  const named = (at: number, over: Partial<SnapshotRow>): SnapshotRow => ({
    row: at + 2,
    scope: null,
    accountId: null,
    clientAccountId: null,
    isRead: true,
    ...over,
  });

  /** A snapshot with these rows, read and not judged. */
  async function snapshot(id: string, rows: readonly Partial<SnapshotRow>[], settings = ALL): Promise<Run> {
    const { ledger } = use;
    const opened = await ledger.runs.open(BANK, newRun(id));
    await ledger.snapshots.open(opened, settings);
    await ledger.snapshots.recordRows(
      opened,
      rows.map((over, at) => named(at, over)),
    );
    const desired = rows.map(({ accountId, clientAccountId }, at) =>
      row(at + 2, accountId ? `account:${accountId}` : `client:${clientAccountId}`),
    );
    await ledger.rows.recordRows(opened, desired);
    await ledger.runs.record(opened, { stage: "plan", rows: rows.length });
    const run = await ledger.runs.find(id);
    if (run === undefined) throw new Error(`no run ${id}`);
    return run;
  }
  const clients = (...numbers: readonly number[]) => numbers.map((n) => ({ clientAccountId: `C-${n}` }));
  const absentOf = async (run: Run) =>
    (await use.ledger.snapshots.listAbsent(run, "", 100)).map(({ accountId, state }) => `${accountId} ${state}`);

  it("finds the accounts of links that the rows lack, by near ids too, and keeps that", async () => {
    await link(1, 2, 3, 4);
    const run = await snapshot("one", [
      { clientAccountId: "C-1" },
      { accountId: "account_2" },
      { clientAccountId: " c-3" },
    ]);
    const states = await use.ledger.snapshots.recordAbsent(run, ALL, MARKED);
    expect(states).to.deep.equal({ absent: 1, done: 0, elsewhere: 0, changed_since: 0 });
    await use.reopen();
    expect(await absentOf(run)).to.deep.equal(["account_4 absent"]);
    expect(await use.ledger.snapshots.listOfAccount(BANK, "account_4", 5)).to.deep.equal([
      {
        accountId: "account_4",
        clientAccountId: "C-4",
        scope: null,
        lastRun: null,
        state: "absent",
        run: "one",
        job: "nightly",
      },
    ]);
  });

  it("counts what was held before and is lost now, and who is back; the same when asked again", async () => {
    await link(1, 2, 3);
    const { snapshots } = use.ledger;
    const first = await snapshot("one", clients(1, 2, 3));
    await snapshots.recordAbsent(first, ALL, MARKED);
    const second = await snapshot("two", clients(1));
    const counts = { rows: 1, before: 3, lost: 2, back: 0, unread: 0, values: 0, goneValues: 0, goneAccounts: 0 };
    expect(await snapshots.recordCounts(second, ALL)).to.deep.equal(counts);
    await snapshots.recordAbsent(second, ALL, MARKED);
    expect(await snapshots.recordCounts(second, ALL), "kept").to.deep.equal(counts);
    const third = await snapshot("three", clients(1, 2));
    expect(await snapshots.recordCounts(third, ALL)).to.include({ before: 1, lost: 0 });
  });

  it("changes nothing once what a snapshot names is no longer kept", async () => {
    await link(1, 2);
    const { snapshots } = use.ledger;
    const first = await snapshot("one", clients(1));
    await snapshots.recordAbsent(first, ALL, MARKED);
    await snapshots.recordAbsent(await snapshot("two", clients(1, 2)), ALL, MARKED);
    expect(await snapshots.isSuperseded(first)).to.equal(true);
    expect(await snapshots.recordAbsent(first, ALL, MARKED)).to.equal(null);
    expect(await absentOf(first)).to.deep.equal(["account_2 absent"]);
  });

  it("tells rows of which nobody can say whose they are", async () => {
    await link(1);
    const unread = { isRead: false };
    const rows = [{ ...unread }, { ...unread, clientAccountId: "C-1" }, { ...unread, accountId: "account_1" }];
    const run = await snapshot("one", [...rows, { ...unread, clientAccountId: "?" }]);
    expect(await use.ledger.snapshots.recordCounts(run, ALL)).to.include({ rows: 4, unread: 2 });
    const other = await snapshot("two", clients(1));
    await use.ledger.snapshots.distrustClientIds(other);
    expect(await use.ledger.snapshots.recordCounts(other, ALL)).to.include({ unread: 1 });
  });

  it("counts rows of no known account by the id that they have, and leaves accounts alone that such a row may be of", async () => {
    await link(1, 2);
    const { snapshots } = use.ledger;
    const held = [{ accountId: "account_7" }, { accountId: "account_8" }];
    const first = await snapshot("one", [...clients(1, 2), ...held]);
    expect(await snapshots.countUnplaced(first)).to.deep.equal({ byAccountId: 2, byClientId: 0 });
    await use.tamper(
      `INSERT INTO plans (run, change, at, touch, seen) SELECT ${first.no}, c.change, 1, 0, '{}' FROM changes c`,
    );
    expect(await snapshots.countUnplaced(first)).to.deep.equal({ byAccountId: 0, byClientId: 0 });
    await snapshots.recordAbsent(first, ALL, MARKED);
    const second = await snapshot("two", [...clients(1, 9), { accountId: "account_7", clientAccountId: "C-3" }]);
    expect(await snapshots.countUnplaced(second)).to.deep.equal({ byAccountId: 0, byClientId: 1 });
    const states = await snapshots.recordAbsent(second, ALL, { ...MARKED, hasUnplaced: true });
    expect(states).to.deep.equal({ absent: 1, done: 0, elsewhere: 0, changed_since: 0, unclear: 1 });
    expect(await absentOf(second)).to.deep.equal(["account_2 absent", "account_8 unclear"]);
    const third = await snapshot("three", clients(1));
    expect(await snapshots.recordCounts(third, ALL), "an unclear one is not marked as absent").to.include({
      before: 3,
      lost: 2,
    });
  });

  it("has of a scope by column the accounts of the values that the file names or the job lists", async () => {
    await link(1, 2, 3);
    const { snapshots } = use.ledger;
    const scopes = ["Card", "Loan", "Lease"];
    const all = clients(1, 2, 3).map((one, at) => ({ ...one, scope: scopes[at] ?? null }));
    await snapshots.recordAbsent(await snapshot("one", all, BY_PRODUCT), BY_PRODUCT, MARKED);
    const cards = await snapshot("two", [{ clientAccountId: "C-9", scope: "Card" }], BY_PRODUCT);
    expect(await snapshots.recordCounts(cards, BY_PRODUCT)).to.include({ values: 1, goneValues: 1, goneAccounts: 1 });
    await snapshots.recordAbsent(cards, BY_PRODUCT, MARKED);
    expect(await absentOf(cards)).to.deep.equal(["account_1 absent", "account_2 absent"]);
    const unlisted: SnapshotOf = { scope: { column: "product_name" }, absent: null };
    await snapshot("three", [{ clientAccountId: "C-3", scope: "Lease" }], unlisted);
    expect(await snapshots.isSuperseded(cards), "by another value").to.equal(false);
    await snapshot("four", [{ clientAccountId: "C-1", scope: "Card" }], BY_PRODUCT);
    expect(await snapshots.isSuperseded(cards)).to.equal(true);
  });

  /** A snapshot that has been judged, and whose absent accounts are to be worked on. */
  async function owed(id: string): Promise<Run> {
    const { snapshots } = use.ledger;
    const run = await snapshot(id, clients(1));
    const states = await snapshots.recordAbsent(run, ALL, MARKED);
    if (states === null) throw new Error("nothing is kept");
    await snapshots.recordEnd(run, { counts: await snapshots.recordCounts(run, ALL), states, notActed: null }, true);
    return run;
  }

  it("lets nothing go of a snapshot that is owed a run, until that has its rows or a later snapshot is read", async () => {
    await link(1, 2);
    const { snapshots, runs, retention } = use.ledger;
    const run = await owed("one");
    await runs.record(run, { stage: "ended" });
    await runs.openPublication(run);
    await runs.recordPublication(run, { number: 1, summary: "{}", exit: 0, final: true, atMs: 5 });
    const stays = async () =>
      (await retention.listDue("nightly", 6, 1_000, 9)).map(({ run: { id }, stays: why }) => `${id} ${why}`);
    expect(await stays()).to.deep.equal(["one absent"]);
    const absent = await runs.open(BANK, newRun("absent", { absentOf: "one" }));
    expect(await stays(), "begun, and not read").to.deep.equal(["one absent"]);
    await runs.record(absent, { stage: "plan" });
    expect(await stays()).to.deep.equal(["one null"]);
    await runs.record(absent, { stage: "read" });
    expect(await stays()).to.deep.equal(["one absent"]);
    await snapshot("two", clients(1));
    expect(await snapshots.isSuperseded(run)).to.equal(true);
    expect(await stays()).to.deep.equal(["one null"]);
  });

  it("gives each snapshot that is owed a run until one is begun, and only one", async () => {
    await link(1, 2);
    const { snapshots, runs } = use.ledger;
    const run = await owed("one");
    expect(await snapshots.findOwed(BANK, "nightly", 0), "not ended").to.equal(undefined);
    await runs.record(run, { stage: "ended" });
    expect(await snapshots.findOwed(BANK, "nightly", 0)).to.equal("one");
    expect(await snapshots.findOwed(BANK, "weekly", 0)).to.equal(undefined);
    await runs.open(BANK, newRun("absent", { absentOf: "one" }));
    expect((await runs.find("absent"))?.absentOf).to.equal("one");
    expect(await snapshots.findOwed(BANK, "nightly", 0)).to.equal(undefined);
    const twice = await runs.open(BANK, newRun("again", { absentOf: "one" })).catch(() => "refused");
    expect(twice).to.equal("refused");
  });

  it("takes a plan's snapshot over into the run that applies it", async () => {
    await link(1, 2);
    const plan = await snapshot("plan", clients(1));
    const run = await use.ledger.runs.open(BANK, newRun("run"));
    await use.ledger.snapshots.copy(plan, run);
    await use.ledger.snapshots.copy(plan, run);
    expect(await use.ledger.snapshots.recordAbsent({ ...run, rows: 1 }, ALL, MARKED)).to.include({ absent: 1 });
  });
}
