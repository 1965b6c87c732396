/**
 * What every ledger must remember of values that a bank keeps otherwise than it was sent them.
 */
import { expect } from "chai";
import { BANK, claimLease, issue, newRun, outcome, planOne, SANDBOX, sendOne, sentAt } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

const kept = (field: string, wanted: string, isForm = true) => ({ field, wanted, held: "h", isForm });

export function suiteOfKept(use: LedgerInUse): void {
  const read = (bank = BANK, account = "new") => use.ledger.accounts.readKept(bank, account);

  it("keeps them by bank and account, replaces them by field, and forgets them", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("r"));
    await planOne(ledger, run, "client:c", ["create", "activate"]);
    const lease = await claimLease(ledger, run);
    await sendOne(ledger, run, lease);
    const first = { remember: [kept("b", "1"), kept("a", "1", false)], forget: [] };
    await ledger.operations.recordOutcome(run, 2, 1, "n", outcome("applied", { accountId: "new", kept: first }));
    await use.reopen();
    expect(await read()).to.deep.equal([kept("a", "1", false), kept("b", "1")]);
    expect([await read(SANDBOX), await read(BANK, "c")]).to.deep.equal([[], []]);
    await use.ledger.operations.recordSending(run, lease, 2, 2, sentAt(4_000));
    const next = { remember: [kept("b", "2")], forget: ["a"] };
    await use.ledger.operations.recordOutcome(run, 2, 2, "m", outcome("applied", { kept: next }));
    expect(await read()).to.deep.equal([kept("b", "2")]);
  });

  it("takes a row for not applied at its effective_at when the bank kept another value", async () => {
    const effective_at = "2026-01-01T00:00:00Z";
    for (const [code, applied] of [
      ["bank_kept_different", null],
      ["bank_keeps_other", effective_at],
    ] as const) {
      const run = await use.ledger.runs.open(BANK, newRun(code));
      await planOne(use.ledger, run, "account:a", ["patch"], { effective_at });
      await sendOne(use.ledger, run, await claimLease(use.ledger, run));
      const ended = { word: "applied", issues: [] } as const;
      await use.ledger.operations.recordOutcome(run, 2, 1, "n", outcome("applied", { issue: issue(code) }), ended);
      const [memory] = await use.ledger.accounts.readMemory(BANK, ["account:a"]);
      expect(memory?.effectiveAt).to.equal(applied);
    }
  });
}
