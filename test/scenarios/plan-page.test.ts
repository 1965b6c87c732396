/**
 * A plan and its page: whole runs of a job against the sandbox, and then a plan of a file with far more closings than usual.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { asTyped } from "../../src/cli/output/as-typed.ts";
import { renderPlanMarkdown } from "../../src/report/plan-markdown.ts";
import type { PlanPage } from "../../src/report/plan-page.ts";
import { renderSummary, type Summary } from "../../src/report/summary.ts";
import { reportAgain } from "../../src/run/report/report-again.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { openDesk } from "../support/scenario.ts";

const ACCOUNTS = 40;
const idOf = (n: number) => `account_${n}`;
const seed = {
  entities: [{ id: "entity_ann" }],
  accounts: Array.from({ length: ACCOUNTS }, (_, n) => ({
    id: idOf(n),
    status: n % 4 === 3 ? ("inactive" as const) : ("active" as const),
    status_reason: n % 4 === 3 ? ("frozen" as const) : ("active" as const),
    details: { product_name: "OLD-SECRET" },
    relationships: { account_holder: ["entity_ann"] },
  })),
};
const closing = (numbers: readonly number[]) =>
  ["account_id,status,status_reason", ...numbers.map((n) => `${idOf(n)},closed,paid_off`), ""].join("\n");
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

describe("a plan with far more closings than usual", () => {
  it("says so beside the guard and the last runs, with fields, rows and the forecast, again at any time, and gives no value away", async () => {
    await using bank = await startSandbox({ seed });
    await using desk = await openDesk({ durable: false });
    const job = { requestsPerSecond: 10, burst: 10 };
    await desk.run(bank, closing([0]), { job, name: "one.csv" });
    await desk.run(bank, closing([1, 2, 3]), { job, name: "two.csv" });
    const writes = bank.writes.length;
    const rows = [
      "account_id,status,status_reason,product_name",
      ...range(4, 29).map((n) => `${idOf(n)},closed,paid_off,`),
      ...range(29, 34).map((n) => `${idOf(n)},,,NEW-SECRET`),
      "account_nobody,closed,paid_off,",
      "no id at all,closed,paid_off,",
      "",
    ].join("\n");
    const { summary, end } = await desk.run(bank, rows, { job, name: "three.csv", start: { kind: "plan" } });
    expect(bank.writes).to.have.length(writes);
    const { page, words, exit } = summary as Summary;
    expect([exit, words.held, words.skipped, words.refused, words.invalid]).to.deep.equal([4, 25, 5, 1, 1]);
    const { operations, fields, ahead } = page as PlanPage;
    expect(operations).to.deep.equal([
      {
        kind: "patch",
        count: 5,
        rows: [27, 28, 29, 30, 31],
        allowed: 50_000,
        usual: { least: 0, most: 0, runs: 2 },
        irreversible: false,
      },
      {
        kind: "close",
        count: 25,
        rows: [2, 6, 14, 18, 26],
        allowed: 20,
        usual: { least: 1, most: 3, runs: 2 },
        irreversible: true,
      },
    ]);
    expect(fields).to.deep.equal([
      {
        field: "status",
        accounts: 25,
        irreversible: false,
        changes: [
          { from: "active", to: "closed", accounts: 19 },
          { from: "inactive", to: "closed", accounts: 6 },
        ],
      },
      { field: "product_name", accounts: 5, irreversible: false, changes: [] },
    ]);
    // The closings are held: five patches are left, and every account is read again before.
    expect(ahead?.forecast.calls).to.be.within(5, 45);
    expect((ahead?.deadlineMs ?? 0) - (ahead?.atMs ?? 0)).to.equal(6 * 3_600_000);

    const text = renderSummary(summary as Summary);
    expect(text).to.match(
      /\n {2}close {2}25 of 20 allowed, so they are held, usual 1–3, cannot be undone, such as rows 2, /,
    );
    expect(text).to.match(/\na run now: \d+ calls at .* the (\w{3} \d+ \w{3}, )?\d\d:\d\d deadline holds\n/);
    const markdown = renderPlanMarkdown(summary as Summary, page as PlanPage, asTyped);
    expect(markdown).to.contain("| **`close`** (cannot be undone) | **25** | 20, so they are **held** | 1–3 | 2, ");
    const file = await readFile(join((summary as Summary).results, "summary.json"), "utf8");
    for (const shown of [text, markdown, file]) expect(shown).not.to.contain("SECRET");

    const again = await reportAgain(desk.context(bank, job), end.run);
    expect(again.page).to.deep.equal(page);
  });

  it("has no page when the plan was stopped before its end", async () => {
    await using bank = await startSandbox({ seed });
    await using desk = await openDesk({ durable: false });
    bank.failNext("403");
    const stopped = await desk.run(bank, closing([0]), { start: { kind: "plan" }, name: "stopped.csv" });
    expect([stopped.summary?.stopped !== null, stopped.summary?.page]).to.deep.equal([true, undefined]);
  });
});
