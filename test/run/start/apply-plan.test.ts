/** What becomes of a plan that is applied: its calls and no others, once, and rows whose account has moved are held. */
import { expect } from "chai";
import type { Run } from "../../../src/ledger/run.ts";
import type { Summary } from "../../../src/report/summary.ts";
import { applyPlan } from "../../../src/run/start/apply-plan.ts";
import { rerunRows } from "../../../src/run/start/rerun-rows.ts";
import { resumeUnderLease } from "../../../src/run/start/resume-under-lease.ts";
import { openDesk } from "../../support/scenario.ts";
import { applied, CSV, detailsOf, JOB, openBank, planned, refusal } from "./a-plan.ts";

const summaryOf = ({ summary }: Run) => JSON.parse(summary ?? "{}") as Summary;

describe("a plan that is applied", () => {
  it("makes the calls that it has shown, under its keys, and counts as a run of its file", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const plan = await planned(desk, bank);
    expect(bank.effects).to.deep.equal([]);
    expect(summaryOf(plan)).to.include({ planHash: plan.planHash, kind: "plan" });
    expect(summaryOf(plan).next).to.deep.equal([
      `tieout apply ${plan.id}   # makes the calls of this plan: sends the changes of 4 rows`,
    ]);
    const shown = await desk.ledger.changes.readOperations(plan, { change: 0, step: 0 }, 100);
    const { run, rows, words, summary } = await applied(desk, bank, plan);
    expect(words).to.deep.equal(["applied", "applied", "unchanged", "applied", "applied"]);
    expect(summary).to.include({ planOf: plan.id, planHash: plan.planHash, exit: 0, kind: "run" });
    // Its readings before the writes are needed, as the plan's are not its own.
    const { reads, writes, leastReads, leastWrites } = summary.calls ?? {};
    expect({ reads, writes }).to.deep.equal({ reads: leastReads, writes: leastWrites });
    expect(bank.effects.map(({ kind }) => kind).sort()).to.deep.equal(shown.map(({ kind }) => kind).sort());
    const results = await desk.ledger.rows.readResults(plan, { after: 0, limit: 100 });
    const keys = results.map(({ operations }) => operations.map(({ key }) => key).join(" | "));
    expect(rows.map(({ result_idempotency_key }) => result_idempotency_key)).to.deep.equal(keys);
    expect(rows[0]).to.include({ result_wanted: "", result_plan_saw: "", result_now: "" });
    const again = await desk.run(bank, CSV, { job: JOB });
    expect(again.end).to.deep.include({ kind: "already" });
    expect(again.end.run.id).to.equal(run.id);
  });

  it("is not applied twice", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const plan = await planned(desk, bank);
    const { run } = await applied(desk, bank, plan);
    const before = bank.requests.length;
    const { code, exit, message, hint } = await refusal(desk, bank, plan);
    expect({ code, exit }).to.deep.equal({ code: "plan_applied", exit: 7 });
    expect(message).to.equal(`the plan ${plan.id} was applied already, by run ${run.id}, which ended 0`);
    expect(hint).to.equal(`to see what became of it, type: tieout report ${run.id}`);
    expect(bank.requests).to.have.length(before);
  });

  it("reads every account before its first write, however young the plan is", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const plan = await planned(desk, bank);
    const before = bank.requests.length;
    await applied(desk, bank, plan);
    const since = bank.requests.slice(before);
    for (const n of [1, 2, 4]) {
      const of = since.filter(({ path }) => path.startsWith(`/v0/accounts/account_${n}`)).map(({ method }) => method);
      expect(of[0], `account ${n}`).to.equal("GET");
      expect(of.length).to.be.above(1);
    }
    expect(
      since.some(({ path }) => path.includes("account_3")),
      "nothing is sent for it",
    ).to.equal(false);
  });

  it("holds a row whose account has moved, with what the file wants, the plan saw and the bank has now", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const plan = await planned(desk, bank);
    const details = detailsOf(bank, 1);
    if (details !== undefined) details.product_name = "Moved";
    const { run, rows, words, summary } = await applied(desk, bank, plan);
    expect(words).to.deep.equal(["held drifted", "applied", "unchanged", "applied", "applied"]);
    expect(rows[0]).to.deep.include({
      result_operations: "patch=skipped",
      result_wanted: "product_name: New",
      result_plan_saw: "product_name: Everyday",
      result_now: "product_name: Moved",
      result_column: "product_name",
      result_message: `the account has changed in product_name since the plan ${plan.id}, so nothing of the row was sent`,
    });
    expect(detailsOf(bank, 1)?.product_name).to.equal("Moved");
    const rerun = `tieout rerun ${run.id} --only held --accept drifted --reason "…"`;
    expect(summary.next).to.deep.equal([`${rerun}   # after looking at the rows; say why`]);
    expect(summary.exit).to.equal(4);
    await rerunRows(desk.context(bank, JOB), run, ["held"], { codes: ["drifted"], reason: "looked" });
    expect(detailsOf(bank, 1)?.product_name).to.equal("New");
  });

  it("holds one whose account was closed, opened under its id, or lost since", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const plan = await planned(desk, bank);
    const one = bank.accounts.get("account_1");
    if (one !== undefined) Object.assign(one, { status: "closed", status_reason: "client_closed" });
    bank.accounts.delete("account_4");
    const two = bank.accounts.get("account_2");
    if (two !== undefined)
      bank.accounts.set("account_9", { ...structuredClone(two), id: "account_9", client_account_id: "n1" });
    const { words, rows } = await applied(desk, bank, plan);
    expect(words).to.deep.equal([
      "held drifted | account_closed",
      "applied",
      "unchanged",
      "held drifted",
      "held drifted | account_not_found",
    ]);
    expect(bank.effects.map(({ kind, accountId }) => `${kind} ${accountId}`)).to.deep.equal([
      "patch account_2",
      "deactivate account_2",
    ]);
    expect(rows[3]?.result_now, "no second account").to.contain("product_name: Everyday");
  });

  it("goes on with one that moved in what the row does not name, and ends one that agrees by now as unchanged", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const plan = await planned(desk, bank);
    const two = bank.accounts.get("account_4");
    if (two !== undefined) Object.assign(two, { status: "inactive", status_reason: "dormant" });
    const details = detailsOf(bank, 1);
    if (details !== undefined) details.product_name = "New";
    const { words } = await applied(desk, bank, plan);
    expect(words).to.deep.equal(["unchanged", "applied", "unchanged", "applied", "applied"]);
  });

  it("never uses a key again that another run has used for the account since", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const plan = await planned(desk, bank);
    // Another job sends the same bytes, and somebody sets back what it did.
    await desk.run(bank, CSV, { job: { ...JOB, name: "other" } });
    const details = detailsOf(bank, 1);
    if (details !== undefined) details.product_name = "Everyday";
    const before = bank.effects.length;
    const { words } = await applied(desk, bank, plan);
    expect(words).to.deep.equal(["applied", "unchanged", "unchanged", "unchanged", "unchanged"]);
    expect(bank.effects.slice(before).map(({ kind, accountId }) => `${kind} ${accountId}`)).to.deep.equal([
      "patch account_1",
    ]);
    expect(detailsOf(bank, 1)?.product_name).to.equal("New");
  });

  it("keeps back what a guard held in the plan", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const guards = { guards: { deactivate: { max: 0 } } };
    const plan = await planned(desk, bank, CSV, guards);
    const { words } = await applied(desk, bank, plan, guards);
    expect(words).to.deep.equal(["applied", "held guard", "unchanged", "applied", "applied"]);
    expect(bank.effects.some(({ accountId }) => accountId === "account_2")).to.equal(false);
  });

  it("is resumed like any other run, and makes no call twice", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const plan = await planned(desk, bank);
    const stopper = new AbortController();
    const context = { ...desk.context(bank, JOB), signal: stopper.signal };
    const openBankOf = context.openBank;
    const stopping = {
      ...context,
      openBank: (...args: Parameters<typeof openBankOf>) => {
        stopper.abort();
        return openBankOf(...args);
      },
    };
    const end = await applyPlan(stopping, plan);
    expect(end.kind === "reported" && end.summary.exit).to.equal(6);
    const again = await refusal(desk, bank, plan);
    expect(again.hint).to.equal(`to finish it, type: tieout resume ${end.run.id}`);
    await resumeUnderLease(desk.context(bank, JOB), end.run, null);
    expect(bank.effects).to.have.length(5);
    expect((await desk.ledger.runs.find(end.run.id))?.exit).to.equal(0);
  });
});
