/**
 * Starts that are narrowed to some rows: what is left out is said, waits for a person, and is never taken for done.
 */
import { join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import type { Run } from "../../src/ledger/run.ts";
import type { Selection } from "../../src/plan/selection.ts";
import { renderSummary, type Summary } from "../../src/report/summary.ts";
import { abandonRun } from "../../src/run/start/abandon-run.ts";
import { applyPlan } from "../../src/run/start/apply-plan.ts";
import { approveGuard } from "../../src/run/start/approve-guard.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { startJob } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { fatalOf } from "../ledger/builders.ts";
import { type Desk, openDesk, readResults } from "../support/scenario.ts";

const ids = Array.from({ length: 12 }, (_, n) => `account_${n}`);
const seed = {
  entities: [{ id: "entity_ann" }],
  accounts: ids.map((id, n) => ({
    id,
    client_account_id: `c${n}`,
    details: { product_name: "Old" },
    relationships: { account_holder: ["entity_ann"] },
  })),
};
/** Every third account is closed, the others are renamed; rows 2 to 13. */
const FILE = [
  "account_id,product_name,status,status_reason",
  ...ids.map((id, n) => (n % 3 === 0 ? `${id},New,closed,paid_off` : `${id},New,,`)),
  "",
].join("\n");
const ALL_OF_IT = { rows: 12, changed: 12, closed: 4 };

const selected = (rows: readonly Record<string, string>[]) =>
  rows.filter((row) => row.result_code !== "not_selected").map((row) => Number(row.result_row));
const bankOf = (bank: Sandbox) => ({
  rows: ids.length,
  changed: [...bank.accounts.values()].filter(({ details }) => details?.product_name === "New").length,
  closed: [...bank.accounts.values()].filter(({ status }) => status === "closed").length,
});

async function withDesk(act: (bank: Sandbox, desk: Desk) => Promise<void>): Promise<void> {
  await using bank = await startSandbox({ seed: structuredClone(seed) });
  await using desk = await openDesk({ durable: false });
  await act(bank, desk);
}

const start = (desk: Desk, bank: Sandbox, selection: Selection, csv = FILE, job: Partial<JobInput> = {}) =>
  desk.run(bank, csv, { job, start: { selection } });

/** A plan of the file; of all of it where no selection is given. */
async function planOf(desk: Desk, bank: Sandbox, selection?: Selection, job: Partial<JobInput> = {}): Promise<Run> {
  const start = { kind: "plan" as const, ...(selection && { selection }) };
  const { end } = await desk.run(bank, FILE, { job, start });
  return (await desk.ledger.runs.find(end.run.id)) as Run;
}
/** As `patch account_1`. */
const sentTo = (bank: Sandbox) => bank.effects.map(({ kind, accountId }) => `${kind} ${accountId}`);

describe("a start that is narrowed", () => {
  const CASES: readonly (readonly [what: string, selection: Selection, rows: readonly number[]])[] = [
    [
      "to ranges of rows",
      {
        rows: [
          [3, 4],
          [9, 9],
        ],
      },
      [3, 4, 9],
    ],
    ["to named accounts", { accounts: { file: "a.txt", ids: ["account_1", "account_5", "nobody"] } }, [3, 7]],
    ["to a sample spread over the file", { sample: 4 }, [2, 5, 8, 11]],
    ["to a sample of ranges", { rows: [[2, 7]], sample: 2 }, [2, 5]],
    ["to a sample larger than the file", { sample: 50 }, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]],
    ["to kinds of operations, by whole rows", { onlyKinds: ["patch"] }, [3, 4, 6, 7, 9, 10, 12, 13]],
  ];
  for (const [what, selection, rows] of CASES)
    it(`${what} plans and sends just those, and the rest follows by --whole`, () =>
      withDesk(async (bank, desk) => {
        const planned = await desk.run(bank, FILE, { start: { kind: "plan", selection } });
        expect(selected(planned.rows)).to.deep.equal(rows);
        expect(planned.summary?.narrowed?.rows).to.equal(12 - rows.length);
        expect(bank.writes).to.deep.equal([]);

        const told = await start(desk, bank, selection);
        expect(selected(told.rows)).to.deep.equal(rows);
        const left = told.rows.filter((row) => row.result === "skipped");
        expect(new Set(left.map((row) => row.result_code))).to.deep.equal(
          new Set(rows.length < 12 ? ["not_selected"] : []),
        );
        expect(bank.writes.every(({ path }) => rows.some((row) => path.includes(`/${ids[row - 2]}`)))).to.equal(true);
        const isWhole = rows.length === 12;
        expect([told.summary?.exit, told.summary?.final]).to.deep.equal(isWhole ? [0, true] : [6, false]);
        if (isWhole) return;
        const text = renderSummary(told.summary as Summary);
        expect(text).to.contain(`: ${12 - rows.length} rows left out, so the bank need not agree with the file`);
        expect(told.summary?.next[0]).to.match(new RegExp(`^tieout resume ${told.summary?.run} --whole {3}# `));

        // Neither a start of the job nor a plain resume takes the rest.
        const writes = bank.writes.length;
        const file = join(desk.folder, "file.csv");
        const others = { kind: "run", file, from: null, limit: null, again: null } as const;
        expect((await startJob(desk.context(bank), others)).map(({ kind }) => kind)).to.deep.equal(["waiting"]);
        const same = await resumeUnderLease(desk.context(bank), told.end.run, null);
        expect([same.kind === "reported" && same.summary.exit, bank.writes.length]).to.deep.equal([6, writes]);

        const whole = await resumeUnderLease(desk.context(bank), same.run, null, { isWhole: true });
        expect(whole.kind === "reported" && [whole.summary.exit, whole.summary.words.applied]).to.deep.equal([0, 12]);
        expect(whole.kind === "reported" && whole.summary.narrowed).to.equal(undefined);
        expect(bankOf(bank)).to.deep.equal(ALL_OF_IT);
        expect(bank.effects).to.have.length(16);
      }));

  it("stays narrowed when it is stopped and resumed", () =>
    withDesk(async (bank, desk) => {
      bank.failNext("403", 1, ({ method }) => method === "PATCH");
      const selection: Selection = { sample: 4 };
      const told = await start(desk, bank, selection);
      expect(told.summary?.stopped).not.to.equal(null);
      const again = await resumeUnderLease(desk.context(bank), told.end.run, null);
      expect(again.kind === "reported" && again.summary.stopped).to.equal(null);
      const rows = again.kind === "reported" ? await readResults(again.summary.results) : [];
      expect(selected(rows)).to.deep.equal([2, 5, 8, 11]);
      expect(rows.filter(({ result }) => result === "applied")).to.have.length(4);
    }));

  it("sends no other kind either when the account has changed since it was planned", () =>
    withDesk(async (bank, desk) => {
      const csv = ["account_id,product_name,status", "account_0,New,active", "account_1,New,active", ""].join("\n");
      const job = { recheckAfterMs: 1, concurrency: { reads: 1, writes: 1 } };
      bank.failNext("403", 1, ({ method }) => method === "PATCH");
      const told = await start(desk, bank, { onlyKinds: ["patch"] }, csv, job);
      const account = bank.accounts.get("account_0");
      if (account !== undefined) Object.assign(account, { status: "inactive", status_reason: "frozen" });
      await desk.clock.sleep(60_000);
      const again = await resumeUnderLease(desk.context(bank, job), told.end.run, null);
      const rows = again.kind === "reported" ? await readResults(again.summary.results) : [];
      expect(rows.map((row) => `${row.result} ${row.result_code}`)).to.deep.equal(["skipped not_selected", "applied "]);
      const whole = await resumeUnderLease(desk.context(bank, job), told.end.run, null, { isWhole: true });
      expect(whole.kind === "reported" && [whole.summary.exit, whole.summary.words.applied]).to.deep.equal([0, 2]);
      expect(account).to.deep.include({ status: "active" });
    }));

  for (const [what, selection, rows] of CASES.filter(([, { sample = 0 }]) => sample < 50))
    it(`${what} makes just those calls of a whole plan, which counts as applied, and the rest follows by --whole`, () =>
      withDesk(async (bank, desk) => {
        const plan = await planOf(desk, bank);
        const shown = await desk.ledger.changes.readOperations(plan, { change: 0, step: 0 }, 100);
        const kindsOf = (wanted: (row: number) => boolean) =>
          shown.filter(({ change }) => wanted(change)).map(({ kind, accountId }) => `${kind} ${accountId}`);
        const end = await applyPlan(desk.context(bank), plan, { selection });
        const summary = end.kind === "reported" ? end.summary : null;
        expect(selected(await readResults(summary?.results ?? ""))).to.deep.equal(rows);
        expect([summary?.exit, summary?.planHash, summary?.narrowed?.rows]).to.deep.equal([
          6,
          plan.planHash,
          12 - rows.length,
        ]);
        expect(sentTo(bank)).to.have.members(kindsOf((row) => rows.includes(row)));
        expect(summary?.next[0]).to.equal(
          `tieout resume ${end.run.id} --whole   # continues with the rest of the plan`,
        );
        const twice = await fatalOf(applyPlan(desk.context(bank), plan));
        expect([twice.code, twice.hint]).to.deep.equal([
          "plan_applied",
          `to finish it, type: tieout resume ${end.run.id} --whole`,
        ]);

        const whole = await resumeUnderLease(desk.context(bank), end.run, null, { isWhole: true });
        expect(whole.kind === "reported" && [whole.summary.exit, whole.summary.words.applied]).to.deep.equal([0, 12]);
        expect(sentTo(bank)).to.have.members(kindsOf(() => true));
        expect(bankOf(bank)).to.deep.equal(ALL_OF_IT);
        const actions = (await desk.ledger.audit.listLatest(50, end.run.id)).map(({ action }) => action);
        expect(actions.filter((action) => action === "resume")).to.have.length(1);
      }));

  it("does not use up a plan that has nothing to send for it", () =>
    withDesk(async (bank, desk) => {
      const plan = await planOf(desk, bank);
      const wrong: Selection[] = [
        { rows: [[90, 99]] },
        { onlyKinds: ["create"] },
        { accounts: { file: "a", ids: ["x"] } },
      ];
      for (const selection of wrong) {
        const error = await fatalOf(applyPlan(desk.context(bank), plan, { selection }));
        expect([error.code, error.hint]).to.deep.equal([
          "usage",
          `to see which rows it sends, type: tieout report ${plan.id}`,
        ]);
      }
      const end = await applyPlan(desk.context(bank), plan, {
        selection: { accounts: { file: "a", ids: ["account_1"] } },
      });
      expect(end.kind === "reported" && end.summary.words.applied).to.equal(1);
    }));

  it("takes some of a narrowed plan, then the rest of that plan and no more", () =>
    withDesk(async (bank, desk) => {
      const plan = await planOf(desk, bank, { onlyKinds: ["patch"] });
      const end = await applyPlan(desk.context(bank), plan, { selection: { sample: 3 } });
      expect(end.kind === "reported" && end.summary.words.applied).to.equal(3);
      const whole = await resumeUnderLease(desk.context(bank), end.run, null, { isWhole: true });
      const summary = whole.kind === "reported" ? whole.summary : null;
      expect([summary?.exit, summary?.words.applied, summary?.narrowed?.byPlan]).to.deep.equal([6, 8, true]);
      expect(summary?.next.map((command) => command.split(" ")[1])).to.deep.equal(["abandon"]);
      expect(bankOf(bank)).to.deep.equal({ ...ALL_OF_IT, changed: 8, closed: 0 });
    }));

  it("keeps what a guard holds of a plan out of what is sent, also of the rest, until it is approved", () =>
    withDesk(async (bank, desk) => {
      const job = { guards: { close: { max: 1 } } };
      const plan = await planOf(desk, bank, undefined, job);
      const end = await applyPlan(desk.context(bank, job), plan, { selection: { rows: [[2, 4]] } });
      const summary = end.kind === "reported" ? end.summary : null;
      expect(summary?.words).to.include({ applied: 2, held: 1, skipped: 9 });
      expect(summary?.guards?.map(({ figure, holding }) => [figure, holding])).to.deep.equal([[4, 1]]);
      const approved = { guard: "close" as const, max: 4, reason: "seen" };
      const whole = await resumeUnderLease(desk.context(bank, job), end.run, null, { isWhole: true });
      expect(whole.kind === "reported" && whole.summary.words).to.include({ applied: 8, held: 4 });
      await approveGuard(desk.context(bank, job), whole.run, approved);
      await resumeUnderLease(desk.context(bank, job), (await desk.ledger.runs.find(end.run.id)) ?? end.run, null);
      expect(bankOf(bank)).to.deep.equal(ALL_OF_IT);
    }));

  it("sends of what a guard releases only what is wanted", () =>
    withDesk(async (bank, desk) => {
      const job = { guards: { close: { max: 1 } } };
      const plan = await planOf(desk, bank, undefined, job);
      const end = await applyPlan(desk.context(bank, job), plan, { selection: { rows: [[2, 4]] } });
      await approveGuard(desk.context(bank, job), end.run, { guard: "close", max: 4, reason: "seen" });
      const resumed = await resumeUnderLease(
        desk.context(bank, job),
        (await desk.ledger.runs.find(end.run.id)) ?? end.run,
        null,
      );
      expect(resumed.kind === "reported" && resumed.summary.words).to.include({ applied: 3, held: 0, skipped: 9 });
      const whole = await resumeUnderLease(desk.context(bank, job), resumed.run, null, { isWhole: true });
      expect(whole.kind === "reported" && [whole.summary.exit, whole.summary.words.applied]).to.deep.equal([0, 12]);
    }));

  it("holds a row of the plan whose account has moved, whatever kinds were wanted", () =>
    withDesk(async (bank, desk) => {
      const plan = await planOf(desk, bank);
      const account = bank.accounts.get("account_1");
      if (account !== undefined) Object.assign(account, { status: "inactive", status_reason: "frozen" });
      if (account?.details !== undefined) account.details.product_name = "Moved";
      const end = await applyPlan(desk.context(bank), plan, { selection: { onlyKinds: ["patch"] } });
      const rows = end.kind === "reported" ? await readResults(end.summary.results) : [];
      expect([rows[1]?.result, rows[1]?.result_code]).to.deep.equal(["held", "drifted"]);
    }));

  it("is applied as it was planned, and has no plan of the others", () =>
    withDesk(async (bank, desk) => {
      const plan = await desk.run(bank, FILE, { start: { kind: "plan", selection: { sample: 4 } } });
      expect(plan.summary?.next[0]).to.match(/^tieout apply /);
      const kept = (await desk.ledger.runs.find(plan.end.run.id)) as Run;
      const end = await applyPlan(desk.context(bank), kept);
      const summary = end.kind === "reported" ? end.summary : null;
      expect([summary?.exit, summary?.final, summary?.words.applied]).to.deep.equal([6, false, 4]);
      expect(summary?.next.map((command) => command.split(" ")[1])).to.deep.equal(["abandon"]);
      const error = await fatalOf(resumeUnderLease(desk.context(bank), end.run, null, { isWhole: true }));
      expect([error.code, error.exit]).to.deep.equal(["usage", 2]);
      expect(bank.effects).to.have.length(bank.writes.length);
    }));

  it("leaves the rest for good when it is abandoned", () =>
    withDesk(async (bank, desk) => {
      const told = await start(desk, bank, { rows: [[3, 3]] });
      const end = await abandonRun(desk.context(bank), told.end.run, "the rest is wrong");
      expect(end.kind === "reported" && [end.summary.final, end.summary.words.skipped]).to.deep.equal([true, 11]);
      expect(bankOf(bank)).to.deep.equal({ ...ALL_OF_IT, changed: 1, closed: 0 });
    }));

  it("never parts the rows of an account, by whichever id they name it", () =>
    withDesk(async (bank, desk) => {
      const csv = [
        "account_id,client_account_id,product_name,metadata.branch",
        "account_0,,New,",
        "account_1,,New,",
        ",c0,,12",
        "",
      ].join("\n");
      const told = await start(desk, bank, { rows: [[4, 4]] }, csv);
      expect(told.rows.map((row) => row.result)).to.deep.equal(["applied", "skipped", "applied"]);
      const account = bank.accounts.get("account_0");
      expect([account?.details?.product_name, account?.metadata]).to.deep.equal(["New", { branch: "12" }]);
    }));
});
