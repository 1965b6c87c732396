/** A bank that is named between the moment that a start chose it and the moment that it has its lease. */
import { expect } from "chai";
import { leaseName } from "../../../src/ledger/run.ts";
import { startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { fatalOf } from "../../ledger/builders.ts";
import { openDesk } from "../../support/scenario.ts";

const CSV = "account_id,product_name\naccount_1,Card\n";

describe("a start whose bank got a name meanwhile", () => {
  it("ends before anything is sent, begins no second bank and leaves its lease", async () => {
    await using bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }] } });
    await using desk = await openDesk();
    const { banks, leases } = desk.ledger;
    const context = desk.context(bank);
    const { bankName, clock, job } = context;
    expect((await desk.run(bank, CSV)).summary?.bank).to.deep.equal(bankName);
    const { length } = bank.requests;
    await banks.name(bankName, "prepaid", clock.nowMs());

    const error = await fatalOf(desk.run(bank, CSV.replace("Card", "New"), { name: "next.csv" }));
    expect(error).to.include({ code: "program_unclear", exit: 2 });
    expect(error.hint).to.contain("LEAD_PROGRAM=prepaid");
    expect(bank.requests).to.have.length(length);
    expect((await banks.list(bankName.apiUrl)).map((one) => one.bank.program)).to.deep.equal(["prepaid"]);
    expect((await leases.find(leaseName(bankName, job.name)))?.untilMs).to.equal(0);

    const named = await desk.run(bank, CSV.replace("Card", "New"), { name: "next.csv", job: { program: "prepaid" } });
    expect(named.summary).to.deep.include({ exit: 0, bank: { ...bankName, program: "prepaid" } });
    expect(named.summary?.words.applied).to.equal(1);
  });
});
