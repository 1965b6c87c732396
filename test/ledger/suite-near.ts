/**
 * Which client_account_ids every ledger must find near to one that is to be made: those of links, of other rows without an account, and
 * of rows that name an account by its own id beside it.
 */
import { expect } from "chai";
import type { DesiredRow } from "../../src/read/change.ts";
import { ALL, BANK, EVERY_CHANGE, issue, newRun, row } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

/** Names an account by its own id, with the client_account_id in its third cell. */
function named(number: number, accountId: string, clientAccountId: string): DesiredRow {
  const plain = row(number, `account:${accountId}`);
  return { ...plain, source: { ...plain.source, cells: ["x", "y", clientAccountId] } };
}

export function suiteOfNear(use: LedgerInUse): void {
  const begin = async (rows: readonly DesiredRow[], at: number | null) => {
    const { changes, rows: store, runs } = use.ledger;
    const run = await runs.open(BANK, newRun("r"));
    await store.recordRows(run, rows);
    for (const { change, rows: count } of await changes.readToFold(run, ALL)) {
      const last = rows.findLast((one) => one.key === rows[change - 2]?.key);
      expect(count).to.be.above(1);
      await changes.recordFolds(run, [{ kind: "change", change, desired: last?.desired ?? {} }]);
    }
    await changes.findByLedger(run, EVERY_CHANGE);
    const unfound = await changes.readToFind(run, ALL);
    const isHeld = (key: string) => key === "client:KNOWN-1";
    await changes.recordFound(
      run,
      unfound.map(({ change, key }) => ({ change, accountId: isHeld(key) ? "k" : null, verdict: null, seen: null })),
    );
    for (let times = 0; times < 2; times += 1) await changes.recordNear(run, at);
    return (change: number, id: string) => changes.findNear(run, change, id);
  };

  it("finds a row without an account, the first of them, and never the change itself", async () => {
    const near = await begin([row(2, "client:Core-1"), row(3, "client:core-1"), row(4, "client:CORE-1")], null);
    const first = { clientAccountId: "Core-1", accountId: null, row: 2 };
    expect(await near(3, "core-1")).to.deep.include(first);
    expect(await near(2, "Core-1")).to.deep.include({ ...first, clientAccountId: "core-1", row: 3 });
    expect(await near(2, "other")).to.equal(undefined);
  });

  it("does not take a row that has an account for one that makes one", async () => {
    const near = await begin([row(2, "client:KNOWN-1"), row(3, "client:known-1")], null);
    expect(await near(3, "known-1")).to.equal(undefined);
  });

  it("finds what a row says beside an account_id, in the column of the file or folded, blanks taken off", async () => {
    const folded = named(4, "b", "");
    const rows = [
      named(2, "a", "  Core-1 "),
      row(3, "client:core-1"),
      folded,
      { ...named(5, "b", "Late-2"), desired: { account_id: "b", client_account_id: "Late-2" } },
      named(6, "c", ""),
    ];
    const near = await begin(rows, 2);
    expect(await near(3, "core-1")).to.deep.include({ clientAccountId: "Core-1", accountId: "a", row: 2 });
    expect(await near(3, "late-2")).to.deep.include({ clientAccountId: "Late-2", accountId: "b", row: 4 });
    expect(await near(3, "")).to.equal(undefined);
  });

  it("looks into no cell where the file has no such column", async () => {
    const near = await begin([named(2, "a", "Core-1"), row(3, "client:core-1")], null);
    expect(await near(3, "core-1")).to.equal(undefined);
  });

  it("leaves rows out that contradict each other", async () => {
    const { changes, rows, runs } = use.ledger;
    const run = await runs.open(BANK, newRun("r"));
    await rows.recordRows(run, [named(2, "a", "Core-1"), named(3, "a", "Core-1"), row(4, "client:core-1")]);
    await changes.recordFolds(run, [{ kind: "invalid", change: 2, issue: issue("contradiction") }]);
    await changes.recordNear(run, 2);
    expect(await changes.findNear(run, 4, "core-1")).to.equal(undefined);
  });
}
