/**
 * What every ledger must do when a run applies a plan: take all of it over, a part at a time, and know the one run that did.
 */
import { expect } from "chai";
import type { Ledger } from "../../src/ledger/ledger.ts";
import type { Run } from "../../src/ledger/run.ts";
import { ALL, BANK, findAll, issue, NO_ISSUE, newRun, plan, planOne, row } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

const heldIn = (run: string) => ({
  word: "held" as const,
  issues: [{ ...issue("guard"), message: `type: tieout approve ${run} --guard close` }],
});

/** Rows 2 to 5: one to send, one held, one unchanged, and two rows of one account to create. */
async function madePlan(ledger: Ledger): Promise<Run> {
  const made = await ledger.runs.open(BANK, newRun("plan-1", { kind: "plan", settingsSha256: "s" }));
  await ledger.rows.recordRows(made, [row(2, "account:A"), row(3, "account:B"), row(4, "account:C")]);
  await ledger.rows.recordRows(made, [row(5, "client:new"), row(6, "client:new")]);
  await ledger.changes.recordFolds(made, [{ kind: "change", change: 5, desired: { client_account_id: "new" } }]);
  await findAll(ledger, made);
  const unchanged = { word: "unchanged" as const, issues: NO_ISSUE };
  await ledger.changes.recordPlans(made, [
    plan(2, ["patch", "close"], { accountId: "A" }),
    plan(3, ["close"], { accountId: "B" }),
    plan(4, [], { accountId: "C", verdict: unchanged }),
    plan(5, ["create"], { seen: null }),
  ]);
  await ledger.changes.recordDone(made, 3, heldIn("plan-1"), 2_500);
  await ledger.runs.record(made, { rows: 5, keysIn: "17", planHash: "hash", proof: "proven", stage: "ended" });
  const run = await ledger.runs.find("plan-1");
  if (run === undefined) throw new Error("the plan is gone");
  return run;
}

const applying = (ledger: Ledger, id = "run-1", planOf = "plan-1") =>
  ledger.runs.open(BANK, newRun(id, { planOf, settingsSha256: "t" }));

