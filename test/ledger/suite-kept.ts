/**
 * What every ledger must remember of values that a bank keeps otherwise than it was sent them.
 */
import { expect } from "chai";
import type { Run } from "../../src/ledger/run.ts";
import type { Kept } from "../../src/plan/diff/kept.ts";
import {
  ALL,
  BANK,
  claimLease,
  findAll,
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

const kept = (field: string, wanted: string, isForm = true) => ({ field, wanted, held: "h", isForm });

export function suiteOfKept(use: LedgerInUse): void {
  const read = async (run: Run, accountId = "new") => (await use.ledger.changes.readStored(run, 2, accountId)).kept;

  it("keeps them by bank and account, replaces them by field, and forgets them", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("r"));
    await planOne(ledger, run, "client:c", ["create", "activate"]);
    const lease = await claimLease(ledger, run);
    await sendOne(ledger, run, lease);
    const first = { remember: [kept("b", "1"), kept("a", "1", false)], forget: [] };
    await recordEnd(ledger, run, outcome("applied", { accountId: "new", kept: first }));
    await use.reopen();
    expect(await read(run)).to.deep.equal([kept("a", "1", false), kept("b", "1")]);
    const elsewhere = await use.ledger.runs.open(SANDBOX, newRun("elsewhere"));
    await planOne(use.ledger, elsewhere, "account:new", ["patch"]);
    expect([await read(elsewhere), await read(run, "c")]).to.deep.equal([[], []]);
    await use.ledger.operations.recordSending(run, lease, 2, 2, sentAt(4_000));
    const next = { remember: [kept("b", "2")], forget: ["a"] };
    await recordEnd(use.ledger, run, outcome("applied", { kept: next }), { step: 2 });
    expect(await read(run)).to.deep.equal([kept("b", "2")]);
  });

  it("gives what is kept of an account with each change of it, found, planned or to be planned again", async () => {
    const { ledger } = use;
    const first = await ledger.runs.open(BANK, newRun("first"));
    await planOne(ledger, first, "account:a", ["patch"]);
    await sendOne(ledger, first, await claimLease(ledger, first));
    const remember = [kept("b", "1")];
    await recordEnd(ledger, first, outcome("applied", { kept: { remember, forget: [] } }));
    const run = await ledger.runs.open(BANK, newRun("r"));
    await ledger.accounts.recordLinks(BANK, [{ clientAccountId: "c", accountId: "a" }]);
    await ledger.rows.recordRows(run, [row(2, "client:c"), row(3, "account:b")]);
    await findAll(ledger, run);
    const keptOf = (changes: readonly { readonly kept: readonly Kept[] }[]) => changes.map((change) => change.kept);
    expect(keptOf(await ledger.changes.readToPlan(run, ALL))).to.deep.equal([remember, []]);
    await ledger.changes.recordPlans(run, [
      plan(2, ["patch"], { accountId: "a" }),
      plan(3, ["patch"], { accountId: "b" }),
    ]);
    expect(keptOf(await ledger.changes.takeToApply(run, ALL))).to.deep.equal([remember, []]);
    expect(keptOf([await ledger.changes.readStored(run, 3, "a")])).to.deep.equal([remember]);
  });
}
