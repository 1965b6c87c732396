/** Moments less than a millisecond apart, through whole runs: an older row never overwrites a newer one. */
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
