/**
 * Whole runs over files that are damaged or odd: what is kept of such a file, what its rows become, and what the bank is asked.
 */
import { expect } from "chai";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { openDesk } from "../support/scenario.ts";

const SEED = { accounts: [{ id: "account_1" }, { id: "account_2" }] };

describe("a run over a damaged file", () => {
  it("keeps in the ledger whether a line end closed the file's last row", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    for (const [csv, endsWithLineEnd] of [
      ["account_id,metadata.a\naccount_1,x\n", true],
      ["account_id,metadata.a\naccount_1,y", false],
    ] as const) {
      await desk.run(bank, csv);
      const run = await desk.ledger.runs.find("last");
      expect(run?.reading).to.include({ endsWithLineEnd });
    }
  });
});
