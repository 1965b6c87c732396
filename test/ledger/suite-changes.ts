/**
 * What every ledger must do while changes are found and planned.
 */
import { expect } from "chai";
import type { Account } from "../../src/account.ts";
import type { Page } from "../../src/ledger/page.ts";
import type { Run } from "../../src/ledger/run.ts";
import {
  ALL,
  BANK,
  claimLease,
  EVERY_CHANGE,
  fatalOf,
  findAll,
  issue,
  newRun,
  operation,
  outcome,
  plan,
  planOne,
  recordEnd,
  row,
  SANDBOX,
  sendOne,
} from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

export function suiteOfFinds(use: LedgerInUse): void {
  const found = async (run: Run, page: Page = ALL) =>
    (await use.ledger.changes.readToPlan(run, page)).map(({ change, accountId }) => [change, accountId]);
  const unfound = async (run: Run, page: Page = ALL) =>
    (await use.ledger.changes.readToFind(run, page)).map(({ change }) => change);

  it("finds accounts by their id and by the bank's own links, up to a change", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("r"));
    await ledger.accounts.recordLinks(SANDBOX, [{ clientAccountId: "b", accountId: "wrong" }]);
    await ledger.accounts.recordLinks(BANK, [{ clientAccountId: "c:1", accountId: "X" }]);
    const keys = ["account:A", "client:b", "client:c", "account:D"];
    await ledger.rows.recordRows(
      run,
      keys.map((key, index) => row(index + 2, key)),
    );
    await ledger.rows.recordRows(run, [{ ...row(6, "client:c"), key: "client:c:1" }]);
    const open = { planned: 0, operations: 0 };
    expect(await found(run), "an account_id needs no finding").to.deep.equal([
      [2, "A"],
      [5, "D"],
    ]);
    expect(await ledger.changes.countOpen(run)).to.deep.equal({ ...open, read: 3, found: 2 });
    expect(await ledger.changes.countOpen(run, 4)).to.deep.equal({ ...open, read: 2, found: 1 });
    await ledger.changes.findByLedger(run, 4);
    expect(await found(run, { ...ALL, to: 4 })).to.deep.equal([[2, "A"]]);
    expect(await unfound(run, { ...ALL, to: 4 })).to.deep.equal([3, 4]);
    expect(await unfound(run), "no further than it was to go").to.deep.equal([3, 4, 6]);
    await ledger.changes.findByLedger(run, EVERY_CHANGE);
    expect(await found(run)).to.deep.equal([
      [2, "A"],
      [5, "D"],
      [6, "X"],
    ]);
    expect(await found(run, { ...ALL, to: 4 })).to.deep.equal([[2, "A"]]);
    expect(await found(run, { after: 2, limit: 1 })).to.deep.equal([[5, "D"]]);
    expect(await ledger.changes.countOpen(run)).to.deep.equal({ ...open, read: 2, found: 3 });
    expect(await unfound(run)).to.deep.equal([3, 4]);
    expect(await unfound(run, { after: 3, limit: 1 })).to.deep.equal([4]);
  });

  it("finds more changes than go into one transaction", async () => {
    const run = await use.ledger.runs.open(BANK, newRun("r"));
    const rows = Array.from({ length: 4_100 }, (_, n) => row(n + 2, n % 2 === 0 ? `account:${n}` : `client:${n}`));
    await use.ledger.rows.recordRows(run, rows);
    await use.ledger.changes.findByLedger(run, EVERY_CHANGE);
    const every = { after: 0, limit: 5_000 };
    expect(await use.ledger.changes.readToPlan(run, every)).to.have.length(2_050);
    expect(await use.ledger.changes.readToFind(run, every)).to.have.length(2_050);
  });

  it("gives what a look-up has seen to planning, and keeps it for an explanation only where the row is not unchanged", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("r"));
    await ledger.rows.recordRows(run, [row(2, "client:a"), row(3, "client:b"), row(4, "account:c")]);
    await ledger.changes.findByLedger(run, EVERY_CHANGE);
    const seen = (id: string, atMs: number) => ({
      account: { id, details: { product_name: "Card" } } as Account,
      atMs,
    });
    await ledger.changes.recordFound(run, [
      { change: 2, accountId: "A", verdict: null, seen: seen("A", 70) },
      { change: 3, accountId: "B", verdict: null, seen: seen("B", 80) },
    ]);
    const toPlan = await ledger.changes.readToPlan(run, { after: 0, limit: 9 });
    expect(toPlan.map(({ lookedUp }) => lookedUp)).to.deep.equal([seen("A", 70), seen("B", 80), null]);
    expect((await ledger.changes.readStored(run, 2, "A")).lookedUp).to.equal(null);
    const verdictOf = (word: "unchanged" | "refused") => ({ word, issues: [] });
    await ledger.changes.recordPlans(run, [
      plan(2, [], { seen: "{}", isLookedUp: true, verdict: verdictOf("unchanged") }),
      plan(3, [], { seen: "{}", isLookedUp: true, verdict: verdictOf("refused") }),
    ]);
    expect((await ledger.rows.readChangeOf(run, 2))?.seen).to.equal(null);
    expect((await ledger.rows.readChangeOf(run, 3))?.seen).to.equal("{}");
  });

  it("takes what the bank's look-up found, none found, or why it ends there", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("r"));
    await ledger.rows.recordRows(run, [row(2, "client:a"), row(3, "client:b"), row(4, "client:c")]);
    await ledger.changes.recordFound(run, [
      { change: 2, accountId: "A", verdict: null, seen: null },
      { change: 3, accountId: null, verdict: null, seen: null },
      { change: 4, accountId: null, verdict: { word: "held", issues: [issue("lookup_unproven")] }, seen: null },
    ]);
    expect(await unfound(run)).to.deep.equal([]);
    expect(await found(run)).to.deep.equal([
      [2, "A"],
      [3, null],
    ]);
    expect(await ledger.changes.findUnlinked(run, EVERY_CHANGE)).to.equal("client:b");
    expect(await ledger.changes.findUnlinked(run, 2)).to.equal(undefined);
    const [, , held] = await ledger.rows.readResults(run, ALL);
    expect(held).to.deep.include({ word: "held", issues: [issue("lookup_unproven")] });
  });
}

