/**
 * What every ledger must keep of accounts that were tied out: which changes need not be fetched, and what undoes that.
 */
import { expect } from "chai";
import type { NotFetched, PlannedChange, SkipTerms } from "../../src/ledger/ledger.ts";
import type { Run } from "../../src/ledger/run.ts";
import {
  ALL,
  BANK,
  claimLease,
  EVERY_CHANGE,
  findAll,
  issue,
  newRun,
  outcome,
  plan,
  recordEnd,
  row,
  SANDBOX,
  sendOne,
} from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

const TERMS: SkipTerms = { sinceMs: 1_000, nowMs: 9_000, seed: 7 };
const UNCHANGED = { word: "unchanged" as const, issues: [] };

export function suiteOfTiedOut(use: LedgerInUse): void {
  /** A run with a change for each of these accounts, whose content is given. */
  const begin = async (id: string, contents: readonly string[], bank = BANK): Promise<Run> => {
    const { runs, rows, tiedOut } = use.ledger;
    const run = await runs.open(bank, newRun(id));
    await rows.recordRows(
      run,
      contents.map((_, index) => row(index + 2, `account:a${index + 2}`)),
    );
    await tiedOut.recordContents(
      run,
      "single",
      contents.map((content, index) => ({ change: index + 2, content, gets: 1 })),
    );
    await findAll(use.ledger, run);
    return run;
  };
  /** Plans what is open; unchanged, unless it is said otherwise. */
  const planAll = async (run: Run, over: (change: number) => Partial<PlannedChange> = () => ({})) => {
    const { changes } = use.ledger;
    for (const { change, accountId, memory } of await changes.readToPlan(run, ALL)) {
      const base = { accountId, touch: memory.touch, verdict: UNCHANGED };
      await changes.recordPlans(run, [plan(change, [], { ...base, ...over(change) })]);
    }
  };
  const tie = async (contents: readonly string[], over?: (change: number) => Partial<PlannedChange>) => {
    const run = await begin("first", contents);
    await use.ledger.tiedOut.recordToFetch(run);
    await planAll(run, over);
    await use.ledger.tiedOut.recordTiedOut(run);
    return run;
  };
  const skipIn = async (id: string, contents: readonly string[], terms: SkipTerms = TERMS): Promise<NotFetched> =>
    use.ledger.tiedOut.recordNotFetched(await begin(id, contents), terms);
  const many = (count: number) => Array.from({ length: count }, (_, index) => `content ${index}`);

  it("skips what was seen equal, all but a share, and says when it was seen", async () => {
    await tie(many(400));
    const run = await begin("second", many(400));
    const { tiedOut, changes } = use.ledger;
    const told = await tiedOut.recordNotFetched(run, TERMS);
    const left = (await changes.readToPlan(run, ALL)).map(({ change }) => change);
    expect(left.length).to.be.within(1, 12);
    expect(told).to.deep.equal({
      changes: 400 - left.length,
      gets: 400 - left.length,
      firstAtMs: 2_000,
      lastAtMs: 2_000,
    });
    expect(await tiedOut.countRows(run)).to.equal(told.changes);
    expect(await tiedOut.recordNotFetched(run, TERMS), "again, as after a crash").to.deep.equal(told);
    expect((await changes.readToPlan(run, ALL)).map(({ change }) => change)).to.deep.equal(left);
    const other = await begin("third", many(400));
    expect(await tiedOut.recordNotFetched(other, { ...TERMS, seed: 2 ** 31 })).to.include({ firstAtMs: 2_000 });
    const others = (await changes.readToPlan(other, ALL)).map(({ change }) => change);
    expect(others, "another seed chooses others").to.not.deep.equal(left);
  });

  it("always leaves one to fetch", async () => {
    await tie(["x", "y", "z"]);
    expect((await skipIn("second", ["x", "y", "z"])).changes).to.equal(2);
    // The one that was left is not tied out until it is seen equal again.
    expect((await skipIn("third", ["x", "y", "z"])).changes).to.equal(1);
  });

  it("skips nothing of another content, time, bank or account, nor what ended with a note or otherwise", async () => {
    const noted = { verdict: { word: "unchanged" as const, issues: [issue("bank_keeps_other")] } };
    const held = { verdict: { word: "held" as const, issues: [issue("guard")] } };
    await tie(["a", "b", "c", "d"], (change) => (change === 2 ? noted : change === 3 ? held : {}));
    expect((await skipIn("other", ["x", "x", "x", "x"])).changes).to.equal(0);
    await tie2(["a", "b", "c", "d"]);
    expect((await skipIn("late", ["a", "b", "c", "d"], { ...TERMS, sinceMs: 2_001 })).changes).to.equal(0);
    await tie2(["a", "b", "c", "d"]);
    const elsewhere = await begin("elsewhere", ["a", "b", "c", "d"], SANDBOX);
    expect((await use.ledger.tiedOut.recordNotFetched(elsewhere, TERMS)).changes).to.equal(0);
    const noMore = await begin("held", ["a", "b", "c", "d"]);
    await use.ledger.tiedOut.recordToFetch(noMore);
    await planAll(noMore, (change) => (change === 2 ? noted : change === 3 ? held : {}));
    await use.ledger.tiedOut.recordTiedOut(noMore);
    const run = await begin("last", ["a", "b", "c", "d"]);
    expect((await use.ledger.tiedOut.recordNotFetched(run, TERMS)).changes).to.equal(1);
    const left = (await use.ledger.changes.readToPlan(run, ALL)).map(({ change }) => change);
    expect(left).to.include.members([2, 3]);
  });

  let ties = 0;
  const tie2 = async (contents: readonly string[]) => {
    ties += 1;
    const run = await begin(`tie ${ties}`, contents);
    await use.ledger.tiedOut.recordToFetch(run);
    await planAll(run);
    await use.ledger.tiedOut.recordTiedOut(run);
  };

  it("ties out what was applied once, until another run touches or holds the account", async () => {
    const { ledger } = use;
    const first = await begin("first", ["a", "b"]);
    await ledger.changes.recordPlans(first, [
      plan(2, ["patch"], { accountId: "a2" }),
      plan(3, [], { accountId: "a3", verdict: UNCHANGED }),
    ]);
    const lease = await claimLease(ledger, first);
    await sendOne(ledger, first, lease);
    await recordEnd(ledger, first, outcome("applied"), { end: { word: "applied", issues: [] } });
    await ledger.tiedOut.recordTiedOut(first);
    const second = await begin("second", ["a", "b"]);
    expect((await ledger.tiedOut.recordNotFetched(second, TERMS)).changes).to.equal(1);
    await ledger.tiedOut.recordToFetch(await begin("all", ["a", "b"]));
    await ledger.tiedOut.recordTiedOut(first);
    expect((await skipIn("old", ["a", "b"])).changes, "an earlier run says nothing any more").to.equal(0);
  });

  it("skips nothing whose account another run holds", async () => {
    const { ledger } = use;
    await tie(["a", "b", "c"]);
    const other = await ledger.runs.open(BANK, newRun("other", { job: "other" }));
    await ledger.rows.recordRows(other, [row(2, "account:a2")]);
    await findAll(ledger, other);
    await ledger.changes.recordPlans(other, [plan(2, ["patch"], { accountId: "a2" })]);
    await sendOne(ledger, other, await claimLease(ledger, other));
    const run = await begin("second", ["a", "b", "c"]);
    expect((await ledger.tiedOut.recordNotFetched(run, TERMS)).changes).to.equal(1);
    expect((await ledger.changes.readToPlan(run, ALL)).map(({ change }) => change)).to.include(2);
  });

  it("does not tie out what took a second attempt, or what another run has touched since", async () => {
    const { ledger } = use;
    const first = await begin("first", ["a", "b", "c"]);
    await planAll(first, (change) =>
      change === 2 ? { verdict: { word: null, issues: [] }, operations: plan(2, ["patch"]).operations } : {},
    );
    const other = await ledger.runs.open(BANK, newRun("other", { job: "other" }));
    await ledger.rows.recordRows(other, [row(2, "account:a2")]);
    await findAll(ledger, other);
    await ledger.changes.recordPlans(other, [plan(2, ["patch"], { accountId: "a2" })]);
    await sendOne(ledger, other, await claimLease(ledger, other));
    await recordEnd(ledger, other, outcome("applied"), { end: { word: "applied", issues: [] } });
    await ledger.changes.recordDone(first, 2, UNCHANGED, 3_000);
    await ledger.tiedOut.recordTiedOut(first);
    const second = await begin("second", ["a", "b", "c"]);
    await ledger.tiedOut.recordNotFetched(second, TERMS);
    expect((await ledger.changes.readToPlan(second, ALL)).map(({ change }) => change)).to.include(2);
  });

  it("counts of its share what the bank has changed, and opens the rest again", async () => {
    await tie(many(300));
    const { tiedOut, changes } = use.ledger;
    const run = await begin("second", many(300));
    const { changes: skipped } = await tiedOut.recordNotFetched(run, TERMS);
    const operations = plan(2, ["patch"]).operations;
    await planAll(run);
    expect(await tiedOut.countChanged(run, TERMS.sinceMs)).to.equal(0);
    await tiedOut.recordTiedOut(run);
    const third = await begin("third", many(300));
    expect((await tiedOut.recordNotFetched(third, TERMS)).changes).to.equal(skipped);
    await planAll(third, () => ({ verdict: { word: null, issues: [] }, operations }));
    expect(await tiedOut.countChanged(third, TERMS.sinceMs)).to.equal(300 - skipped);
    await tiedOut.reopenNotFetched(third);
    await tiedOut.recordToFetch(third);
    expect(await changes.readToPlan(third, ALL)).to.have.length(skipped);
    expect(await tiedOut.countRows(third)).to.equal(0);
  });

  it("keeps the first of a change's contents, until its rows are folded", async () => {
    const { tiedOut, changes } = use.ledger;
    await tie(["a", "b"]);
    const run = await begin("second", ["a", "b"]);
    await tiedOut.recordContents(run, "single", [{ change: 2, content: "other", gets: 1 }]);
    await tiedOut.recordContents(run, "folded", [{ change: 3, content: "folded", gets: 2 }]);
    await tiedOut.recordContents(run, "single", [{ change: 9, content: "no change", gets: 2 }]);
    await tiedOut.recordContents(run, "single", []);
    await tiedOut.recordNotFetched(run, TERMS);
    const left = (await changes.readToPlan(run, ALL)).map(({ change }) => change);
    expect(left).to.include(3);
    const again = await begin("third", ["a", "b"]);
    expect(await changes.readToPlan(again, { ...ALL, to: EVERY_CHANGE })).to.have.length(2);
  });

  it("forgets accounts, and all of a bank", async () => {
    await tie(["a", "b", "c", "d"]);
    await use.ledger.tiedOut.forgetAccounts(BANK, ["a2", "a3"]);
    const run = await begin("second", ["a", "b", "c", "d"]);
    expect((await use.ledger.tiedOut.recordNotFetched(run, TERMS)).changes).to.equal(1);
    await tie2(["a", "b", "c", "d"]);
    await use.ledger.tiedOut.forget(SANDBOX);
    await use.ledger.tiedOut.forget(BANK);
    expect((await skipIn("third", ["a", "b", "c", "d"])).changes).to.equal(0);
  });

  it("keeps what each run has fetched, and lists it by job, the latest first", async () => {
    const { runs, tiedOut } = use.ledger;
    const fetching = { kind: "some" as const, sinceMs: 5, notFetched: null };
    const first = await runs.open(BANK, newRun("1"));
    await runs.record(first, { fetching });
    await runs.open(BANK, newRun("2"));
    const other = await runs.open(BANK, newRun("3", { job: "other" }));
    await runs.open(BANK, newRun("4", { rerunOf: "1" }));
    await runs.open(BANK, newRun("5", { kind: "plan" }));
    const asked = await runs.open(BANK, newRun("asked"));
    await runs.record(asked, { fetching: { kind: "all", why: "asked" } });
    const nothing = await runs.open(BANK, newRun("none to skip"));
    const none = { changes: 0, gets: 0, firstAtMs: 0, lastAtMs: 0 };
    await runs.record(nothing, { fetching: { ...fetching, notFetched: none } });
    await runs.record(await runs.open(BANK, newRun("no rows")), { rows: 0, stage: "ended" });
    await runs.open(BANK, newRun("absent", { absentOf: "1" }));
    const last = await runs.open(BANK, newRun("6"));
    expect((await runs.find("1"))?.fetching).to.deep.equal(fetching);
    expect((await runs.find("2"))?.fetching).to.equal(undefined);
    expect(await tiedOut.listFetching(last, 9)).to.deep.equal([null, fetching]);
    expect(await tiedOut.listFetching(last, 1)).to.deep.equal([null]);
    expect(await tiedOut.listFetching(other, 9)).to.deep.equal([]);
  });
}
