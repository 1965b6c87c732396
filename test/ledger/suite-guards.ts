/**
 * What every ledger must do with guards: count a whole plan, hold what a guard holds, and release it once.
 */
import { expect } from "chai";
import type { Issue } from "../../src/errors/issue.ts";
import type { TrippedGuard } from "../../src/ledger/ledger.ts";
import type { Run, RunKind } from "../../src/ledger/run.ts";
import type { GuardKind } from "../../src/plan/operation.ts";
import { ALL, BANK, claimLease, findAll, newRun, plan, row, sendOne } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

const NONE = {
  clear_documents: 0,
  create: 0,
  activate: 0,
  patch: 0,
  add_relationships: 0,
  remove_relationship: 0,
  deactivate: 0,
  close: 0,
};
const APPROVAL = { max: 9, by: "ann", reason: "all are right", atMs: 20 };

const issueOf = (guard: string): Issue => ({ code: "guard", column: "", message: `guard ${guard} happened, "so"` });

function tripped(guard: GuardKind, figure = 2): TrippedGuard {
  return { guard, figure, allowed: 1, issue: issueOf(guard), holds: { kind: "kinds", kinds: [guard] } };
}

export function suiteOfGuards(use: LedgerInUse): void {
  /** Changes 2 to 5 patch, patch and close, close, and create. */
  async function planFour(kind: RunKind = "run"): Promise<Run> {
    const { ledger } = use;
    const opened = await ledger.runs.open(BANK, newRun("r", { kind }));
    await ledger.rows.recordRows(
      opened,
      [2, 3, 4].map((change) => row(change, `account:a${change}`)),
    );
    await ledger.rows.recordRows(opened, [row(5, "client:n5")]);
    await findAll(ledger, opened);
    await ledger.changes.recordPlans(opened, [
      plan(2, ["patch"], { accountId: "a2" }),
      plan(3, ["patch", "close"], { accountId: "a3" }),
      plan(4, ["close"], { accountId: "a4" }),
      plan(5, ["create"]),
    ]);
    return opened;
  }
  const words = async (run: Run) => (await use.ledger.rows.readResults(run, ALL)).map(({ word }) => word);
  const issuesOf = async (run: Run, change: number) =>
    (await use.ledger.rows.readResults(run, { after: change - 1, limit: 1 }))[0]?.issues;
  const end = (run: Run, exit: 0 | 4 = 4) =>
    use.ledger.runs.recordPublication(run, { number: 1, summary: "{}", exit, final: true, atMs: 15 });
  const release = async (run: Run, guard: GuardKind) => {
    await use.ledger.guards.approve(run, guard, APPROVAL);
    return use.ledger.guards.release(run, guard, APPROVAL.atMs);
  };
  const find = (run: Run) => use.ledger.runs.find(run.id);

  it("counts operations by kind and product, held ones too, and holds those of one product alone", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("r"));
    await ledger.rows.recordRows(
      run,
      [2, 3, 4, 5].map((change) => row(change, `account:a${change}`)),
    );
    await findAll(ledger, run);
    await ledger.changes.recordPlans(run, [
      plan(2, ["patch"], { product: "Card" }),
      plan(3, ["patch", "close"], { product: 'Sav"ings é' }),
      plan(4, ["patch"], { product: "Card" }),
      plan(5, ["patch"]),
    ]);
    const counts = { "patch Card": 2, 'patch Sav"ings é': 1, 'close Sav"ings é': 1 };
    expect(await ledger.guards.countProducts(run)).to.deep.equal(counts);
    const again = plan(4, ["patch"], { product: "Savings", plannedAtMs: 2_100 });
    await ledger.changes.recordPlanAgain(run, again);
    expect(await ledger.guards.countProducts(run)).to.include({ "patch Card": 1, "patch Savings": 1 });
    const holds = { kind: "products", products: ['close Sav"ings é', "patch Savings", "close Card"] } as const;
    const size = { guard: "size.products", figure: 2, allowed: 1, issue: issueOf("size.products"), holds } as const;
    await ledger.guards.hold(run, [size], 10);
    expect(await words(run)).to.deep.equal([null, "held", "held", null]);
    expect(await ledger.guards.countProducts(run)).to.include({ 'close Sav"ings é': 1, "patch Savings": 1 });
    expect((await find(run))?.products).to.equal(null);
    await ledger.runs.record(run, { products: counts });
    await use.reopen();
    expect((await find(run))?.products).to.deep.equal(counts);
  });

  it("counts accounts and operations by kind, held ones too, and holds whole changes that were not sent", async () => {
    const { ledger } = use;
    const run = await planFour();
    expect(await ledger.guards.countAccounts(run)).to.equal(4);
    expect(await ledger.guards.countOperations(run)).to.deep.equal({ ...NONE, patch: 2, close: 2, create: 1 });
    await sendOne(ledger, run, await claimLease(ledger, run));
    await ledger.guards.hold(run, [tripped("patch")], 10);
    expect(await words(run)).to.deep.equal([null, "held", null, null]);
    await ledger.guards.hold(run, [tripped("patch")], 11);
    expect(await ledger.guards.countOperations(run)).to.deep.equal({ ...NONE, patch: 2, close: 2, create: 1 });
    await use.reopen();
    const [kept, ...more] = await use.ledger.guards.list(run);
    expect(more).to.deep.equal([]);
    expect(kept).to.deep.equal({
      guard: "patch",
      figure: 2,
      allowed: 1,
      held: 1,
      holding: 1,
      atMs: 11,
      approval: null,
    });
    const [, held] = await use.ledger.rows.readResults(run, ALL);
    expect(held).to.deep.include({ word: "held", issues: [issueOf("patch")], atMs: 11 });
    expect(held?.operations.map(({ state }) => state)).to.deep.equal(["skipped", "skipped"]);
  });

  it("counts patches that clear all documents as both, and no text that looks like it", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("r"));
    const bodies = ['{"documents":[]}', '{"metadata":{"note":"{\\"documents\\":[]}"}}', '{"details":{"documents":[]}}'];
    await ledger.rows.recordRows(
      run,
      bodies.map((_, index) => row(index + 2, `account:a${index}`)),
    );
    await findAll(ledger, run);
    const plans = bodies.map((body, index) => {
      const planned = plan(index + 2, ["patch"], { accountId: `a${index}` });
      return { ...planned, operations: planned.operations.map((operation) => ({ ...operation, body })) };
    });
    await ledger.changes.recordPlans(run, plans);
    expect(await ledger.guards.countOperations(run)).to.deep.equal({ ...NONE, clear_documents: 1, patch: 3 });
    await ledger.guards.hold(run, [tripped("clear_documents")], 10);
    expect(await words(run)).to.deep.equal(["held", null, null]);
  });

  it("holds nothing and keeps nothing when no guard has tripped", async () => {
    const run = await planFour();
    await use.ledger.guards.hold(run, [], 10);
    expect(await words(run)).to.deep.equal([null, null, null, null]);
    expect(await use.ledger.guards.list(run)).to.deep.equal([]);
  });

  it("releases a change that two guards hold only with the second, which it names until then", async () => {
    const { ledger } = use;
    const run = await planFour();
    await ledger.guards.hold(run, [tripped("close"), tripped("patch")], 10);
    expect(await words(run)).to.deep.equal(["held", "held", "held", null]);
    expect(await issuesOf(run, 3)).to.deep.equal([issueOf("close"), issueOf("patch")]);
    expect(await ledger.guards.listHolds(run, 3)).to.deep.equal([
      { guard: "close", released: false },
      { guard: "patch", released: false },
    ]);

    expect(await release(run, "close")).to.equal(1);
    expect(await words(run)).to.deep.equal(["held", "held", null, null]);
    expect(await issuesOf(run, 3)).to.deep.equal([issueOf("patch")]);
    expect(await ledger.guards.listHolds(run, 3)).to.deep.equal([
      { guard: "close", released: true },
      { guard: "patch", released: false },
    ]);
    const close = (await ledger.guards.list(run)).find(({ guard }) => guard === "close");
    expect(close).to.deep.include({ held: 2, holding: 0, approval: APPROVAL });

    expect(await release(run, "close"), "a second time").to.equal(0);
    expect(await release(run, "patch")).to.equal(2);
    expect(await words(run)).to.deep.equal([null, null, null, null]);
    const open = await ledger.changes.takeToApply(run, ALL);
    expect(open.map(({ operations }) => operations.map(({ state }) => state))).to.deep.equal([
      ["planned"],
      ["planned", "planned"],
      ["planned"],
      ["planned"],
    ]);
  });

  it("never holds a change again that the guard has released, and leaves every other end alone", async () => {
    const { ledger } = use;
    const run = await planFour();
    await ledger.guards.hold(run, [tripped("close")], 10);
    await release(run, "close");
    await ledger.changes.recordDone(run, 4, { word: "applied", issues: [] }, 12);
    await ledger.guards.hold(run, [tripped("close", 12), tripped("create")], 13);
    expect(await words(run)).to.deep.equal([null, null, "applied", "held"]);
    const close = (await ledger.guards.list(run)).find(({ guard }) => guard === "close");
    expect(close).to.deep.include({ figure: 12, held: 2, holding: 0, approval: APPROVAL });
    await release(run, "close");
    expect(await words(run)).to.deep.equal([null, null, "applied", "held"]);
  });

  it("lets a run that has ended wait for a person once something of it is to be sent again, and a plan stay", async () => {
    const { ledger } = use;
    const run = await planFour();
    await ledger.changes.recordDone(run, 5, { word: "unchanged", issues: [] }, 9);
    await ledger.guards.hold(run, [tripped("close"), tripped("patch")], 10);
    await end(run);
    expect(await find(run)).to.deep.include({ stage: "ended", waiting: false });
    await release(run, "close");
    expect(await find(run)).to.deep.include({ stage: "apply", waiting: true, endedAtMs: null });
    expect((await ledger.runs.listUnfinished(BANK, null)).map(({ id }) => id)).to.deep.equal(["r"]);
  });

  it("leaves a run as it has ended while another guard holds all of it", async () => {
    const { ledger } = use;
    const run = await planFour();
    await ledger.changes.recordDone(run, 4, { word: "unchanged", issues: [] }, 9);
    await ledger.changes.recordDone(run, 5, { word: "unchanged", issues: [] }, 9);
    await ledger.guards.hold(run, [tripped("close"), tripped("patch")], 10);
    await end(run);
    expect(await release(run, "close")).to.equal(0);
    expect(await find(run)).to.deep.include({ stage: "ended", waiting: false, endedAtMs: 15 });
  });

  it("opens what it releases in a plan, which stays one that has ended", async () => {
    const { ledger } = use;
    const run = await planFour("plan");
    await ledger.guards.hold(run, [tripped("close")], 10);
    await end(run);
    expect(await release(run, "close")).to.equal(2);
    expect(await words(run)).to.deep.equal([null, null, null, null]);
    expect(await find(run)).to.deep.include({ stage: "ended", waiting: false });
  });

  it("opens what guards hold of a run that is given up, and holds it no more", async () => {
    const { ledger } = use;
    const run = await planFour();
    await ledger.changes.recordDone(run, 5, { word: "unchanged", issues: [] }, 9);
    await ledger.guards.hold(run, [tripped("close"), tripped("patch")], 10);
    await end(run);
    await ledger.guards.giveUp(run);
    expect(await words(run)).to.deep.equal([null, null, null, "unchanged"]);
    expect(await find(run)).to.deep.include({ stage: "apply" });
    expect((await ledger.guards.list(run)).map(({ held, holding }) => [held, holding])).to.deep.equal([
      [2, 0],
      [2, 0],
    ]);
  });

  it("keeps runs apart", async () => {
    const { ledger } = use;
    const run = await planFour();
    const other = await ledger.runs.open(BANK, newRun("other", { job: "weekly" }));
    await ledger.rows.recordRows(other, [row(3, "account:b3")]);
    await findAll(ledger, other);
    await ledger.changes.recordPlans(other, [plan(3, ["close"], { accountId: "b3" })]);
    await ledger.guards.hold(run, [tripped("close")], 10);
    await ledger.guards.hold(other, [tripped("close")], 10);
    await release(run, "close");
    expect(await words(other)).to.deep.equal(["held"]);
    expect(await ledger.guards.list(other)).to.have.length(1);
  });

  it("holds every change, or those of accounts by the bank's id, by the program's own, and by what the ledger links", async () => {
    const { ledger } = use;
    await ledger.accounts.recordLinks(BANK, [{ clientAccountId: "c3", accountId: "a3" }]);
    const run = await planFour();
    const count = (ids: readonly string[]) => ledger.guards.countPlanned(run, { kind: "accounts", ids });
    expect(await count(["a2"])).to.equal(1);
    expect(await count(["c3", "n5", "nobody", "c4"])).to.equal(2);
    expect(await count([])).to.equal(0);
    expect(await ledger.guards.countPlanned(run, { kind: "every" })).to.equal(4);
    const guard = { ...tripped("close"), guard: "protected", holds: { kind: "accounts", ids: ["c3", "n5"] } } as const;
    await ledger.guards.hold(run, [guard], 10);
    expect(await words(run)).to.deep.equal([null, "held", null, "held"]);
    expect(await count(["c3", "n5"]), "held ones too").to.equal(2);
    await ledger.guards.hold(run, [{ ...tripped("close"), guard: "freeze", holds: { kind: "every" } }], 11);
    expect(await words(run)).to.deep.equal(["held", "held", "held", "held"]);
    expect((await ledger.guards.list(run)).map(({ guard: name, holding }) => [name, holding])).to.deep.equal([
      ["freeze", 4],
      ["protected", 2],
    ]);
  });

  it("goes through a long file in parts, to its last change", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("r"));
    const changes = Array.from({ length: 10_002 }, (_, index) => index + 2);
    await ledger.rows.recordRows(
      run,
      changes.map((change) => row(change, `account:a${change}`)),
    );
    await ledger.changes.recordPlans(
      run,
      changes.map((change) => plan(change, ["close"], { accountId: `a${change}` })),
    );
    await ledger.guards.hold(run, [tripped("close", 10_002)], 10);
    expect((await ledger.guards.list(run))[0]).to.deep.include({ held: 10_002, holding: 10_002 });
    expect(await ledger.changes.countOpen(run)).to.deep.include({ planned: 0 });
    expect(await release(run, "close")).to.equal(10_002);
    expect(await ledger.changes.countOpen(run)).to.deep.include({ planned: 10_002 });
  });
}
