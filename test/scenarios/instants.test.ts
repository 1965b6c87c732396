/** Moments less than a millisecond apart, through whole runs: an older row never overwrites a newer one. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { openDesk } from "../support/scenario.ts";
import { SEED } from "./words.ts";

describe("instants in whole runs", () => {
  it("skips a row as stale that is half a millisecond older than the last one applied", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    const told: (string | undefined)[] = [];
    for (const [name, at] of [
      ["A", "2026-01-01T00:00:00.000100Z"],
      ["B", "2026-01-01T00:00:00.000900Z"],
      ["C", "2026-01-01T00:00:00.000500Z"],
      ["D", "2026-01-01T01:00:00.0009+01:00"],
      ["E", "2026-01-01T01:00:00.000900001+01:00"],
    ]) {
      const { rows } = await desk.run(bank, `account_id,product_name,effective_at\naccount_1,${name},${at}\n`, {
        name: `${name}.csv`,
      });
      told.push(...rows.map(({ result, result_code }) => `${result} ${result_code}`));
    }
    expect(told).to.deep.equal(["applied ", "applied ", "skipped stale", "skipped stale", "applied "]);
    expect(bank.accounts.get("account_1")?.details?.product_name).to.equal("E");
  });

  it("lets the row be repaired of which only the first part was applied", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    bank.failNext("404", 1, ({ path }) => path.endsWith("/close"));
    const csv =
      "account_id,product_name,status,status_reason,effective_at\naccount_1,New,closed,paid_off,2026-01-01T00:00:00Z\n";
    const first = await desk.run(bank, csv);
    expect(first.rows[0]).to.include({ result: "refused", result_operations: "patch=applied; close=refused" });
    const failed = await readFile(join(first.summary?.results ?? "", "failed.csv"), "utf8");
    const start = { allowEdit: ["status_reason"] };
    const repaired = await desk.run(bank, failed.replace("paid_off", "charged_off"), { name: "failed.csv", start });
    expect(repaired.rows[0]).to.include({ result: "applied", result_operations: "close=applied" });
    expect(bank.accounts.get("account_1")).to.include({ status: "closed", status_reason: "charged_off" });
  });

  it("sees that the bank's instant is another by a microsecond", async () => {
    const notice = { delivered_at: "2026-01-02T03:04:05.000001Z", reason: "closed", delivery_method: "email" } as const;
    const account = { id: "account_1", details: { adverse_action_notice: notice } };
    await using bank = await startSandbox({ seed: structuredClone({ ...SEED, accounts: [account] }) });
    await using desk = await openDesk();
    const head = "account_id,aan_delivered_at,aan_reason,aan_delivery_method\n";
    const row = (at: string) => `${head}account_1,${at},closed,email\n`;
    const same = await desk.run(bank, row("2026-01-02T04:04:05.000001000+01:00"), { name: "same.csv" });
    expect(same.rows.map(({ result }) => result)).to.deep.equal(["unchanged"]);
    const other = await desk.run(bank, row("2026-01-02T03:04:05.000002Z"), { name: "other.csv" });
    expect(other.rows.map(({ result }) => result)).to.deep.equal(["applied"]);
    expect(bank.accounts.get("account_1")?.details?.adverse_action_notice?.delivered_at).to.equal(
      "2026-01-02T03:04:05.000002Z",
    );
  });
});
