/**
 * What every ledger must find of one account over its runs, and of a code within one.
 */
import { expect } from "chai";
import type { Run } from "../../src/ledger/run.ts";
import type { InvalidRow } from "../../src/read/change.ts";
import { BANK, findAll, invalidRow, issue, newRun, row, SANDBOX } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

const MOST = { sinceMs: 0, limit: 100 };

export function suiteOfRowsOfAccount(use: LedgerInUse): void {
  const open = (id: string, startedAtMs: number, bank = BANK) =>
    use.ledger.runs.open(bank, newRun(id, { startedAtMs }));
  const invalid = (number: number, key: string): InvalidRow => ({ ...invalidRow(number), key });
  const rowsOf = async (id: string, among: { run?: Run; sinceMs?: number; limit?: number } = {}) => {
    const { rows } = use.ledger;
    const found = await rows.listOfAccount(BANK, await rows.readIds(BANK, id), { ...MOST, ...among });
    return found.map(({ run, row: number }) => `${run} ${number}`);
  };
  /** Three runs in which the account a, with the client_account_id c, is named in every way. */
  const fill = async () => {
    const { accounts, rows } = use.ledger;
    await accounts.recordLinks(BANK, [{ clientAccountId: "c", accountId: "a" }]);
    await accounts.recordLinks(SANDBOX, [{ clientAccountId: "c", accountId: "other" }]);
    const one = await open("one", 1_000);
    await rows.recordRows(one, [
      row(2, "account:b"),
      row(3, "account:a"),
      invalid(4, "account:a"),
      invalid(5, "account:ab"),
    ]);
    const two = await open("two", 2_000);
    await rows.recordRows(two, [row(2, "client:c"), row(3, "client:d"), row(4, "client:c")]);
    await findAll(use.ledger, two);
    const elsewhere = await open("elsewhere", 2_500, SANDBOX);
    await rows.recordRows(elsewhere, [row(2, "account:a")]);
    const three = await open("three", 3_000);
    await rows.recordRows(three, [row(2, "client:new")]);
    await use.ledger.changes.recordFound(three, [{ change: 2, accountId: "a", verdict: null, seen: null }]);
    return { one, two, three };
  };

  it("finds the rows of an account by either of its ids, those of the latest run first", async () => {
    await fill();
    const all = ["three 2", "two 2", "two 4", "one 3", "one 4"];
    expect(await rowsOf("a")).to.deep.equal(all);
    expect(await rowsOf("c")).to.deep.equal(all);
    expect(await rowsOf("none")).to.deep.equal([]);
  });

  it("finds those of one run, of runs since then, and no more than are asked for", async () => {
    const { one, two } = await fill();
    expect(await rowsOf("a", { run: two })).to.deep.equal(["two 2", "two 4"]);
    expect(await rowsOf("c", { run: one })).to.deep.equal(["one 3", "one 4"]);
    expect(await rowsOf("a", { sinceMs: 2_000 })).to.deep.equal(["three 2", "two 2", "two 4"]);
    expect(await rowsOf("a", { limit: 2 })).to.deep.equal(["three 2", "two 2"]);
  });

  it("knows the ids that links join, those of the bank alone", async () => {
    await fill();
    const { rows } = use.ledger;
    expect(await rows.readIds(BANK, "c")).to.deep.equal({ accountIds: ["c", "a"], clientAccountIds: ["c"] });
    expect(await rows.readIds(BANK, "a")).to.deep.equal({ accountIds: ["a"], clientAccountIds: ["a", "c"] });
    expect(await rows.readIds(SANDBOX, "c")).to.deep.equal({ accountIds: ["c", "other"], clientAccountIds: ["c"] });
  });

  it("finds ids that are near, in links and in the rows of runs", async () => {
    const { accounts, rows, changes } = use.ledger;
    await accounts.recordLinks(BANK, [{ clientAccountId: "Core 0017", accountId: "a" }]);
    await accounts.recordLinks(SANDBOX, [{ clientAccountId: "CORE0017", accountId: "b" }]);
    const run = await open("one", 1);
    await rows.recordRows(run, [row(2, "client:00core0017"), row(3, "client:core18")]);
    await findAll(use.ledger, run);
    await changes.recordNear(run, null);
    expect(await rows.listNearIds(BANK, "core0017", 9)).to.deep.equal(["00core0017", "Core 0017"]);
    expect(await rows.listNearIds(BANK, "core0017", 1)).to.deep.equal(["00core0017"]);
    expect(await rows.listNearIds(BANK, "00core0017", 9), "itself is not near").to.deep.equal(["Core 0017"]);
    expect(await rows.listNearIds(BANK, "core19", 9)).to.deep.equal([]);
  });

  it("finds the rows with a code: of their own, of their change, and beside what is said of it", async () => {
    const { rows, changes } = use.ledger;
    const run = await open("one", 1);
    const noted = { ...row(4, "account:c"), notes: [issue("row_ragged")] };
    await rows.recordRows(run, [invalidRow(2), row(3, "account:b"), noted, row(5, "account:b"), row(6, "account:d")]);
    await changes.recordDone(run, 3, { word: "refused", issues: [issue("account_closed"), issue("bank_refused")] }, 1);
    const count = (code: Parameters<typeof rows.findCode>[1], limit = 9) => rows.findCode(run, code, limit);
    expect(await count("row_ragged")).to.deep.equal({ rows: [2, 4], count: 2 });
    expect(await count("bank_refused")).to.deep.equal({ rows: [3, 5], count: 2 });
    expect(await count("bank_refused", 1)).to.deep.equal({ rows: [3], count: 2 });
    expect(await count("guard")).to.deep.equal({ rows: [], count: 0 });
  });
}
