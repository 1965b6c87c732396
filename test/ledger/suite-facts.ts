/**
 * What every ledger must keep of the entities and applications that a run has seen.
 */
import { expect } from "chai";
import { BANK, newRun } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

const FACT = JSON.stringify({ id: "entity_1", type: "individual", note: "é \u0000 '" });

export function suiteOfFacts(use: LedgerInUse): void {
  const begin = (id: string) => use.ledger.runs.open(BANK, newRun(id));

  it("tells what was never asked from what the bank does not have", async () => {
    const run = await begin("first");
    expect(await use.ledger.facts.read(run, "entity_1")).to.equal(undefined);
    await use.ledger.facts.record(run, "entity_1", null);
    expect(await use.ledger.facts.read(run, "entity_1")).to.equal(null);
    expect(await use.ledger.facts.read(run, "entity_2")).to.equal(undefined);
  });

  it("keeps a fact to the letter, for another handle and after it is opened again", async () => {
    const run = await begin("first");
    await use.ledger.facts.record(run, "entity_1", FACT);
    const other = await use.openOther();
    expect(await other.facts.read(run, "entity_1")).to.equal(FACT);
    await use.reopen();
    expect(await use.ledger.facts.read(run, "entity_1")).to.equal(FACT);
  });

  it("keeps the last of two", async () => {
    const run = await begin("first");
    await use.ledger.facts.record(run, "entity_1", null);
    await use.ledger.facts.record(run, "entity_1", FACT);
    expect(await use.ledger.facts.read(run, "entity_1")).to.equal(FACT);
  });

  it("keeps runs apart: a new one asks the bank anew", async () => {
    const [first, second] = [await begin("first"), await begin("second")];
    await use.ledger.facts.record(first, "entity_1", FACT);
    expect(await use.ledger.facts.read(second, "entity_1")).to.equal(undefined);
  });
}
