/** What a file's trailer has proven stays with its run: when it is resumed, reported again or applied from a plan; and not with rows chosen from it. */
import { join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../../src/job.ts";
import type { Run } from "../../../src/ledger/run.ts";
import type { Summary } from "../../../src/report/summary.ts";
import { holdLease } from "../../../src/run/lease.ts";
import { reportAgain } from "../../../src/run/report/report-again.ts";
import { applyPlan } from "../../../src/run/start/apply-plan.ts";
import { rerunRows } from "../../../src/run/start/rerun-rows.ts";
import { resumeRun, startJob } from "../../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { fatalOf } from "../../ledger/builders.ts";
import { type Desk, openDesk } from "../../support/scenario.ts";

const CSV = "account_id,product_name,limit\naccount_1,New,100\naccount_2,New,\nbad id,New,1.50\nEND,3,101.5\n";
const JOB: Partial<JobInput> = { completeness: { trailer: { marker: "END", sums: { limit: 3 } } } };
const PROVEN = [
  ["number of rows by the trailer", 3, 3],
  ["sum of limit by the trailer", "101.50", "101.50"],
];

const provenIn = (summary: Summary | null | undefined) =>
  summary?.certificate.filter(({ right }) => / by the /.test(right)).map(({ right, figures }) => [right, ...figures]);

async function inOffice(act: (office: { desk: Desk; bank: Sandbox; last: () => Promise<Run> }) => Promise<void>) {
  const accounts = [1, 2].map((n) => ({ id: `account_${n}`, client_account_id: `c${n}` }));
  await using bank = await startSandbox({ seed: { accounts } });
  await using desk = await openDesk({ durable: false });
  await act({ desk, bank, last: async () => (await desk.ledger.runs.find("last")) ?? expect.fail("no run") });
}

describe("what a trailer has proven", () => {
  it("is in the summary of a stopped run, of the resumed one and of its later reports, whatever the job says by then", () =>
    inOffice(async ({ desk, bank, last }) => {
      const { summary } = await desk.run(bank, CSV, { job: JOB, start: { limit: 1 } });
      expect(summary?.final).to.equal(false);
      expect(provenIn(summary)).to.deep.equal(PROVEN);
      const stopped = await last();
      await using lease = await holdLease(desk.ledger, { bank: stopped.bank, job: stopped.job }, "me", desk.clock);
      const end = await resumeRun(desk.context(bank), stopped, { lease: lease.current, limit: null });
      expect(end.kind === "reported" && end.summary.final).to.equal(true);
      expect(end.kind === "reported" && provenIn(end.summary)).to.deep.equal(PROVEN);
      expect(provenIn(await reportAgain(desk.context(bank), await last()))).to.deep.equal(PROVEN);
    }));

  it("is in the summary of a plan and of the run that applies it, and not in that of rows chosen from it", () =>
    inOffice(async ({ desk, bank, last }) => {
      const { summary } = await desk.run(bank, CSV, { job: JOB, start: { kind: "plan" } });
      expect(provenIn(summary)).to.deep.equal(PROVEN);
      const applied = await applyPlan(desk.context(bank, JOB), await last());
      expect(applied.kind === "reported" && provenIn(applied.summary)).to.deep.equal(PROVEN);
      const rerun = await rerunRows(desk.context(bank, JOB), await last(), ["invalid"]);
      expect(rerun.kind === "reported" && provenIn(rerun.summary)).to.deep.equal([]);
      expect(rerun.kind === "reported" && rerun.summary.rows).to.equal(1);
    }));

  it("must be there again in the rows that are written, or nothing is published", () =>
    inOffice(async ({ desk, bank, last }) => {
      await desk.run(bank, CSV, { job: JOB });
      const { reading, ...run } = await last();
      if (reading?.stated === undefined) return expect.fail("nothing is kept");
      const forged = { ...reading, stated: { ...reading.stated, sums: { limit: "101.51" } } };
      await desk.ledger.runs.record({ ...run, reading }, { reading: forged });
      const error = await fatalOf(reportAgain(desk.context(bank, JOB), await last()));
      expect(error.code).to.equal("run_unbalanced");
      expect(error.message).to.contain("sum of limit: 101.50, sum of limit by the trailer: 101.51");
    }));

  it("is no matter of a file of rows that a person has repaired", () =>
    inOffice(async ({ desk, bank }) => {
      const { summary } = await desk.run(bank, CSV, { job: JOB });
      const failed = join(summary?.results ?? "", "failed.csv");
      const [end] = await startJob(desk.context(bank, JOB), {
        kind: "run",
        file: failed,
        from: null,
        limit: null,
        again: null,
      });
      expect(end?.kind === "reported" && provenIn(end.summary)).to.deep.equal([]);
    }));
});
