/**
 * What every ledger must do with rows that a run leaves out.
 */
import { expect } from "chai";
import { NOT_SELECTED, type Selection } from "../../src/plan/selection.ts";
import { EVERY_ROW } from "../../src/run/run-in-hand.ts";
import { ALL, BANK, findAll, newRun, plan, row } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

export function suiteOfSelection(use: LedgerInUse): void {
  const begin = async (selection: Selection, keys: readonly string[]) => {
    const run = await use.ledger.runs.open(BANK, newRun("r", { selection }));
    await use.ledger.rows.recordRows(
      run,
      keys.map((key, index) => row(index + 2, key)),
    );
    return run;
  };
  const words = async (run: Awaited<ReturnType<typeof begin>>) =>
    (await use.ledger.rows.readResults(run, ALL)).map(
      ({ word, issues }) => `${word} ${issues.map(({ code }) => code)}`,
    );
  const OPEN = "null ";
  const LEFT = "skipped not_selected";

  it("keeps what is wanted of a run, and all that is left out, once and to the end of it", async () => {
    const selection: Selection = { rows: [[3, 3]], onlyKinds: ["patch"], accounts: { file: "f", ids: ["a", "b"] } };
    const run = await begin(selection, ["account:a", "account:b", "account:c"]);
    await use.reopen();
    expect((await use.ledger.runs.find("r"))?.selection).to.deep.equal(selection);
    await use.ledger.selection.leaveOut(run, 7);
    expect(await words(run)).to.deep.equal([LEFT, OPEN, LEFT]);
    expect((await use.ledger.rows.readResults(run, ALL))[0]).to.deep.include({ issues: [NOT_SELECTED], atMs: 7 });
    await use.ledger.selection.leaveOut({ ...run, selection: { rows: [[2, 2]] } }, 8);
    expect(await words(run)).to.deep.equal([LEFT, OPEN, LEFT]);
    await use.ledger.runs.record(run, { stage: "report" });
    await use.ledger.selection.widen(run);
    expect(await words(run)).to.deep.equal([OPEN, OPEN, OPEN]);
    const widened = await use.ledger.runs.find("r");
    expect([widened?.selection, widened?.stage]).to.deep.equal([undefined, "plan"]);
  });

  it("does not widen a run that has not read its file beyond reading it", async () => {
    const run = await begin({ sample: 1 }, []);
    await use.ledger.selection.widen(run);
    expect((await use.ledger.runs.find("r"))?.stage).to.equal("read");
  });

  it("takes every row of an account, first or further, by id or by link, and counts ids of no row", async () => {
    await use.ledger.accounts.recordLinks(BANK, [{ clientAccountId: "c1", accountId: "x" }]);
    const ids = ["x", "b", "nobody", 'it\'s "nobody"'];
    const run = await begin({ accounts: { file: "f", ids } }, ["client:c1", "account:b", "account:c", "client:b"]);
    await use.ledger.changes.findByLedger(run, 9);
    await use.ledger.selection.leaveOut(run, 7);
    expect(await words(run)).to.deep.equal([OPEN, OPEN, LEFT, OPEN]);
    expect(await use.ledger.selection.countUnnamed(run)).to.equal(2);
  });

  it("takes a further row's whole account by its range", async () => {
    const run = await begin({ rows: [[4, 4]] }, ["account:a", "account:b", "account:a"]);
    await use.ledger.selection.leaveOut(run, 7);
    expect(await words(run)).to.deep.equal([OPEN, LEFT, OPEN]);
  });

  it("spreads a sample over what the others leave, and leaves planned and ended changes alone", async () => {
    const keys = Array.from({ length: 12 }, (_, n) => `account:${n}`);
    const run = await begin({ rows: [[2, 11]], sample: 3 }, keys);
    await findAll(use.ledger, run);
    await use.ledger.changes.recordPlans(run, [
      plan(3, ["patch"]),
      plan(4, [], { verdict: { word: "unchanged", issues: [] } }),
    ]);
    await use.ledger.selection.leaveOut(run, 7);
    const told = await words(run);
    expect(told[1]).to.equal(OPEN);
    expect(told[2]).to.equal("unchanged ");
    const open = told.flatMap((word, index) => (word === OPEN && index !== 1 ? [index + 2] : []));
    expect(open).to.deep.equal([2, 6, 9]);
  });

  it("opens what was left out and turns out to be of an account that was not", async () => {
    const run = await begin({ rows: [[3, 3]] }, ["account:x", "client:c1", "account:y"]);
    await use.ledger.selection.leaveOut(run, 7);
    const found = { change: 3, accountId: "x", verdict: null, seen: null };
    await use.ledger.changes.recordFound(run, [found]);
    await use.ledger.selection.takeIn(run);
    expect(await words(run)).to.deep.equal([OPEN, OPEN, LEFT]);
  });

  it("plans again, once it is widened, what was left out by its kinds", async () => {
    const run = await begin({ onlyKinds: ["patch"] }, ["account:a", "account:b"]);
    await findAll(use.ledger, run);
    const left = { verdict: { word: "skipped", issues: [NOT_SELECTED] } } as const;
    await use.ledger.changes.recordPlans(run, [plan(2, [], left), plan(3, ["patch"])]);
    await use.ledger.selection.widen(run);
    expect((await use.ledger.changes.readToPlan(run, ALL)).map(({ change }) => change)).to.deep.equal([2]);
    expect((await use.ledger.changes.takeToApply(run, ALL)).map(({ change }) => change)).to.deep.equal([3]);
  });

  it("leaves out of a plan that is applied only what may still be sent, and opens it again with what guards hold", async () => {
    const { ledger } = use;
    const made = await ledger.runs.open(BANK, newRun("p", { kind: "plan", selection: { rows: [[2, 7]] } }));
    const numbers = [2, 3, 4, 5, 6, 7, 8];
    await ledger.rows.recordRows(
      made,
      numbers.map((number) => row(number, `account:a${number}`)),
    );
    await ledger.selection.leaveOut(made, 5);
    await findAll(ledger, made);
    await ledger.changes.recordPlans(made, [
      plan(2, ["patch"]),
      plan(3, ["patch", "close"]),
      plan(4, ["close"]),
      plan(5, [], { verdict: { word: "unchanged", issues: [] } }),
      plan(6, ["patch"]),
      plan(7, ["patch"]),
    ]);
    const holds = { kind: "kinds", kinds: ["close"] } as const;
    const issue = { code: "guard", column: "", message: "too many" } as const;
    await ledger.guards.hold(made, [{ guard: "close", figure: 2, allowed: 1, issue, holds }], 6);
    const selection: Selection = { onlyKinds: ["patch", "deactivate"], rows: [[2, 6]], sample: 2 };
    const run = await ledger.runs.open(BANK, newRun("r", { planOf: "p", selection }));
    await ledger.changes.copyPlan(made, run);
    for (const atMs of [7, 8]) {
      await ledger.selection.leaveOut(run, atMs);
      expect(await words(run)).to.deep.equal([OPEN, LEFT, LEFT, "unchanged ", OPEN, LEFT, LEFT]);
    }
    expect((await ledger.guards.list(run)).map(({ held, holding }) => [held, holding])).to.deep.equal([[2, 0]]);
    expect(await ledger.guards.countOperations(run), "of the whole plan").to.include({ close: 2 });
    await ledger.runs.record(run, { stage: "report" });
    await ledger.selection.widen(run);
    const widened = (await ledger.runs.find("r")) ?? run;
    expect([widened.selection, widened.stage]).to.deep.equal([{ rows: [[2, 7]] }, "guard"]);
    const HELD = "held guard";
    expect(await words(run)).to.deep.equal([OPEN, HELD, HELD, "unchanged ", OPEN, OPEN, LEFT]);
    await ledger.selection.leaveOut({ ...widened, selection: { rows: [[2, 3]] } }, 9);
    expect(await words(run)).to.deep.equal([OPEN, HELD, LEFT, "unchanged ", LEFT, LEFT, LEFT]);
    expect(await ledger.guards.release(run, "close", 10), "what is left out stays so").to.equal(1);
    expect(await words(run)).to.deep.equal([OPEN, OPEN, LEFT, "unchanged ", LEFT, LEFT, LEFT]);
  });

  it("lists some planned changes that are open, spread over all of them", async () => {
    const run = await use.ledger.runs.open(BANK, newRun("r", { canary: 3 }));
    expect((await use.ledger.runs.find("r"))?.canary).to.equal(3);
    const numbers = [2, 3, 4, 5, 6, 7, 8];
    await use.ledger.rows.recordRows(
      run,
      numbers.map((number) => row(number, `account:${number}`)),
    );
    await findAll(use.ledger, run);
    const ended = { verdict: { word: "unchanged", issues: [] } } as const;
    await use.ledger.changes.recordPlans(run, [
      plan(2, [], ended),
      ...numbers.slice(1).map((change) => plan(change, ["patch"])),
    ]);
    expect(await use.ledger.selection.listSpread(run, 3, EVERY_ROW)).to.deep.equal([3, 5, 7]);
    expect(await use.ledger.selection.listSpread(run, 1, EVERY_ROW)).to.deep.equal([3]);
    expect(await use.ledger.selection.listSpread(run, 9, EVERY_ROW)).to.deep.equal([3, 4, 5, 6, 7, 8]);
    expect(await use.ledger.selection.listSpread(run, 2, 6), "of the rows that a limit lets through").to.deep.equal([
      3, 5,
    ]);
    await use.ledger.runs.record(run, { canary: null });
    expect(await use.ledger.runs.find("r")).not.to.have.property("canary");
  });
}
