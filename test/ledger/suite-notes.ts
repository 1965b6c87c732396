/**
 * What every ledger must do with what a row has beside its change: notes of its own, and operations that an earlier row has too.
 */
import { expect } from "chai";
import { ALL, BANK, findAll, issue, newRun, row } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

export function suiteOfNotes(use: LedgerInUse): void {
  it("says a row's own notes beside what is said of its change, and not once the row has a word of its own", async () => {
    const { rows, changes, runs } = use.ledger;
    const run = await runs.open(BANK, newRun("r"));
    const noted = { ...row(2, "account:a"), notes: [issue("limit_above_max")] };
    const joined = { ...row(3, "account:a"), notes: [issue("client_account_id_reserved")] };
    await rows.recordRows(run, [noted, joined, row(4, "account:b")]);
    const codes = async () =>
      (await rows.readResults(run, ALL)).map(({ issues }) => issues.map(({ code }) => code).join(" "));
    expect(await codes()).to.deep.equal(["limit_above_max", "client_account_id_reserved", ""]);
    await findAll(use.ledger, run);
    await changes.recordDone(run, 2, { word: "unchanged", issues: [issue("bank_keeps_other")] }, 9);
    expect(await codes()).to.deep.equal([
      "bank_keeps_other limit_above_max",
      "bank_keeps_other client_account_id_reserved",
      "",
    ]);
    await changes.recordFolds(run, [{ kind: "superseded", rows: [3], left: [2] }]);
    expect((await codes())[1]).to.equal("superseded");
  });

  it("counts operations at the first row that has them, though the first of the change has been overtaken", async () => {
    const { rows, changes, runs } = use.ledger;
    const run = await runs.open(BANK, newRun("r"));
    await rows.recordRows(
      run,
      [2, 3, 4].map((at) => row(at, "client:a")),
    );
    await changes.recordFolds(run, [{ kind: "superseded", rows: [2], left: [3, 4] }]);
    const results = await rows.readResults(run, ALL);
    expect(results.map(({ word, change, isRepeat }) => [word, change, isRepeat])).to.deep.equal([
      ["skipped", 2, false],
      [null, 2, false],
      [null, 2, true],
    ]);
  });
}
