/** Rows that ask again, under the same effective_at, for what was applied last: the bank is made to agree with them. */
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { fileOfUsers, people, SEED_OF_USERS, usersOf, wordsOf } from "../../scenarios/users-of-a-bank.ts";
import { SEED } from "../../scenarios/words.ts";
import { openDesk } from "../../support/scenario.ts";

const TUESDAY = "2026-01-06T08:00:00Z";

/** The bank's own people change the account. */
function byHand({ accounts }: Sandbox): void {
  const account = accounts.get("account_1");
  if (account === undefined) throw new Error("no account");
  accounts.set("account_1", { ...account, details: { ...account.details, product_name: "By hand" } });
}

describe("a row that asks for what was applied last", () => {
  it("puts right what the bank has changed since", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    const header = "account_id,product_name,metadata.a,effective_at,generated_at\n";
    const [at, same] = ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00"];
    const words: string[] = [];
    for (const [name, csv] of [
      ["first.csv", `${header}account_1,A,x,${at},2026-01-01T08:00:00Z\n`],
      ["second.csv", `${header}account_1,A,x,${same},2026-01-02T08:00:00Z\n`],
      ["folded.csv", `${header}account_1,B,,2026-01-02T00:00:00Z,\naccount_1,,y,2026-01-02T00:00:00Z,\n`],
      ["folded-again.csv", `${header}account_1,B,,2026-01-02T00:00:00.0Z,\naccount_1,,y,2026-01-02T00:00:00Z,\n`],
      ["part-of-it.csv", `${header}account_1,B,,2026-01-02T00:00:00Z,\n`],
      ["before.csv", `${header}account_1,A,x,${at},2026-01-03T08:00:00Z\n`],
    ] as const) {
      const { rows } = await desk.run(bank, csv, { name });
      words.push(rows.map(({ result, result_code }) => `${result} ${result_code}`.trim()).join(", "));
      byHand(bank);
    }
    expect(words).to.deep.equal([
      "applied",
      "applied",
      "applied, applied",
      "applied, applied",
      "skipped stale",
      "skipped stale",
    ]);
  });

  it("sends the rest where only a part was applied", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    bank.failNext("404", 1, ({ path }) => path.endsWith("/close"));
    const csv =
      "account_id,product_name,status,status_reason,effective_at\naccount_1,New,closed,paid_off,2026-01-01T00:00:00Z\n";
    const first = await desk.run(bank, csv, { name: "monday.csv" });
    expect(first.rows[0]).to.include({ result: "refused", result_operations: "patch=applied; close=refused" });
    const second = await desk.run(bank, `${csv}account_2,,,,\n`, { name: "tuesday.csv" });
    expect(second.rows[0]).to.include({ result: "applied", result_operations: "close=applied" });
    expect(bank.accounts.get("account_1")).to.include({ status: "closed", status_reason: "paid_off" });
  });

  it("puts right what the bank has changed of single users", async () => {
    await using bank = await startSandbox({ seed: SEED_OF_USERS });
    await using desk = await openDesk({ durable: false });
    const wanted = [
      ["entity_p5", "core-1", "active", TUESDAY],
      ["cust-p0", "core-1", "inactive", TUESDAY],
    ] as const;
    const told: string[] = [];
    for (const [name, csv] of [
      ["first.csv", fileOfUsers(...wanted)],
      ["second.csv", fileOfUsers(...wanted, ["cust-p7", "core-2", "active"])],
      ["other.csv", fileOfUsers(["entity_p5", "core-1", "inactive"], ["cust-p0", "core-1", "active"])],
      ["third.csv", fileOfUsers(...wanted, ["cust-p8", "core-2", "active"])],
    ] as const) {
      const { rows } = await desk.run(bank, csv, { name });
      told.push(wordsOf(rows.slice(0, 2)).join(", "), usersOf(bank, 1).join(" "));
      const account = bank.accounts.get("account_1");
      if (account === undefined || name === "other.csv") continue;
      const relationships = { ...account.relationships, authorized_user: people(0, 2) };
      bank.accounts.set("account_1", { ...account, relationships });
    }
    const [before, after] = ["entity_p0 entity_p1", "entity_p1 entity_p5"];
    const right = ["applied, applied", after, "applied, applied", after];
    // The file between asked for what the bank held by then, and so it has applied nothing.
    const other = ["unchanged, unchanged", before, "applied, applied", after];
    expect(told).to.deep.equal([...right, ...other]);
  });
});
