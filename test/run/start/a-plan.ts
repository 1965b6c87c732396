/** A bank, a file, its plan, and what comes of applying it. */
import type { FatalError } from "../../../src/errors/fatal-error.ts";
import type { JobInput } from "../../../src/job.ts";
import type { Run } from "../../../src/ledger/run.ts";
import { applyPlan } from "../../../src/run/start/apply-plan.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { type Desk, readResults } from "../../support/scenario.ts";

const HOLDER = { account_holder: ["entity_ann"] };
export const openBank = () =>
  startSandbox({
    seed: {
      entities: [{ id: "entity_ann" }],
      accounts: [1, 2, 3, 4].map((n) => ({ id: `account_${n}`, client_account_id: `c${n}`, relationships: HOLDER })),
    },
  });

export const CSV = [
  "account_id,client_account_id,capabilities,account_holders,product_name,status,status_reason",
  "account_1,,,,New,,",
  "account_2,,,,New,inactive,dormant",
  "account_3,,,,,active,",
  ",n1,deposit,entity_ann,Card,,",
  "account_4,,,,New,,",
  "",
].join("\n");
export const JOB: Partial<JobInput> = { creates: "trusted" };

export async function planned(desk: Desk, bank: Sandbox, csv = CSV, job: Partial<JobInput> = {}): Promise<Run> {
  const { end } = await desk.run(bank, csv, { job: { ...JOB, ...job }, start: { kind: "plan" } });
  return (await desk.ledger.runs.find(end.run.id)) ?? end.run;
}

export async function applied(desk: Desk, bank: Sandbox, plan: Run, job: Partial<JobInput> = {}) {
  const end = await applyPlan(desk.context(bank, { ...JOB, ...job }), plan);
  if (end.kind !== "reported") throw new Error(`rejected: ${end.rejection.message}`);
  const rows = await readResults(end.summary.results);
  return {
    ...end,
    rows,
    words: rows.map(({ result, result_code }) => [result, result_code].filter(Boolean).join(" ")),
  };
}

export const refusal = (desk: Desk, bank: Sandbox, plan: Run, job: Partial<JobInput> = {}): Promise<FatalError> =>
  applyPlan(desk.context(bank, { ...JOB, ...job }), plan).then(
    () => {
      throw new Error("the plan was applied");
    },
    (error: FatalError) => error,
  );

export const detailsOf = (bank: Sandbox, n: number) => bank.accounts.get(`account_${n}`)?.details;