export function suiteOfPlanCopies(use: LedgerInUse): void {
  it("gives a run all that its plan has, under the same keys, and leaves the plan as it is", async () => {
    const { ledger } = use;
    const made = await madePlan(ledger);
    const before = await ledger.rows.readResults(made, ALL);
    const opened = await applying(ledger);
    await ledger.changes.copyPlan(made, opened);
    const run = (await ledger.runs.find("run-1")) ?? opened;
    expect(run).to.include({
      planOf: "plan-1",
      planHash: "hash",
      proof: "proven",
      rows: 5,
      settingsSha256: "t",
      stage: "read",
    });
    const named = before.map((one) => (one.word === "held" ? { ...one, ...heldIn("run-1") } : one));
    expect(await ledger.rows.readResults(run, ALL), "what is to be typed names the run").to.deep.equal(named);
    expect(await ledger.rows.readResults(made, ALL)).to.deep.equal(before);
    expect(await ledger.balance.read(run)).to.include({ rows: 5, keysIn: "17", operations: 4 });
    const toApply = await ledger.changes.takeToApply(run, ALL);
    expect(
      toApply.map(({ change, plannedAtMs }) => [change, plannedAtMs]),
      "to be compared first",
    ).to.deep.equal([
      [2, 0],
      [5, 0],
    ]);
    expect(toApply.flatMap(({ operations }) => operations.map(({ key }) => key))).to.deep.equal([
      "key-patch-1",
      "key-close-2",
      "key-create-1",
    ]);
    expect(toApply[1]?.folded).to.deep.equal({ client_account_id: "new" });
    const { rows, plannedAtMs, differences } = (await ledger.rows.readChangeOf(run, 6)) ?? {};
    expect({ rows, plannedAtMs }).to.deep.equal({ rows: [5, 6], plannedAtMs: null });
    expect(differences).to.have.length(1);
    expect(await ledger.changes.countOpen(run)).to.deep.equal({ read: 0, found: 0, planned: 2, operations: 3 });
  });

  it("goes on where a copy was cut off, and a second copy changes nothing", async () => {
    const { ledger } = use;
    const made = await ledger.runs.open(BANK, newRun("plan-1", { kind: "plan" }));
    const numbers = Array.from({ length: 4_500 }, (_, index) => index + 2);
    await ledger.rows.recordRows(
      made,
      numbers.map((number) => row(number, `account:${number}`)),
    );
    await ledger.changes.recordPlans(
      made,
      numbers.map((number) => plan(number, ["patch"], { accountId: `${number}` })),
    );
    const opened = await applying(ledger);
    // Of a copy that ended after its first row.
    const [first] = await ledger.rows.readResults(made, { after: 0, limit: 1 });
    expect(first?.operations).to.have.length(1);
    const cut = ledger.changes.copyPlan(made, opened);
    await ledger.changes.copyPlan(made, opened);
    await cut;
    await ledger.changes.copyPlan(made, opened);
    const counts = { rows: 4_500, operations: 4_500, changesWithoutWord: 4_500 };
    expect(await ledger.balance.read(opened)).to.include(counts);
  });

  it("knows the run that applies a plan, and lets no second one begin", async () => {
    const { ledger } = use;
    const made = await madePlan(ledger);
    expect(await ledger.runs.findApplied(made)).to.equal(undefined);
    await applying(ledger);
    expect((await ledger.runs.findApplied(made))?.id).to.equal("run-1");
    const second = await applying(ledger, "run-2").catch((error: Error) => error);
    expect(second).to.be.instanceOf(Error);
    expect((await ledger.runs.list(10)).map(({ id }) => id)).to.deep.equal(["run-1", "plan-1"]);
  });

  it("counts the run of a plan as one of its file", async () => {
    const { ledger } = use;
    await madePlan(ledger);
    expect(await ledger.runs.findTaken(BANK, "nightly", { sha256: "abc" })).to.equal(undefined);
    await applying(ledger);
    expect((await ledger.runs.findTaken(BANK, "nightly", { sha256: "abc" }))?.id).to.equal("run-1");
    expect((await ledger.runs.listUnfinished(BANK, "nightly")).map(({ id }) => id)).to.deep.equal(["run-1"]);
  });

  it("reads every operation in order, a page at a time, with whom it is about", async () => {
    const { ledger } = use;
    const made = await madePlan(ledger);
    const read = async (change: number, step: number, limit: number) =>
      (await ledger.changes.readOperations(made, { change, step }, limit)).map((one) => ({ ...one, body: undefined }));
    const of = { body: undefined };
    const all = [
      { ...of, change: 2, step: 1, kind: "patch", key: "account:A", accountId: "A" },
      { ...of, change: 2, step: 2, kind: "close", key: "account:A", accountId: "A" },
      { ...of, change: 3, step: 1, kind: "close", key: "account:B", accountId: "B" },
      { ...of, change: 5, step: 1, kind: "create", key: "client:new", accountId: null },
    ];
    expect(await read(0, 0, 10)).to.deep.equal(all);
    expect(await read(2, 1, 2)).to.deep.equal(all.slice(1, 3));
    expect(await read(5, 1, 2)).to.deep.equal([]);
  });

  it("keeps in what an account has drifted with the end of its change", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("run-1"));
    await planOne(ledger, run, "account:A", ["patch"]);
    const drift = [{ field: "status", wanted: "closed", saw: "active", now: "inactive" }];
    await ledger.changes.recordDone(run, 2, { word: "held", issues: [issue("drifted")] }, 5_000, drift);
    const [result] = await ledger.rows.readResults(run, ALL);
    expect(result).to.deep.include({ word: "held", drift, atMs: 5_000 });
    expect(result?.operations.map(({ kind, state }) => [kind, state])).to.deep.equal([["patch", "skipped"]]);
  });
}
