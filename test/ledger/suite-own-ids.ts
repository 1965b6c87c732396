/**
 * What every ledger must keep of ids that the program gave: for a bank, by kind, until the bank knows them no more.
 */
import { expect } from "chai";
import type { Resolution } from "../../src/plan/own-ids.ts";
import { BANK, newRun, SANDBOX } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

const resolution = (own: string, over: Partial<Resolution> = {}): Resolution => ({
  kind: "client_customer_id",
  own,
  id: `entity_${own}`,
  run: "first",
  atMs: 1_000,
  status: 200,
  ...over,
});

export function suiteOfOwnIds(use: LedgerInUse): void {
  const begin = (id: string, bank = BANK) => use.ledger.runs.open(bank, newRun(id));

  it("gives back what was found, by kind, for the bank it was found at, to every run of it", async () => {
    const run = await begin("first");
    const application = resolution("a 'é", { kind: "client_application_id", id: "application_1" });
    for (const one of [resolution("a 'é"), application, resolution("b")]) await use.ledger.ownIds.record(run, one);
    await use.reopen();
    const asked = [resolution("a 'é"), application, resolution("c")];
    expect(await use.ledger.ownIds.read(BANK, asked)).to.have.deep.members([resolution("a 'é"), application]);
    await begin("elsewhere", SANDBOX);
    expect(await use.ledger.ownIds.read(SANDBOX, asked)).to.deep.equal([]);
    const known = await use.ledger.ownIds.listKnown(BANK, "client_customer_id", 1);
    expect(known.map(({ own }) => own)).to.deep.equal(["a 'é"]);
  });

  it("forgets what an earlier run has found, and not what this one has", async () => {
    const [first, second] = [await begin("first"), await begin("second")];
    await use.ledger.ownIds.record(first, resolution("a"));
    await use.ledger.ownIds.record(second, resolution("b", { run: "second" }));
    await use.ledger.ownIds.forget(second, [resolution("a"), resolution("b")]);
    const left = await use.ledger.ownIds.read(BANK, [resolution("a"), resolution("b")]);
    expect(left.map(({ own }) => own)).to.deep.equal(["b"]);
    await use.ledger.ownIds.record(second, resolution("a", { id: "entity_new", run: "second" }));
    expect(await use.ledger.ownIds.read(BANK, [resolution("a")])).to.deep.include.members([
      resolution("a", { id: "entity_new", run: "second" }),
    ]);
  });
}
