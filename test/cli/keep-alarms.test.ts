/** The alarms of a start that an error ends after its first file. */
import { expect } from "chai";
import { keepAlarms } from "../../src/cli/keep-alarms.ts";
import { FatalError } from "../../src/errors/fatal-error.ts";
import { type FileEnd, startJob } from "../../src/run/start/start-job.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { put } from "../run/source.ts";
import { openDesk } from "../support/scenario.ts";

describe("the alarms of a start that an error ends", () => {
  it("are also those of the files before that, which no later start comes to", async () => {
    await using bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }] } });
    await using desk = await openDesk({ durable: false });
    const context = desk.context(bank, { guards: { patch: { max: 0 } } });
    const options = { kind: "run", file: null, from: null, limit: null, again: null } as const;
    await put(desk, "1.csv", "account_id,product_name\naccount_1,A\n", 1);
    const broken = new FatalError("file_too_large", "too large", { hint: "split it" });
    const start = async (onEnd: (end: FileEnd) => void) => {
      await startJob(context, options, onEnd);
      throw broken;
    };
    expect(await keepAlarms(context, options, start).catch((thrown: unknown) => thrown)).to.equal(broken);
    const open = (await desk.ledger.alarms.list({ isOpen: true }, 0, 10)).map(({ kind, code }) => `${kind} ${code}`);
    expect(open).to.have.members(["held guard", "rejected file_too_large"]);
  });
});