export function suiteOfPlans(use: LedgerInUse): void {
  const openRun = async (...keys: string[]) => {
    const run = await use.ledger.runs.open(BANK, newRun("r"));
    await use.ledger.rows.recordRows(
      run,
      keys.map((key, index) => row(index + 2, key)),
    );
    await findAll(use.ledger, run);
    return run;
  };
  const applicable = async (run: Run, page = ALL) =>
    (await use.ledger.changes.takeToApply(run, page)).map(({ change, operations }) => [
      change,
      operations.map(({ kind }) => kind),
    ]);

  it("stores plans, and gives planned changes out whole, by page", async () => {
    const { changes } = use.ledger;
    const run = await openRun("account:a", "client:b", "account:c");
    await changes.recordPlans(run, [
      plan(2, ["patch", "close"], { accountId: "a", verdict: { word: null, issues: [issue("extra_relationship")] } }),
      plan(3, ["create"]),
      plan(4, [], { accountId: "c", differences: [], verdict: { word: "unchanged", issues: [] } }),
    ]);
    await use.reopen();
    const [first, second, ...rest] = await use.ledger.changes.takeToApply(run, ALL);
    const unsent = {
      state: "planned",
      attempts: 0,
      inDoubt: false,
      firstSentAtMs: null,
      firstSentBankAtMs: null,
      lastSentAtMs: null,
      httpStatus: null,
      requestId: null,
      issue: null,
    };
    expect(first).to.deep.equal({
      change: 2,
      begun: 0,
      misanswered: 0,
      key: "account:a",
      accountId: "a",
      source: row(2, "account:a").source,
      folded: null,
      plannedAtMs: 2_000,
      touch: 0,
      kept: [],
      resolutions: [],
      notes: [issue("extra_relationship")],
      operations: [
        { ...operation(1, "patch"), ...unsent },
        { ...operation(2, "close"), ...unsent },
      ],
    });
    expect(second).to.deep.include({ change: 3, accountId: null, notes: [] });
    const stored = {
      change: 2,
      key: "account:a",
      source: row(2, "account:a").source,
      folded: null,
      accountId: "a",
      memory: { touch: 0, effectiveAt: null, appliedByRun: 0 },
      kept: [],
      lookedUp: null,
      provenance: null,
      begun: 0,
    };
    expect(await use.ledger.changes.readStored(run, 2, "a")).to.deep.equal(stored);
    expect(await use.ledger.changes.readStoredOf(run, [2, 99])).to.deep.equal([stored]);
    expect(await use.ledger.changes.readStoredOf(run, [])).to.deep.equal([]);
    expect(rest).to.deep.equal([]);
    expect(await applicable(run, { after: 2, limit: 1 })).to.deep.equal([[3, ["create"]]]);
    expect(await applicable(run, { after: 0, limit: 1 })).to.deep.equal([[2, ["patch", "close"]]]);
    const results = await use.ledger.rows.readResults(run, ALL);
    expect(results[2]).to.deep.include({ word: "unchanged", accountId: "c", atMs: 2_000 });
    expect(await use.ledger.changes.readToPlan(run, ALL)).to.deep.equal([]);
  });

  it("takes one first plan for a change: a second changes nothing, nor does a bad neighbour lose a good one", async () => {
    const { changes } = use.ledger;
    const run = await openRun("account:a", "account:b");
    await changes.recordPlans(run, [plan(2, ["patch", "close"], { accountId: "a" })]);
    const before = await changes.takeToApply(run, ALL);
    const ends = await Promise.allSettled([
      changes.recordPlans(run, [plan(2, ["activate"], { accountId: "a", touch: 7 })]),
      changes.recordPlans(run, [plan(3, ["patch"], { accountId: "b" })]),
      changes.recordPlans(run, [plan(2, [], { verdict: { word: "unchanged", issues: [] } })]),
    ]);
    expect(ends.map(({ status }) => status)).to.deep.equal(["rejected", "fulfilled", "rejected"]);
    expect(ends[0])
      .to.have.nested.property("reason.message")
      .that.matches(/unique/i);
    expect((await changes.takeToApply(run, ALL))[0]).to.deep.equal(before[0]);
    expect(await applicable(run)).to.deep.equal([
      [2, ["patch", "close"]],
      [3, ["patch"]],
    ]);
  });

  it("replaces the plan of a change of which nothing was sent, and of no other", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("r"));
    const again = (...over: Parameters<typeof plan>) => ledger.changes.recordPlanAgain(run, plan(...over));
    const internal = async (promise: Promise<void>) => expect((await fatalOf(promise)).code).to.equal("internal");
    await planOne(ledger, run, "account:a", ["patch", "close"]);
    await again(2, ["activate"], { touch: 3, plannedAtMs: 2_200, resolutions: [] });
    expect(await applicable(run)).to.deep.equal([[2, ["activate"]]]);
    const [replaced] = await ledger.changes.takeToApply(run, ALL);
    expect(replaced, "null keeps what is known").to.deep.include({ accountId: "a", touch: 3, plannedAtMs: 2_200 });
    await again(2, ["activate"]);
    const lease = await claimLease(ledger, run);
    await sendOne(ledger, run, lease);
    await internal(again(2, ["close"]));
    await recordEnd(ledger, run, outcome("planned"));
    await again(2, ["close"]);
    expect(await applicable(run)).to.deep.equal([[2, ["close"]]]);
    expect((await ledger.changes.takeToApply(run, ALL))[0]?.operations[0]).to.deep.include({ attempts: 1 });
    await again(2, [], { verdict: { word: "unchanged", issues: [] } });
    expect(await applicable(run)).to.deep.equal([]);
    await internal(again(2, ["close"]));
    await ledger.rows.recordRows(run, [row(3, "account:b")]);
    await internal(again(3, ["close"]));
  });

  it("closes every planned change with a kind whole, but none that was sent", async () => {
    const { ledger } = use;
    const run = await openRun("account:a", "account:b", "account:c", "account:d");
    await ledger.changes.recordPlans(run, [
      plan(2, ["close"], { accountId: "a" }),
      plan(3, ["patch", "close"], { accountId: "b" }),
      plan(4, ["patch"], { accountId: "c" }),
      plan(5, ["close"], { accountId: "d" }),
    ]);
    await sendOne(ledger, run, await claimLease(ledger, run));
    const open = { read: 0, found: 0 };
    expect(await ledger.changes.countOpen(run)).to.deep.equal({ ...open, planned: 4, operations: 5 });
    expect(await ledger.changes.countOpen(run, 3)).to.deep.equal({ ...open, planned: 2, operations: 3 });
    const held = { word: "held", issues: [issue("lookup_unproven")] } as const;
    expect(await ledger.changes.closePlanned(run, "close", held, 7)).to.equal(2);
    expect(await ledger.changes.closePlanned(run, "close", held, 8)).to.equal(0);
    expect(await applicable(run)).to.deep.equal([
      [2, ["close"]],
      [4, ["patch"]],
    ]);
    const results = await ledger.rows.readResults(run, ALL);
    expect(results[1]).to.deep.include({ word: "held", issues: held.issues, atMs: 7 });
    expect(results[1]?.operations.map(({ state }) => state)).to.deep.equal(["skipped", "skipped"]);
    expect(results.map(({ word }) => word)).to.deep.equal([null, "held", null, "held"]);
  });
}
