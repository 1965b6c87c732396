/**
 * A large plan as a person has it: made, read, approved in part, applied with three accounts changed in between, and applied once. 20,000 rows by
 * `npm run test:all`, and 400 of the same kinds otherwise.
 */
import { expect } from "chai";
import type { Run } from "../../../src/ledger/run.ts";
import type { Summary } from "../../../src/report/summary.ts";
import { approveGuard } from "../../../src/run/start/approve-guard.ts";
import { startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import type { SandboxSeed } from "../../../src/sandbox/state/seed.ts";
import { IS_WHOLE } from "../../support/extent.ts";
import { openDesk, readResults } from "../../support/scenario.ts";
import { applied, planned, refusal } from "./a-plan.ts";

const ROWS = IS_WHOLE ? 20_000 : 400;
const NUMBERS = Array.from({ length: ROWS }, (_, index) => index);
/** What every fourth row wants; `#` stands for its number. */
const KINDS = [
  "account_#,,,,New,,",
  "account_#,,,,Everyday,,",
  ",n#,deposit,entity_ann,Card,,",
  "account_#,,,,New,inactive,dormant",
];
const HEADER = "account_id,client_account_id,capabilities,account_holders,product_name,status,status_reason";
const kindOf = (number: number) => KINDS[number % KINDS.length] ?? "";
const CSV = [HEADER, ...NUMBERS.map((number) => kindOf(number).replaceAll("#", String(number))), ""].join("\n");
const SEED: SandboxSeed = {
  entities: [{ id: "entity_ann" }],
  accounts: NUMBERS.filter((number) => !kindOf(number).startsWith(",n")).map((number) => ({
    id: `account_${number}`,
    client_account_id: `c${number}`,
    relationships: { account_holder: ["entity_ann"] },
  })),
};
const QUARTER = ROWS / 4;
const JOB = { guards: { create: { max: QUARTER }, deactivate: { max: 20 } } };
/** Of kinds 0, 3 and 0. */
const MOVED = [8, 15, ROWS - 4];

const summaryOf = ({ summary }: Run) => JSON.parse(summary ?? "{}") as Summary;

/** How many rows have each word with its code. */
function countWords(rows: readonly Readonly<Record<string, string>>[]): Record<string, number> {
  const of = Map.groupBy(rows, ({ result, result_code }) => `${result} ${result_code}`.trim());
  return Object.fromEntries([...of].map(([word, alike]) => [word, alike.length]));
}

describe(`a plan over ${ROWS} rows`, function () {
  this.timeout(900_000);

  it("is applied but for three accounts that have moved, by exactly its calls otherwise, and once", async () => {
    await using bank = await startSandbox({ seed: SEED, recordRequests: false });
    await using desk = await openDesk({ durable: false });
    const plan = await planned(desk, bank, CSV, JOB);
    expect(bank.effects, "a plan sends nothing").to.have.length(0);
    const before = await readResults(summaryOf(plan).results);
    expect(countWords(before)).to.deep.equal({
      "skipped not_run": 2 * QUARTER,
      unchanged: QUARTER,
      "held guard": QUARTER,
    });
    const approval = { guard: "deactivate", max: QUARTER, reason: "a branch closes" } as const;
    const { results } = await approveGuard(desk.context(bank, JOB), plan, approval);
    const shown = await readResults(results);
    expect(countWords(shown), "approved in part").to.deep.equal({ "skipped not_run": 3 * QUARTER, unchanged: QUARTER });
    for (const number of MOVED) {
      const details = bank.accounts.get(`account_${number}`)?.details;
      if (details !== undefined) details.product_name = "Moved";
    }

    const approved = (await desk.ledger.runs.find(plan.id)) ?? plan;
    const { run, rows } = await applied(desk, bank, approved, JOB);
    expect(countWords(rows)).to.deep.equal({
      applied: 3 * QUARTER - MOVED.length,
      unchanged: QUARTER,
      "held drifted": MOVED.length,
    });
    const held = rows.filter(({ result }) => result === "held");
    expect(held.map(({ result_row, result_now }) => [Number(result_row) - 2, result_now])).to.deep.equal(
      MOVED.map((number) => [number, "product_name: Moved"]),
    );
    const calls = shown.flatMap((row, number) =>
      MOVED.includes(number) ? [] : (row.result_operations ?? "").split("; ").filter((call) => call !== ""),
    );
    expect(bank.effects.map(({ kind }) => `${kind}=planned`).sort()).to.deep.equal(calls.sort());
    const touched = new Set(bank.effects.map(({ accountId }) => accountId));
    expect(MOVED.filter((number) => touched.has(`account_${number}`))).to.deep.equal([]);
    const sent = bank.effects.length;
    const { code, exit, message } = await refusal(desk, bank, plan, JOB);
    expect({ code, exit }).to.deep.equal({ code: "plan_applied", exit: 7 });
    expect(message).to.contain(run.id);
    expect(bank.effects).to.have.length(sent);
  });
});
