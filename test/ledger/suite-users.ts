/**
 * What every ledger must keep of single users of accounts: when each was last changed, and rows that are decided apart from their change.
 */
import { expect } from "chai";
import type { RowsApart } from "../../src/ledger/ledger.ts";
import type { Run } from "../../src/ledger/run.ts";
import {
  ALL,
  BANK,
  claimLease,
  findAll,
  issue,
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

const user = (entityId: string, effectiveAt: string | null) => ({ entityId, effectiveAt });
const [EARLY, LATE] = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"];

export function suiteOfUsers(use: LedgerInUse): void {
  const read = (accountId = "a", bank = BANK) => use.ledger.userTimes.read(bank, accountId, ["u", "v", "w"]);
  const resultsOf = async (run: Run) => {
    const results = await use.ledger.rows.readResults(run, ALL);
    return results.map(({ source, word, issues, operations }) => [
      source.row,
      word,
      issues.map(({ code }) => code).join(),
      operations.length,
    ]);
  };

  it("keeps the latest time of each and the last run, of what was applied alone, by bank and account", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("r"));
    await planOne(ledger, run, "account:a", ["add_relationships", "remove_relationship", "patch"]);
    const lease = await claimLease(ledger, run);
    await sendOne(ledger, run, lease);
    await recordEnd(ledger, run, outcome("applied", { users: [user("u", LATE), user("v", null)] }), { step: 1 });
    await ledger.operations.recordSending(run, lease, 2, 2, sentAt(2_000));
    await recordEnd(ledger, run, outcome("applied", { users: [user("u", EARLY), user("v", EARLY)] }), { step: 2 });
    await ledger.operations.recordSending(run, lease, 2, 3, sentAt(3_000));
    await recordEnd(ledger, run, outcome("refused", { users: [user("w", LATE)] }), { step: 3 });
    await use.reopen();
    expect(await read()).to.have.deep.members([
      { ...user("u", LATE), byRun: run.no },
      { ...user("v", EARLY), byRun: run.no },
    ]);
    expect(await read("b")).to.deep.equal([]);
    await use.ledger.runs.open(SANDBOX, newRun("elsewhere"));
    expect(await read("a", SANDBOX)).to.deep.equal([]);
    expect(await use.ledger.userTimes.read(BANK, "a", [])).to.deep.equal([]);
  });

  it("gives rows a word of their own with a plan, and keeps what the change wants without them", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("r"));
    await ledger.rows.recordRows(
      run,
      [2, 3, 4, 5].map((number) => row(number, "account:a")),
    );
    await ledger.changes.recordFolds(run, [
      { kind: "apart", rows: [4], issue: issue("contradiction") },
      { kind: "change", change: 2, desired: { users: [{ id: "u", status: "active" }] } },
    ]);
    await findAll(ledger, run);
    const desired = { users: [{ id: "v", status: "inactive" }] } as const;
    const apart: RowsApart = {
      ends: [
        { rows: [2, 4], word: "unchanged", issues: [] },
        { rows: [3], word: "skipped", issues: [issue("stale")] },
      ],
      desired,
    };
    await ledger.changes.recordPlans(run, [{ ...plan(2, ["remove_relationship"]), apart }]);
    await use.reopen();
    const [planned] = await use.ledger.changes.takeToApply(run, ALL);
    expect(planned?.folded).to.deep.equal(desired);
    const expected = [
      [2, "unchanged", "", 0],
      [3, "skipped", "stale", 0],
      [4, "invalid", "contradiction", 0],
      [5, null, "", 1],
    ];
    expect(await resultsOf(run)).to.deep.equal(expected);
    const again: RowsApart = {
      ends: [{ rows: [2, 5], word: "skipped", issues: [issue("stale")] }],
      desired: { users: [] },
    };
    const end = { word: "skipped" as const, issues: [issue("stale")] };
    await use.ledger.changes.recordPlanAgain(run, { ...plan(2, []), verdict: end, apart: again });
    expect((await resultsOf(run)).at(-1)).to.deep.equal([5, "skipped", "stale", 0]);
    expect((await resultsOf(run))[0]).to.deep.equal(expected[0]);
  });

  it("gives every row of a change its issue that has none apart", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("r"));
    await ledger.rows.recordRows(
      run,
      [2, 3].map((number) => row(number, "account:a")),
    );
    await ledger.changes.recordFolds(run, [
      { kind: "invalid", change: 2, issue: issue("contradiction") },
      { kind: "apart", rows: [3], issue: issue("effective_at_repeated") },
    ]);
    expect(await resultsOf(run)).to.deep.equal([
      [2, "invalid", "contradiction", 0],
      [3, "invalid", "effective_at_repeated", 0],
    ]);
  });
}
