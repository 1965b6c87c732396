/**
 * What every ledger must rule when two runs want one account.
 */
import { expect } from "chai";
import type { Ledger } from "../../src/ledger/ledger.ts";
import type { NewRun, Run } from "../../src/ledger/run.ts";
import {
  ALL,
  BANK,
  claimLease,
  claimOf,
  fatalOf,
  newRun,
  outcome,
  plan,
  planOne,
  recordEnd,
  row,
  SANDBOX,
  sendOne,
  sentAt,
} from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

const CLAIMED = { kind: "claimed" };
const DRIFTED = { kind: "drifted" };
const BUSY = { kind: "busy", run: "first", isAtWork: true };
const NIGHT = { job: "nightly" };
const WEEK = { job: "weekly" };

export function suiteOfClaims(use: LedgerInUse): void {
  const begin = async (id: string, job: Partial<NewRun>, key = "account:a", bank = BANK) => {
    const run = await use.ledger.runs.open(bank, newRun(id, job));
    await planOne(
      use.ledger,
      run,
      key,
      key.startsWith("client") ? ["create", "add_relationships"] : ["patch", "close"],
    );
    return run;
  };
  const claim = (run: Run, nowMs = 0, ledger: Ledger = use.ledger) => claimOf(ledger, run, { nowMs });
  const firstOf = async (run: Run) => (await use.ledger.changes.takeToApply(run, ALL))[0]?.operations[0];
  const done = (run: Run) => use.ledger.changes.recordDone(run, 2, { word: "applied", issues: [] }, 1);

  it("gives an account to one of two jobs while its lease lives, through two handles", async () => {
    const [first, second] = [await begin("first", NIGHT), await begin("second", WEEK)];
    const lease = await claimLease(use.ledger, first);
    const other = await use.openOther();
    expect(await claim(first)).to.deep.equal(CLAIMED);
    expect(await claim(first), "again").to.deep.equal(CLAIMED);
    expect(await claim(second, lease.untilMs - 1, other)).to.deep.equal(BUSY);
    await done(first);
    expect(await claim(second, 0, other)).to.deep.equal(CLAIMED);
  });

  it("lets exactly one of two handles claim when both do at once", async () => {
    const [first, second] = [await begin("first", NIGHT, "client:c"), await begin("second", WEEK, "client:c")];
    const other = await use.openOther();
    for (const run of [first, second]) await claimLease(use.ledger, run);
    const ends = await Promise.all([claim(first), claim(second, 0, other)]);
    expect(ends.map(({ kind }) => kind).sort()).to.deep.equal(["busy", "claimed"]);
  });

  it("takes over from a run whose lease is over, which then cannot send", async () => {
    const [first, second] = [await begin("first", NIGHT), await begin("second", WEEK)];
    const lease = await claimLease(use.ledger, first);
    await claim(first);
    expect(await claim(second, lease.untilMs)).to.deep.equal(CLAIMED);
    const late = use.ledger.operations.recordSending(first, lease, 2, 1, sentAt(1));
    expect((await fatalOf(late)).code).to.equal("lease_lost");
  });

  it("takes over an account that is held under two names, whichever of them the other run knows it by", async () => {
    await use.ledger.accounts.recordLinks(BANK, [{ clientAccountId: "c", accountId: "a" }]);
    const first = await begin("first", NIGHT, "client:c");
    const second = await begin("second", WEEK, "account:a");
    const lease = await claimLease(use.ledger, first);
    await claim(first);
    expect(await claim(second, lease.untilMs)).to.deep.equal(CLAIMED);
    const late = use.ledger.operations.recordSending(first, lease, 2, 1, sentAt(1));
    expect((await fatalOf(late)).code).to.equal("lease_lost");
  });

  it("sends nothing for an account that the run does not hold, though it holds the id that its row has", async () => {
    const first = await begin("first", NIGHT, "client:c");
    const second = await begin("second", WEEK, "account:a");
    const lease = await claimLease(use.ledger, first);
    await claimLease(use.ledger, second);
    for (const run of [first, second]) expect(await claim(run)).to.deep.equal(CLAIMED);
    await use.ledger.changes.recordPlanAgain(first, plan(2, ["patch"], { accountId: "a" }));
    const sent = use.ledger.operations.recordSending(first, lease, 2, 1, sentAt(1));
    expect((await fatalOf(sent)).code).to.equal("lease_lost");
  });

  it("takes over from an earlier run of the same job, whose lease the later one has", async () => {
    const [first, second] = [await begin("first", NIGHT), await begin("second", NIGHT)];
    await claimLease(use.ledger, first);
    await claim(first);
    expect(await claim(second)).to.deep.equal(CLAIMED);
  });

  it("never takes an account over whose outcome is open, be the lease over and the change done", async () => {
    const first = await begin("first", NIGHT);
    const second = await begin("second", WEEK);
    const third = await begin("third", NIGHT);
    const lease = await claimLease(use.ledger, first);
    expect(await claim(first)).to.deep.equal(CLAIMED);
    expect(await claim(second, lease.untilMs - 1), "somebody is at work on it").to.deep.equal(BUSY);
    const busy = { ...BUSY, isAtWork: false };
    await sendOne(use.ledger, first, lease);
    expect(await claim(second, 9_999)).to.deep.equal(busy);
    expect(await claim(third, 9_999)).to.deep.equal(busy);
    await recordEnd(use.ledger, first, outcome("unknown", { inDoubt: true }));
    await use.ledger.changes.recordDone(first, 2, { word: "unknown", issues: [] }, 1);
    expect(await claim(second, 9_999)).to.deep.equal(busy);
    expect(await claim(third, 9_999)).to.deep.equal(busy);
  });

  it("leaves an account alone that a run has in doubt under its client_account_id, from before it was known", async () => {
    const first = await begin("first", NIGHT, "client:c");
    const lease = await claimLease(use.ledger, first);
    await sendOne(use.ledger, first, lease);
    await recordEnd(use.ledger, first, outcome("unknown", { inDoubt: true }));
    await use.ledger.changes.recordDone(first, 2, { word: "unknown", issues: [] }, 1);
    await use.ledger.accounts.recordLinks(BANK, [{ clientAccountId: "c", accountId: "a" }]);
    const second = await begin("second", WEEK, "client:c");
    expect(await claim(second, lease.untilMs)).to.deep.equal({ ...BUSY, isAtWork: false });
  });

  it("finds a plan drifted that another run's outcome came after, and planned again fresh", async () => {
    const [first, second] = [await begin("first", NIGHT), await begin("second", WEEK)];
    await sendOne(use.ledger, first, await claimLease(use.ledger, first));
    await recordEnd(use.ledger, first, outcome("applied"));
    expect(await claim(first), "one's own begun change: its rest is planned on what it has done").to.deep.equal(
      DRIFTED,
    );
    await done(first);
    expect(await claim(second)).to.deep.equal(DRIFTED);
    expect(await claim(second)).to.deep.equal(DRIFTED);
    await use.ledger.changes.recordPlanAgain(second, plan(2, ["close"], { touch: 1 }));
    expect(await claim(second)).to.deep.equal(CLAIMED);
  });

  it("gives the claim up when a drifted change turns out to need nothing", async () => {
    const [first, second] = [await begin("first", NIGHT), await begin("second", WEEK)];
    await claimLease(use.ledger, first);
    await claim(first);
    await use.ledger.changes.recordPlanAgain(first, plan(2, [], { verdict: { word: "unchanged", issues: [] } }));
    expect(await claim(second)).to.deep.equal(CLAIMED);
  });

  it("never lets two runs create one account, and holds the new one under both its names", async () => {
    const first = await begin("first", NIGHT, "client:c");
    const second = await begin("second", WEEK, "client:c");
    await sendOne(use.ledger, first, await claimLease(use.ledger, first));
    expect(await claim(second)).to.deep.equal(BUSY);
    await recordEnd(use.ledger, first, outcome("applied", { accountId: "new" }));
    expect(await claim(second)).to.deep.equal(BUSY);
    const third = await begin("third", WEEK, "account:new");
    expect(await claim(third)).to.deep.equal(BUSY);
    await done(first);
    expect(await claim(third)).to.deep.equal(CLAIMED);
    expect(await claim(second)).to.deep.equal(DRIFTED);
  });

  it("gives up every account of a run that stops, but for those in doubt", async () => {
    const [first, second] = [await begin("first", NIGHT), await begin("second", WEEK)];
    const lease = await claimLease(use.ledger, first);
    await claim(first);
    await use.ledger.accounts.releaseClaims(first);
    expect(await claim(second, lease.untilMs - 1)).to.deep.equal(CLAIMED);
    await use.ledger.accounts.releaseClaims(second);
    await sendOne(use.ledger, first, lease);
    await use.ledger.accounts.releaseClaims(first);
    expect(await claim(second, lease.untilMs)).to.deep.equal({ ...BUSY, isAtWork: false });
  });

  it("finds a create drifted when a link has come to be meanwhile", async () => {
    const first = await begin("first", NIGHT, "client:c");
    await use.ledger.accounts.recordLinks(SANDBOX, [{ clientAccountId: "c", accountId: "x" }]);
    expect(await claim(first)).to.deep.equal(CLAIMED);
    await use.ledger.accounts.recordLinks(BANK, [{ clientAccountId: "c", accountId: "x" }]);
    expect(await claim(first)).to.deep.equal(DRIFTED);
  });

  it("holds an account that was found by its client_account_id under that too, against a create planned before", async () => {
    const second = await begin("second", WEEK, "client:c");
    await use.ledger.accounts.recordLinks(BANK, [{ clientAccountId: "c", accountId: "a" }]);
    const first = await begin("first", NIGHT, "client:c");
    await claimLease(use.ledger, first);
    expect(await claim(first)).to.deep.equal(CLAIMED);
    expect(await claim(second)).to.deep.equal(BUSY);
    await done(first);
    expect(await claim(second)).to.deep.equal(DRIFTED);
  });

  it("keeps banks apart, and accounts of one run", async () => {
    const [first, second] = [await begin("first", NIGHT), await begin("second", WEEK, "account:a", SANDBOX)];
    await claimLease(use.ledger, first);
    await claim(first);
    expect(await claim(second)).to.deep.equal(CLAIMED);
    await use.ledger.rows.recordRows(first, [row(3, "client:b")]);
    await use.ledger.changes.recordFound(first, [{ change: 3, accountId: "a", verdict: null, seen: null }]);
    await use.ledger.changes.recordPlans(first, [plan(3, ["patch"])]);
    expect(await claimOf(use.ledger, first, { change: 3 })).to.deep.equal(BUSY);
    await done(first);
    expect(await claimOf(use.ledger, first, { change: 3 })).to.deep.equal(CLAIMED);
  });

  it("records the first sending with the claim: sent once, timed by both clocks", async () => {
    const first = await begin("first", NIGHT);
    const lease = await claimLease(use.ledger, first);
    const sending = { lease, step: 1, at: { ourMs: 2_500, bankMs: 2_700 } };
    expect(await claimOf(use.ledger, first, { first: sending })).to.deep.equal(CLAIMED);
    await use.reopen();
    const timed = { firstSentAtMs: 2_500, firstSentBankAtMs: 2_700, lastSentAtMs: 2_500 };
    expect(await firstOf(first)).to.deep.include({ state: "sending", attempts: 1, inDoubt: false, ...timed });
    const second = await begin("second", WEEK);
    expect(await claim(second, lease.untilMs), "as it may have taken effect").to.deep.equal({
      ...BUSY,
      isAtWork: false,
    });
    await recordEnd(use.ledger, first, outcome("applied"));
    expect(await firstOf(first)).to.deep.include({ state: "applied", attempts: 1 });
  });

  it("counts a first sending on what was sent before, under one key", async () => {
    const first = await begin("first", NIGHT);
    const lease = await claimLease(use.ledger, first);
    await sendOne(use.ledger, first, lease);
    await recordEnd(use.ledger, first, outcome("planned", { httpStatus: 429 }));
    await use.ledger.accounts.releaseClaims(first);
    const sending = { lease, step: 1, at: sentAt(9_000) };
    expect(await claimOf(use.ledger, first, { first: sending })).to.deep.equal(CLAIMED);
    const again = { state: "sending", attempts: 2, firstSentAtMs: 2_500, lastSentAtMs: 9_000, key: "key-patch-1" };
    expect(await firstOf(first)).to.deep.include(again);
  });

  it("records nothing as sent with a claim that is busy or drifted", async () => {
    const [first, second] = [await begin("first", NIGHT), await begin("second", WEEK)];
    await claimLease(use.ledger, first);
    await claim(first);
    const sending = { lease: await claimLease(use.ledger, second), step: 1, at: sentAt(1) };
    const unsent = { state: "planned", attempts: 0, firstSentAtMs: null, lastSentAtMs: null };
    expect(await claimOf(use.ledger, second, { first: sending })).to.deep.equal(BUSY);
    expect(await firstOf(second)).to.deep.include(unsent);
    await sendOne(use.ledger, first, await claimLease(use.ledger, first));
    await recordEnd(use.ledger, first, outcome("refused"), { end: { word: "refused", issues: [] } });
    expect(await claimOf(use.ledger, second, { first: sending })).to.deep.equal(DRIFTED);
    expect(await firstOf(second)).to.deep.include(unsent);
    const third = await begin("third", { job: "yearly" }, "client:c");
    const create = { lease: await claimLease(use.ledger, third), step: 1, at: sentAt(1) };
    await use.ledger.accounts.recordLinks(BANK, [{ clientAccountId: "C", accountId: "x" }]);
    expect(await claimOf(use.ledger, third, { first: create }), "one near to it was made").to.deep.equal(DRIFTED);
    expect(await firstOf(third)).to.deep.include(unsent);
  });

  it("claims nothing and sends nothing with a first sending under a lease that another has", async () => {
    const first = await begin("first", NIGHT);
    const old = await claimLease(use.ledger, first);
    await claimLease(use.ledger, first, "another", old.untilMs);
    const late = claimOf(use.ledger, first, { first: { lease: old, step: 1, at: sentAt(1) } });
    expect((await fatalOf(late)).code).to.equal("lease_lost");
    expect(await firstOf(first)).to.deep.include({ state: "planned", attempts: 0 });
    const second = await begin("second", WEEK);
    expect(await claim(second)).to.deep.equal(CLAIMED);
  });

  it("holds a create that applied, and gives both its names up with an end in the same moment", async () => {
    const first = await begin("first", NIGHT, "client:c");
    const lease = await claimLease(use.ledger, first);
    const sending = { lease, step: 1, at: sentAt(1) };
    expect(await claimOf(use.ledger, first, { first: sending })).to.deep.equal(CLAIMED);
    const end = { word: "applied", issues: [] } as const;
    await recordEnd(use.ledger, first, outcome("applied", { accountId: "new" }), { end });
    for (const [id, key] of [
      ["by id", "account:new"],
      ["by link", "client:c"],
    ] as const) {
      const other = await begin(id, { job: id.replace(" ", "-") }, key);
      expect(await claim(other), id).to.deep.equal(CLAIMED);
      await use.ledger.accounts.releaseClaims(other);
    }
  });

  it("keeps the account of a change that ends unknown in the same moment as its last answer", async () => {
    for (const key of ["account:a", "client:c"]) {
      const first = await begin(`first ${key}`, NIGHT, key);
      const lease = await claimLease(use.ledger, first);
      await sendOne(use.ledger, first, lease);
      const end = { word: "unknown", issues: [] } as const;
      await recordEnd(use.ledger, first, outcome("unknown", { inDoubt: true }), { end });
      const second = await begin(`second ${key}`, WEEK, key);
      const busy = { kind: "busy", run: first.id, isAtWork: false };
      expect(await claim(second), key).to.deep.equal(busy);
    }
  });
}
