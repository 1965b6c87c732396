/**
 * A backup of the ledger that was put in its place: results of a later run show that it is an old memory, and nothing is sent.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { systemClock } from "../../../src/clock.ts";
import type { RunContext } from "../../../src/run/context.ts";
import { type StartOptions, startJob } from "../../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { fatalOf } from "../../ledger/builders.ts";
import { type Desk, openDesk } from "../../support/scenario.ts";

const CSV = [
  "client_account_id,capabilities,account_holders,product_name",
  "n1,deposit,entity_ann,Card",
  "n2,deposit,entity_ann,Card",
  "",
].join("\n");
const NOW = Date.UTC(2026, 0, 15);
const OLD_RUN = "20251231-020000-abc123";
const NEW_RUN = "20260115-000000-def456";

const openBank = () => startSandbox({ seed: { entities: [{ id: "entity_ann" }] } });

/** A desk on 2026-01-15, whose results lie in `out`; the next run there gets that id. */
function contextOf(desk: Desk, bank: Sandbox, [out, id]: readonly [string, string]): RunContext {
  const ahead = NOW - systemClock.nowMs();
  return {
    ...desk.context(bank, { creates: "trusted", results: { folder: out } }),
    clock: { ...systemClock, nowMs: () => systemClock.nowMs() + ahead },
    newRunId: () => id,
  };
}

async function startOn(context: RunContext, csv: string, options: Partial<StartOptions> = {}) {
  const file = join(context.workFolder, "..", "file.csv");
  await writeFile(file, csv);
  const [end] = await startJob(context, { kind: "run", file, from: null, limit: null, again: null, ...options });
  return end?.kind === "reported" ? end.summary : null;
}

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
