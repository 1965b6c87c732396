/**
 * A row that was fed in again and was cut off between two of its calls: what its own run has applied does not overtake the rest of it, and
 * what another run has applied since does.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { Run } from "../../src/ledger/run.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

const HEADER = "account_id,product_name,status,status_reason";
const SEED = { accounts: [{ id: "account_1", status: "active" as const }] };
/** The answer to the second call is lost, and the call is known to be absent later. */
const JOB = { attempts: 1, callTimeoutMs: 500, settleAfterMs: 1000 };
const DAYS_MS = 3 * 86_400_000;

async function lastRun(desk: Desk): Promise<Run> {
  const run = await desk.ledger.runs.find("last");
  if (run === undefined) throw new Error("the run is gone");
  return run;
}

async function failedOf(desk: Desk, bank: Sandbox): Promise<string> {
  const told = await desk.run(bank, `${HEADER}\naccount_1,#N/A,inactive,frozen\n`, { name: "first.csv" });
  return (await readFile(join(told.summary?.results ?? "", "failed.csv"), "utf8")).replace("#N/A", "Gold");
}

/** How a row was fed in again. Each leaves the PATCH applied and the rest open. */
const WAYS: Readonly<Record<string, (desk: Desk, bank: Sandbox) => Promise<void>>> = {
  "in a repaired file": async (desk, bank) => {
    const failed = await failedOf(desk, bank);
    bank.failNext("timeout_before", 50, ({ path }) => path.includes("deactivate"));
    await desk.run(bank, failed, { name: "repaired.csv", job: JOB });
  },
  "by rerun": async (desk, bank) => {
    const account = bank.accounts.get("account_1");
    if (account === undefined) throw new Error("the account is gone");
    account.status = "closed";
    await desk.run(bank, `${HEADER}\naccount_1,Gold,inactive,frozen\n`, { name: "first.csv", job: JOB });
    account.status = "active";
    bank.failNext("timeout_before", 50, ({ path }) => path.includes("deactivate"));
    await rerunRows(desk.context(bank, JOB), await lastRun(desk), ["refused"]);
  },
};

describe("a row that was fed in again, and half applied", () => {
  for (const [way, begin] of Object.entries(WAYS)) {
    it(`is finished when its run goes on: ${way}`, async () => {
      await using bank = await startSandbox({ seed: structuredClone(SEED) });
      await using desk = await openDesk();
      await begin(desk, bank);
      const run = await lastRun(desk);
      expect(bank.accounts.get("account_1")?.status, "after the first part").to.equal("active");
      expect(bank.accounts.get("account_1")?.details?.product_name).to.equal("Gold");
      bank.clearFaults();
      await desk.clock.sleep(DAYS_MS);
      const end = await resumeUnderLease(desk.context(bank, JOB), run, null);
      expect(end.kind === "reported" && end.summary.words).to.include({ applied: 1, skipped: 0, unknown: 0 });
      expect(bank.accounts.get("account_1")).to.include({ status: "inactive", status_reason: "frozen" });
    });
  }
});
