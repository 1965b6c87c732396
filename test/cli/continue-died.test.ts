/** A run whose process has died, and that a worker cannot bring to its end. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { continueDied } from "../../src/cli/commands/continue-died.ts";
import { holdJob } from "../../src/run/start/hold-job.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { openDesk } from "../support/scenario.ts";

describe("a worker that goes on with a run", () => {
  it("raises an alarm for an error of it, since nobody tries again, and none where another process has it", async () => {
    await using bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }, { id: "account_2" }] } });
    await using desk = await openDesk({ durable: false });
    const csv = "account_id,product_name\naccount_1,A\naccount_2,A\n";
    const { end } = await desk.run(bank, csv, { start: { limit: 1 } });
    const context = desk.context(bank);
    const printer = { log: context.log, say() {}, alert() {} };
    const open = async () => (await desk.ledger.alarms.list({ isOpen: true }, 0, 9)).map(({ code }) => code);
    await rm(join(desk.folder, "out"), { recursive: true });
    await writeFile(join(desk.folder, "out"), "no folder");
    {
      await using _ = await holdJob({ ...context, owner: "another" });
      await continueDied(printer, context, end.run);
    }
    expect(await open()).to.deep.equal([]);
    await continueDied(printer, context, end.run);
    expect(await open()).to.deep.equal(["results_unwritable"]);
    await rm(join(desk.folder, "out"));
    await continueDied(printer, context, end.run);
    expect(bank.accounts.get("account_2")?.details?.product_name).to.equal("A");
  });
});
