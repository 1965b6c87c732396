/**
 * The report page of whole runs against the sandbox: what it says of a run and of a plan, and what it leaves out if the job wants that.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

const SEED = { accounts: ["account_1", "account_2"].map((id) => ({ id, status: "active" as const })) };
const CSV = [
  "account_id,product_name,status,status_reason",
  "account_1,<b>New</b>,,",
  "account_2,,closed,paid_off",
  "account_nobody,,CELL-CANARY,",
  "no <i>id</i> at all,CELL-CANARY,,",
  "",
].join("\n");

describe("the report page of a run", () => {
  async function read(options: Parameters<Desk["run"]>[2] = {}): Promise<string> {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk({ durable: false });
    const { summary } = await desk.run(bank, CSV, options);
    return readFile(join(summary?.results ?? "", "report.html"), "utf8");
  }

  it("says what became of it, and shows the cells of the rows that failed as text", async () => {
    const page = await read();
    expect(page).to.contain("<h1>Of 4 rows, 2 need repair</h1>").and.contain("<strong>Exit 3:</strong>");
    expect(page).to.contain("no &lt;i&gt;id&lt;/i&gt; at all").and.contain("CELL-CANARY").and.contain("account_nobody");
    expect(page).to.contain("<td>the eight words together</td>");
    expect(page).to.contain("At the busiest, ").and.contain("How long the bank took to answer");
    // What was applied is counted, and shown nowhere.
    expect(page).to.not.contain("New");
    expect(page).to.match(/<code>status<\/code><\/th><td class="figure">1<\/td><td>active → closed 1<\/td>/);
  });

  it("shows none of them with values: false", async () => {
    const page = await read({ job: { report: { values: false } } });
    expect(page).to.contain("<h1>Of 4 rows, 2 need repair</h1>");
    expect(page).to.not.contain("CELL-CANARY").and.not.contain("id&lt;");
  });

  it("of a plan says what a run would do", async () => {
    const page = await read({ start: { kind: "plan" } });
    expect(page).to.contain("<h1>A run would make 2 changes at the bank; of 4 rows, 2 need repair</h1>");
    expect(page).to.contain("Operations that a run would send");
  });
});
