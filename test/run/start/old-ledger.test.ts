/**
 * A backup of the ledger that was put in its place: results of a later run show that it is an old memory, and nothing is sent.
 */
import { join } from "node:path";
import { expect } from "chai";
import { fatalOf } from "../../ledger/builders.ts";
import { openDesk } from "../../support/scenario.ts";
import { CSV, contextOf, NEW_RUN, OLD_RUN, openBank, startOn } from "./two-nights.ts";

describe("a restored backup", () => {
  it("is told by a later run of the job, whatever its file, where a backup was put in its place", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await using restored = await openDesk();
    const out = join(desk.folder, "out");
    // Both ledgers know the first night, and the backup no other.
    await startOn(contextOf(desk, bank, [out, OLD_RUN]), CSV);
    await startOn(contextOf(restored, bank, [join(restored.folder, "out"), OLD_RUN]), CSV);
    await startOn(contextOf(desk, bank, [out, NEW_RUN]), CSV.replace("n2", "n3"));
    const requests = bank.requests.length;
    const next = contextOf(restored, bank, [out, "20260115-000009-abc123"]);
    const error = await fatalOf(startOn(next, CSV.replace("n2", "n4")));
    expect(error).to.include({ code: "ledger_missing", exit: 2 });
    expect(error.message).to.contain(`results of a later run of job desk from run ${NEW_RUN}`);
    expect(bank.requests).to.have.length(requests);
    expect((await startOn(next, CSV.replace("n2", "n4"), { withoutLedger: true }))?.final).to.equal(true);
    const again = contextOf(restored, bank, [out, "20260115-000010-abc123"]);
    expect((await startOn(again, CSV.replace("n2", "n5")))?.final, "told once").to.equal(true);
  });
});
