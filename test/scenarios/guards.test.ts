/** Rows that a guard holds, from the plan to their release: what is held, what approve releases, what resume then sends. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { FatalError } from "../../src/errors/fatal-error.ts";
import type { JobInput } from "../../src/job.ts";
import type { Run } from "../../src/ledger/run.ts";
import type { GuardName } from "../../src/plan/guard-settings.ts";
import type { RunEnd } from "../../src/run/carry-run.ts";
import { abandonRun } from "../../src/run/start/abandon-run.ts";
import { applyPlan } from "../../src/run/start/apply-plan.ts";
import { approveGuard } from "../../src/run/start/approve-guard.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { exitOf, startJob } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk, readResults } from "../support/scenario.ts";
import { runOf, toldOf } from "./held-rows.ts";

const SEED = { accounts: [1, 2, 3, 4, 5, 6].map((n) => ({ id: `account_${n}`, client_account_id: `c${n}` })) };
const HEADER = "account_id,status,status_reason,product_name\n";
const close = (...numbers: number[]) => numbers.map((n) => `account_${n},closed,paid_off,\n`).join("");
const patch = (...numbers: number[]) => numbers.map((n) => `account_${n},,,New\n`).join("");
const ANN = { user: "ann", host: "desk", version: "1" };
const JOB: Partial<JobInput> = { guards: { close: { max: 1 } } };

async function fatalOf(act: Promise<unknown>): Promise<FatalError> {
  const error = await act.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof FatalError) return error;
  throw new Error(`no FatalError: ${String(error)}`);
}

describe("a guard", () => {
  let bank: Sandbox;
  let desk: Desk;
  beforeEach(async () => {
    bank = await startSandbox({ seed: structuredClone(SEED) });
    desk = await openDesk();
  });
  afterEach(async () => {
    await desk[Symbol.asyncDispose]();
    await bank.close();
  });

  const findRun = (id?: string) => runOf(desk, id);
  const approve = (run: Run, guard: GuardName, max: number, job = JOB) =>
    approveGuard({ ...desk.context(bank, job), actor: ANN }, run, { guard, max, reason: "seen" });
  const resume = async (run: Run, job = JOB) => resumeUnderLease(desk.context(bank, job), await findRun(run.id), null);
  const told = async (results: string) => toldOf(await readResults(results));
  const toldBy = (end: RunEnd) => told(end.kind === "reported" ? end.summary.results : "");
  const effects = () => bank.effects.map(({ kind, accountId }) => `${kind} ${accountId}`).sort();

  it("holds its rows alone, each with figure, limit and the way to release it", async () => {
    const { rows, summary } = await desk.run(bank, HEADER + close(1, 2) + patch(3), { job: JOB });
    expect(toldOf(rows)).to.deep.equal(["held guard", "held guard", "applied"]);
    const run = await findRun();
    expect(rows[0]?.result_message).to.equal(
      `guard close: the plan has 2 close operations, and 1 may be sent (max 1); if they are right: tieout approve ${run.id} --guard close --max 2 --reason "…"`,
    );
    expect(summary?.guards).to.deep.equal([{ guard: "close", figure: 2, allowed: 1, held: 2, holding: 2 }]);
    expect(summary?.next[0]).to.match(/^tieout approve run-1 --guard close --max 2 --reason "…" {3}#/);
    expect(summary?.exit).to.equal(4);
  });

  it("is released by approve, which sends nothing, and resume sends just that, once", async () => {
    await desk.run(bank, HEADER + close(1, 2) + patch(3), { job: JOB });
    const run = await findRun();
    const before = bank.requests.length;
    const summary = await approve(run, "close", 2);
    expect(bank.requests).to.have.length(before);
    expect(await told(summary.results)).to.deep.equal(["skipped guard_approved", "skipped guard_approved", "applied"]);
    expect(summary).to.deep.include({ final: false, exit: 6, waiting: true });
    expect(summary.results).to.match(/\/2$/);
    expect(summary.next[0]).to.match(/^tieout resume run-1 /);
    expect(summary.guards?.[0]).to.deep.include({ held: 2, holding: 0 });
    expect(summary.guards?.[0]?.approved).to.deep.include({ max: 2, by: "ann", reason: "seen" });

    const end = await resume(run);
    expect(await toldBy(end)).to.deep.equal(["applied", "applied", "applied"]);
    expect(exitOf(end)).to.equal(0);
    expect(effects()).to.deep.equal(["close account_1", "close account_2", "patch account_3"]);
    const again = await fatalOf(approve(run, "close", 2));
    expect([again.code, again.exit]).to.deep.equal(["nothing_to_approve", 2]);
    expect(again.message).to.contain("ann has approved it");
  });

  it("releases nothing when its figure is above --max, and names the figure", async () => {
    await desk.run(bank, HEADER + close(1, 2, 3), { job: JOB });
    const run = await findRun();
    const error = await fatalOf(approve(run, "close", 2));
    expect([error.code, error.exit]).to.deep.equal(["guard_above_max", 4]);
    expect(error.hint).to.contain(`tieout approve ${run.id} --guard close --max 3`);
    expect((await findRun()).stage).to.equal("ended");
    const [kept] = await desk.ledger.guards.list(run);
    expect(kept).to.deep.include({ guard: "close", figure: 3, allowed: 1, held: 3, holding: 3, approval: null });
    expect(effects()).to.deep.equal([]);
  });

  it("is no help for another guard's rows, and a row of both goes with the second", async () => {
    const job: Partial<JobInput> = { guards: { close: { max: 0 }, patch: { max: 0 } } };
    await desk.run(bank, `${HEADER}account_1,closed,paid_off,New\n${close(2)}${patch(3)}`, { job });
    const run = await findRun();
    const first = await approve(run, "close", 9, job);
    expect(await told(first.results)).to.deep.equal(["held guard", "skipped guard_approved", "held guard"]);
    expect(await toldBy(await resume(run, job))).to.deep.equal(["held guard", "applied", "held guard"]);
    expect(effects()).to.deep.equal(["close account_2"]);
    await approve(run, "patch", 9, job);
    expect(await toldBy(await resume(run, job))).to.deep.equal(["applied", "applied", "applied"]);
    expect(effects()).to.deep.equal(["close account_1", "close account_2", "patch account_1", "patch account_3"]);
  });

  it("is named by approve where another one was meant", async () => {
    await desk.run(bank, HEADER + close(1, 2), { job: JOB });
    const error = await fatalOf(approve(await findRun(), "patch", 9));
    expect(error.code).to.equal("nothing_to_approve");
    expect(error.hint).to.equal('for the guard close, type: tieout approve run-1 --guard close --max 2 --reason "…"');
  });

  it("keeps an approved run for resume: no start of the job goes on with it", async () => {
    await desk.run(bank, HEADER + close(1, 2), { job: JOB });
    await approve(await findRun(), "close", 2);
    const start = { kind: "run", file: null, from: null, limit: null, again: null } as const;
    const ends = await startJob(desk.context(bank, JOB), start);
    expect(ends.map(({ kind }) => kind)).to.deep.equal(["waiting"]);
    expect(effects()).to.deep.equal([]);
  });

  it("does not let an approved row undo what a later run has applied", async () => {
    await desk.run(bank, HEADER + close(1, 2), { job: JOB, name: "old.csv" });
    const run = await findRun();
    await desk.run(bank, HEADER + patch(2), { job: JOB, name: "new.csv" });
    await approve(run, "close", 2);
    expect(await toldBy(await resume(run))).to.deep.equal(["applied", "skipped superseded_by_run"]);
    expect(effects()).to.deep.equal(["close account_1", "patch account_2"]);
  });

  it("is given up by abandon, also of a run that has ended, and can then not be approved", async () => {
    await desk.run(bank, HEADER + close(1, 2) + patch(3), { job: JOB });
    const run = await findRun();
    const end = await abandonRun(desk.context(bank, JOB), run, "wrong file");
    expect(await toldBy(end)).to.deep.equal(["skipped abandoned", "skipped abandoned", "applied"]);
    expect(exitOf(end)).to.equal(0);
    expect((await fatalOf(approve(run, "close", 2))).message).to.contain("was abandoned");
    expect(effects()).to.deep.equal(["patch account_3"]);
  });

  it("judges what --limit has left together with what it has held, up to what was approved", async () => {
    const limited = { job: JOB, start: { limit: 2 } };
    await desk.run(bank, HEADER + close(1, 2, 3), limited);
    const run = await findRun();
    const rest = await resume(run);
    expect(await toldBy(rest), "the third closes more than one, with those that are held").to.deep.equal([
      "held guard",
      "held guard",
      "held guard",
    ]);
    await approve(run, "close", 3);
    expect(await toldBy(await resume(run))).to.deep.equal(["applied", "applied", "applied"]);
  });

  it("passes what comes later of a run while its figure is not above what was approved", async () => {
    await desk.run(bank, HEADER + close(1, 2, 3, 4), { job: JOB, start: { limit: 2 } });
    const run = await findRun();
    await approve(run, "close", 3);
    expect(await toldBy(await resume(run)), "four are more than three").to.deep.equal([
      "applied",
      "applied",
      "held guard",
      "held guard",
    ]);
  });

  it("takes a share of the accounts of the file, also when some of its rows are run again", async () => {
    const { rows } = await desk.run(bank, HEADER + close(1, 2) + patch(3, 4), {
      job: { guards: { close: { max: 0 } } },
    });
    expect(rows.map(({ result }) => result)).to.deep.equal(["held", "held", "applied", "applied"]);
    const job: Partial<JobInput> = { guards: { close: { share: "50%" } } };
    const released = await rerunRows(desk.context(bank, job), await findRun(), ["held"]);
    expect(await toldBy(released), "two of four").to.deep.equal(["applied", "applied"]);
    const { rows: more } = await desk.run(bank, HEADER + close(3, 4) + patch(5), { job, name: "b.csv" });
    expect(
      more.map(({ result }) => result),
      "two of three",
    ).to.deep.equal(["held", "held", "applied"]);
  });

  it("holds an approved row whose account somebody has changed at the bank since", async () => {
    await desk.run(bank, HEADER + close(1, 2), { job: JOB });
    const run = await findRun();
    await approve(run, "close", 2);
    const account = bank.accounts.get("account_2");
    if (account !== undefined) bank.accounts.set("account_2", { ...account, status: "inactive" });
    await desk.clock.sleep(3_600_000);
    expect(await toldBy(await resume(run))).to.deep.equal(["applied", "held drifted"]);
    expect(effects()).to.deep.equal(["close account_1"]);
  });

  describe("that a second person approves", () => {
    const job: Partial<JobInput> = { ...JOB, approval: "second person" };
    const by = (user: string, run: Run) =>
      approveGuard({ ...desk.context(bank, job), actor: { ...ANN, user } }, run, {
        guard: "close",
        max: 2,
        reason: "seen",
      });

    it("is not approved by whoever has begun the run", async () => {
      await desk.run(bank, HEADER + close(1, 2), { job });
      const run = await findRun();
      const error = await fatalOf(by(run.actor?.user ?? "", run));
      expect([error.code, error.exit]).to.deep.equal(["approver_same", 4]);
      expect((await desk.ledger.guards.list(run))[0]).to.deep.include({ holding: 2, approval: null });
      await by("ben", run);
      expect(await toldBy(await resume(run, job))).to.deep.equal(["applied", "applied"]);
    });

    it("is not approved by whoever has made the plan that another applies", async () => {
      const planner = { ...desk.context(bank, job), actor: { ...ANN, user: "pat" } };
      const file = join(desk.folder, "file.csv");
      await writeFile(file, HEADER + close(1, 2));
      await startJob(planner, { kind: "plan", file, from: null, limit: null, again: null });
      const end = await applyPlan({ ...desk.context(bank, job), actor: { ...ANN, user: "sam" } }, await findRun());
      expect(await toldBy(end)).to.deep.equal(["held guard", "held guard"]);
      for (const user of ["pat", "sam"]) expect((await fatalOf(by(user, end.run))).code).to.equal("approver_same");
      await by("ben", end.run);
      const [approved] = await desk.ledger.audit
        .listLatest(1_000, end.run.id)
        .then((entries) => entries.filter(({ action }) => action === "approve"));
      expect(approved?.actor.user).to.equal("ben");
      expect(JSON.parse(approved?.details ?? "")).to.deep.equal({ guard: "close", figure: 2, max: 2 });
    });
  });

  describe("of a plan", () => {
    const start = { kind: "plan" } as const;

    it("is approved before the plan is applied, which then makes these calls too", async () => {
      const { summary } = await desk.run(bank, HEADER + close(1, 2) + patch(3), { job: JOB, start });
      const plan = await findRun();
      expect(summary?.next.map((line) => line.split("   #")[0])).to.deep.equal([
        `tieout approve ${plan.id} --guard close --max 2 --reason "…"`,
        `tieout apply ${plan.id}`,
      ]);
      const allowed = (of: typeof summary) => of?.page?.operations.find(({ kind }) => kind === "close")?.allowed;
      expect(allowed(summary)).to.equal(1);
      const approved = await approve(plan, "close", 2);
      expect(allowed(approved)).to.equal(2);
      expect(await told(approved.results)).to.deep.equal(["skipped not_run", "skipped not_run", "skipped not_run"]);
      expect(approved.next.map((line) => line.split("   #")[0])).to.deep.equal([`tieout apply ${plan.id}`]);
      const end = await applyPlan(desk.context(bank, JOB), await findRun(plan.id));
      expect(await toldBy(end)).to.deep.equal(["applied", "applied", "applied"]);
      expect(effects()).to.deep.equal(["close account_1", "close account_2", "patch account_3"]);
    });

    it("holds its rows in the run that applies the plan, and is approved there", async () => {
      await desk.run(bank, HEADER + close(1, 2) + patch(3), { job: JOB, start });
      const plan = await findRun();
      const end = await applyPlan(desk.context(bank, JOB), plan);
      expect(await toldBy(end)).to.deep.equal(["held guard", "held guard", "applied"]);
      const refused = await fatalOf(approve(plan, "close", 2));
      expect(refused.code).to.equal("nothing_to_approve");
      expect(refused.hint).to.equal(`type: tieout approve ${end.run.id} --guard close --max 2 --reason "…"`);
      expect((await readResults(end.kind === "reported" ? end.summary.results : ""))[0]?.result_message).to.contain(
        `tieout approve ${end.run.id} `,
      );
      const reads = bank.requests.length;
      await approve(end.run, "close", 2);
      expect(await toldBy(await resume(end.run))).to.deep.equal(["applied", "applied", "applied"]);
      const read = bank.requests
        .slice(reads)
        .filter(({ method, path }) => method === "GET" && path.includes("account_"));
      expect(read, "read again before they were closed").to.have.length(2);
    });
  });
});
