/** Which plans are refused, and what is to be typed instead. */
import { expect } from "chai";
import type { JobInput } from "../../../src/job.ts";
import type { Run } from "../../../src/ledger/run.ts";
import type { Sandbox } from "../../../src/sandbox/start-sandbox.ts";
import { row } from "../../ledger/builders.ts";
import { type Desk, openDesk } from "../../support/scenario.ts";
import { applied, CSV, detailsOf, JOB, openBank, planned, refusal } from "./a-plan.ts";

const HOUR_MS = 3_600_000;

describe("a plan is refused, with exit code 7 and nothing sent,", () => {
  const cases: readonly {
    readonly when: string;
    readonly code: string;
    readonly says: RegExp;
    readonly next?: RegExp;
    readonly plan?: Partial<JobInput>;
    readonly apply?: Partial<JobInput>;
    readonly between?: (desk: Desk, bank: Sandbox, plan: Run) => Promise<unknown>;
  }[] = [
    {
      when: "that is older than the job allows",
      code: "plan_old",
      says: /is 12\.5 h old, and the job allows 12 h/,
      between: async ({ clock }) => clock.sleep(12.5 * HOUR_MS),
    },
    {
      when: "after a setting has changed that decides what is sent",
      code: "plan_outdated",
      says: /settings of job desk that decide what is sent have changed/,
      apply: { removeRelationships: true },
    },
    {
      when: "after its file was run",
      code: "plan_outdated",
      says: /file\.csv was run as run run-2, so the plan run-1 cannot be applied/,
      next: /--again --reason "…"$/,
      between: (desk, bank) => desk.run(bank, CSV, { job: JOB }),
    },
    {
      when: "after other bytes of the same key were run",
      code: "plan_outdated",
      says: /was run as run run-2/,
      between: (desk, bank) => desk.run(bank, CSV.replaceAll("New", "Newer"), { job: JOB }),
    },
    {
      when: "after its bytes were run under another key",
      code: "plan_outdated",
      says: /was run as run run-2/,
      between: (desk, bank) => desk.run(bank, CSV, { job: JOB, name: "twin.csv" }),
    },
  ];
  for (const {
    when,
    code,
    says,
    next = /^to make a new plan, type: tieout plan desk\.ts --file \S+file\.csv/,
    ...one
  } of cases) {
    it(when, async () => {
      await using bank = await openBank();
      await using desk = await openDesk();
      const plan = await planned(desk, bank, CSV, one.plan);
      await one.between?.(desk, bank, plan);
      const before = bank.effects.length;
      const error = await refusal(desk, bank, plan, one.apply);
      expect({ code: error.code, exit: error.exit }).to.deep.equal({ code, exit: 7 });
      expect(error.message).to.match(says);
      expect(error.hint).to.match(next);
      expect(bank.effects).to.have.length(before);
      expect(await desk.ledger.runs.findApplied(plan)).to.equal(undefined);
    });
  }

  it("that does not have every row of its file", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const { end, summary } = await desk.run(bank, CSV, { job: JOB, start: { kind: "plan", limit: 2 } });
    expect(summary?.next[0]).to.match(/^tieout run /);
    const error = await refusal(desk, bank, end.run);
    expect({ code: error.code, exit: error.exit }).to.deep.equal({ code: "plan_incomplete", exit: 7 });
  });

  it("of a file that was run before it, unless the plan says why it is run again", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await desk.run(bank, CSV, { job: JOB });
    const plan = await planned(desk, bank);
    expect((await refusal(desk, bank, plan)).code).to.equal("plan_outdated");
    const details = detailsOf(bank, 1);
    if (details !== undefined) details.product_name = "Moved";
    const { end } = await desk.run(bank, CSV, { job: JOB, start: { kind: "plan", again: "set back" } });
    const { words, run } = await applied(desk, bank, (await desk.ledger.runs.find(end.run.id)) ?? end.run);
    expect(words[0]).to.equal("applied");
    expect(run.reason).to.equal("set back");
  });

  it("while an earlier run of the job is not finished", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const plan = await planned(desk, bank);
    const earlier = await desk.ledger.runs.open(plan.bank, {
      ...plan,
      id: "earlier",
      kind: "run",
      file: { ...plan.file, key: "earlier.csv", sha256: "other" },
    });
    const error = await refusal(desk, bank, plan);
    expect(error.message).to.equal(`run earlier of job desk is not finished, and goes before the plan ${plan.id}`);
    expect(error.hint).to.equal(`to finish it, type: tieout resume ${earlier.id}`);
    expect(error.exit).to.equal(7);
  });

  it("but not while an ended run of the job has a row that is unknown", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const plan = await planned(desk, bank);
    const file = { ...plan.file, key: "earlier.csv", sha256: "other" };
    const earlier = await desk.ledger.runs.open(plan.bank, { ...plan, id: "earlier", kind: "run", file });
    await desk.ledger.rows.recordRows(earlier, [row(2, "account:elsewhere")]);
    await desk.ledger.changes.recordDone(earlier, 2, { word: "unknown", issues: [] }, 1);
    await desk.ledger.runs.record(earlier, { stage: "ended" });
    expect((await desk.ledger.runs.listUnfinished(plan.bank, plan.job)).map(({ id }) => id)).to.deep.equal(["earlier"]);
    expect((await applied(desk, bank, plan)).words[0]).to.equal("applied");
  });

  it("whose operations were altered in the ledger, which is no case for 7 but for the Tieout maintainers", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const plan = await planned(desk, bank);
    await desk.ledger.runs.record(plan, { planHash: "0".repeat(64) });
    const altered = (await desk.ledger.runs.find(plan.id)) ?? plan;
    const error = await refusal(desk, bank, altered);
    expect({ code: error.code, exit: error.exit }).to.deep.equal({ code: "plan_altered", exit: 1 });
    expect(bank.effects).to.deep.equal([]);
  });

  it("but not after a setting has changed that only says how fast", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const plan = await planned(desk, bank);
    const { words } = await applied(desk, bank, plan, {
      burst: 20,
      concurrency: { writes: 1 },
      onRejected: "continue",
    });
    expect(words[0]).to.equal("applied");
  });
});
