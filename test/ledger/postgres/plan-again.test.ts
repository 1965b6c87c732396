/**
 * That one of several processes that plan a change again at the same time comes after the other in PostgreSQL.
 */
import { expect } from "chai";
import { ALL, BANK, newRun, operation, plan, planOne } from "../builders.ts";
import { useLedger } from "../use-ledger.ts";
import { describeOnPostgres, POSTGRES } from "./use-postgres.ts";

describeOnPostgres("recordPlanAgain", () => {
  const use = useLedger(POSTGRES);

  it("leaves the operations of one plan, whole, of several at once", async () => {
    const run = await use.ledger.runs.open(BANK, newRun("r"));
    await planOne(use.ledger, run, "account:a", ["patch", "close"]);
    const ledgers = [use.ledger, await use.openOther(), await use.openOther()];
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(
        ledgers.map(({ changes }, at) => {
          const operations = (["activate", "close"] as const).map((kind, index) => ({
            ...operation(index + 1, kind),
            generation: at,
          }));
          return changes.recordPlanAgain(run, plan(2, [], { accountId: "a", touch: at, operations }));
        }),
      );
      const [planned] = await use.ledger.changes.takeToApply(run, ALL);
      const { touch = -1, operations = [] } = planned ?? {};
      expect(operations.map(({ step, generation }) => [step, generation])).to.deep.equal([
        [1, touch],
        [2, touch],
      ]);
    }
  });
});
