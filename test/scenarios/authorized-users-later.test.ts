/**
 * What comes after a run of the Authorized Users file: older and newer files of it and of accounts, corrected rows, verifying,
 * undoing, and the list of open rows.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "csv-parse/sync";
import { findUndoHeader, type UndoneRow, undoRun } from "../../src/run/after/undo-run.ts";
import { verifyRun } from "../../src/run/after/verify-run.ts";
import { walkOpen } from "../../src/run/open-rows.ts";
import { explainRow } from "../../src/run/report/explain-row.ts";
import { applyPlan } from "../../src/run/start/apply-plan.ts";
import { approveGuard } from "../../src/run/start/approve-guard.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk, readResults, type Told } from "../support/scenario.ts";
import { fileOfUsers, people, SEED_OF_USERS, usersOf, wordsOf } from "./users-of-a-bank.ts";

const [MONDAY, TUESDAY, FRIDAY] = ["2026-01-05T08:00:00Z", "2026-01-06T08:00:00Z", "2026-01-09T08:00:00Z"];

const runOf = async ({ ledger }: Desk, { end }: Told) => (await ledger.runs.find(end.run.id)) ?? end.run;

async function openRows({ ledger }: Desk) {
  const open: string[] = [];
  for await (const { last } of walkOpen(ledger, { bank: null, job: null })) open.push(`${last.run} ${last.row}`);
  return open;
}

/** The file that takes the run back, and why what of it cannot. */
async function undoOf(desk: Desk, bank: Sandbox, told: Told, rows?: readonly (readonly [number, number])[]) {
  const context = desk.context(bank);
  const run = await runOf(desk, told);
  const header = await findUndoHeader(context, run);
  const all: UndoneRow[] = [];
  for await (const page of undoRun(context, run, header, rows)) all.push(...page);
  const lines = all.flatMap(({ cells }) => (cells === null ? [] : [cells.join(",")]));
  return {
    csv: `${[header.join(","), ...lines].join("\n")}\n`,
    not: all.flatMap(({ not }) => not.map(({ row, why }) => `${row} ${why}`)),
  };
}

describe("after a run of the Authorized Users file", () => {
  it("an older row is stale for its own user alone, and one of the same moment too", async () => {
    await using bank = await startSandbox({ seed: SEED_OF_USERS });
    await using desk = await openDesk({ durable: false });
    await desk.run(bank, fileOfUsers(["entity_p5", "core-1", "active", TUESDAY]));
    const { rows } = await desk.run(
      bank,
      fileOfUsers(
        ["entity_p5", "core-1", "inactive", MONDAY],
        ["entity_p6", "core-1", "active", MONDAY],
        ["cust-p0", "core-1", "inactive"],
      ),
    );
    expect(wordsOf(rows)).to.deep.equal(["skipped stale", "applied", "applied"]);
    expect(rows[0]?.result_message).to.match(/not later than 2026-01-06T08:00:00Z, the last one applied to this user/);
    const same = await desk.run(bank, fileOfUsers(["entity_p5", "core-1", "inactive", TUESDAY]));
    expect(wordsOf(same.rows)).to.deep.equal(["skipped stale"]);
    const later = await desk.run(bank, fileOfUsers(["entity_p5", "core-1", "inactive", FRIDAY]));
    expect(wordsOf(later.rows)).to.deep.equal(["applied"]);
    expect(usersOf(bank, 1)).to.deep.equal(["entity_p1", "entity_p6"]);
  });

  it("a time that lies ahead is not taken, so that no later row is stale by it", async () => {
    await using bank = await startSandbox({ seed: SEED_OF_USERS });
    await using desk = await openDesk({ durable: false });
    const ahead = await desk.run(
      bank,
      fileOfUsers(
        ["entity_p5", "core-1", "active", "9999-12-31T00:00:00Z"],
        ["entity_p6", "core-1", "active", TUESDAY],
      ),
    );
    expect(wordsOf(ahead.rows)).to.deep.equal(["invalid effective_at_ahead", "applied"]);
    const { rows } = await desk.run(bank, fileOfUsers(["entity_p5", "core-1", "active", FRIDAY]));
    expect(wordsOf(rows)).to.deep.equal(["applied"]);
  });

  it("neither its rows make those of accounts stale nor the other way round", async () => {
    await using bank = await startSandbox({ seed: SEED_OF_USERS });
    await using desk = await openDesk({ durable: false });
    const accounts = (product: string, at: string) =>
      `client_account_id,product_name,effective_at\ncore-1,${product},${at}\n`;
    const words = [
      await desk.run(bank, accounts("Gold", TUESDAY)),
      await desk.run(bank, fileOfUsers(["entity_p5", "core-1", "active", MONDAY])),
      await desk.run(bank, fileOfUsers(["entity_p5", "core-1", "inactive", FRIDAY])),
      await desk.run(bank, accounts("Tin", "2026-01-07T08:00:00Z")),
    ].map(({ rows }) => wordsOf(rows).join());
    expect(words).to.deep.equal(["applied", "applied", "applied", "applied"]);
  });

  it("a user whom a row of accounts has added since is not removed by an older row", async () => {
    await using bank = await startSandbox({ seed: SEED_OF_USERS });
    await using desk = await openDesk({ durable: false });
    const csv = `client_account_id,authorized_users,effective_at\ncore-1,"entity_p0;entity_p1;entity_p7",${TUESDAY}\n`;
    expect(wordsOf((await desk.run(bank, csv)).rows)).to.deep.equal(["applied"]);
    const { rows } = await desk.run(bank, fileOfUsers(["entity_p7", "core-1", "inactive", MONDAY]));
    expect(wordsOf(rows)).to.deep.equal(["skipped stale"]);
  });

  it("a row finds the account that a file of accounts has made just before", async () => {
    await using bank = await startSandbox({ seed: SEED_OF_USERS });
    await using desk = await openDesk({ durable: false });
    const header = "client_account_id,capabilities,account_holders,product_name";
    const made = await desk.run(bank, `${header}\ncore-1,,,\ncore-9,deposit,entity_holder,Card\n`);
    expect(wordsOf(made.rows)).to.deep.equal(["unchanged", "applied"]);
    const { rows } = await desk.run(bank, fileOfUsers(["entity_p3", "core-9", "active"]));
    expect(wordsOf(rows)).to.deep.equal(["applied"]);
    expect(rows[0]?.result_account_id).to.match(/^account_/);
    expect(bank.requests.filter(({ query }) => query.client_account_id === "core-9")).to.have.lengthOf(1);
  });

  it("rows that shared a refusal go once the wrong one is corrected, and stay open until then", async () => {
    await using bank = await startSandbox({ seed: SEED_OF_USERS });
    await using desk = await openDesk({ durable: false });
    const first = await desk.run(
      bank,
      fileOfUsers(
        ["entity_p2", "core-1", "active"],
        ["entity_off", "core-1", "active"],
        ["entity_p0", "core-9", "active"],
      ),
    );
    const bad = ["refused bank_refused", "refused bank_refused", "refused account_of_user_missing"];
    expect(wordsOf(first.rows)).to.deep.equal(bad);
    expect(first.rows[0]?.result_message).to.contain("entity_off");
    // A row about the account, or about another user of it, says nothing of these.
    await desk.run(bank, "client_account_id,product_name\ncore-1,Gold\n");
    await desk.run(bank, fileOfUsers(["entity_p9", "core-1", "active"]));
    expect(await openRows(desk)).to.deep.equal(["run-1 2", "run-1 3", "run-1 4"]);

    const failed = await readFile(join(first.summary?.results ?? "", "failed.csv"), "utf8");
    const corrected = failed.replace(/^entity_off/m, "entity_p3");
    const { rows } = await desk.run(bank, corrected, { name: "failed.csv" });
    expect(wordsOf(rows)).to.deep.equal(["applied", "applied", "refused account_of_user_missing"]);
    expect(await openRows(desk)).to.deep.equal([`${rows[2]?.result_run} 4`]);
    const again = await rerunRows(desk.context(bank), await runOf(desk, first), ["refused"]);
    expect(again).to.not.equal(undefined);
    expect(usersOf(bank, 1)).to.deep.equal(["entity_p0", "entity_p1", "entity_p2", "entity_p3", "entity_p9"]);
  });

  it("a refused row is no longer open once a later one has brought its user about", async () => {
    await using bank = await startSandbox({ seed: SEED_OF_USERS });
    await using desk = await openDesk({ durable: false });
    await desk.run(bank, fileOfUsers(["entity_off", "core-1", "active"], ["cust-p4", "core-1", "active"]));
    await desk.run(bank, fileOfUsers(["entity_p4", "core-1", "active"]));
    expect(await openRows(desk)).to.deep.equal(["run-1 2"]);
  });

  it("a held row is not sent once a later run has changed its user, and is where the account has changed otherwise", async () => {
    await using bank = await startSandbox({ seed: SEED_OF_USERS });
    await using desk = await openDesk({ durable: false });
    const job = { guards: { remove_relationship: { max: 1 } } };
    const gone = fileOfUsers(["entity_p0", "core-1", "inactive"], ["entity_p0", "core-2", "inactive"]);
    const held = await desk.run(bank, gone, { job });
    expect(wordsOf(held.rows)).to.deep.equal(["held guard", "held guard"]);
    await desk.run(bank, "client_account_id,product_name\ncore-1,Gold\n");
    await desk.run(bank, fileOfUsers(["entity_p0", "core-2", "inactive"], ["entity_p9", "core-1", "active"]));
    await desk.run(bank, fileOfUsers(["entity_p0", "core-2", "active"]));
    const run = await runOf(desk, held);
    await approveGuard(desk.context(bank, job), run, {
      guard: "remove_relationship",
      max: 2,
      reason: "it is right",
    });
    const end = await resumeUnderLease(desk.context(bank, job), await runOf(desk, held), null);
    const rows = end.kind === "reported" ? await readResults(end.summary.results) : [];
    expect(wordsOf(rows)).to.deep.equal(["applied", "skipped superseded_by_run"]);
    expect(usersOf(bank, 1)).to.deep.equal(["entity_p1", "entity_p9"]);
    expect(usersOf(bank, 2)).to.deep.equal([...people(0, 12)].sort());
  });

  it("a plan is applied though other users have come and gone, and is held where its own have", async () => {
    await using bank = await startSandbox({ seed: SEED_OF_USERS });
    await using desk = await openDesk({ durable: false });
    const csv = fileOfUsers(
      ["entity_p5", "core-1", "active"],
      ["entity_p0", "core-1", "active"],
      ["entity_p12", "core-2", "active"],
      ["entity_p0", "core-2", "inactive"],
    );
    const planned = await desk.run(bank, csv, { start: { kind: "plan" } });
    expect(planned.rows[3]?.result_changes).to.equal("authorized_users: entity_p0 → entity_p12");
    for (const [no, gone] of [
      [1, "entity_p1"],
      [2, "entity_p0"],
    ] as const) {
      const account = bank.accounts.get(`account_${no}`);
      const { authorized_user: held = [] } = account?.relationships ?? {};
      if (account) account.relationships.authorized_user = [...held.filter((id) => id !== gone), "entity_p20"];
    }
    const end = await applyPlan(desk.context(bank), await runOf(desk, planned));
    const rows = end.kind === "reported" ? await readResults(end.summary.results) : [];
    expect(wordsOf(rows)).to.deep.equal(["applied", "unchanged", "held drifted", "held drifted"]);
    expect(usersOf(bank, 1)).to.deep.equal(["entity_p0", "entity_p20", "entity_p5"]);
    expect(usersOf(bank, 2)).to.deep.equal([...people(1, 12), "entity_p20"].sort());
  });

  it("is verified row by row, each for its own user", async () => {
    await using bank = await startSandbox({ seed: SEED_OF_USERS });
    await using desk = await openDesk({ durable: false });
    const told = await desk.run(
      bank,
      fileOfUsers(
        ["cust-p0", "core-1", "active"],
        ["cust-p5", "core-1", "active"],
        ["entity_p1", "core-1", "inactive"],
      ),
    );
    expect(wordsOf(told.rows)).to.deep.equal(["unchanged", "applied", "applied"]);
    const account = bank.accounts.get("account_1");
    if (account) account.relationships.authorized_user = ["entity_p5"];
    await verifyRun(desk.context(bank), await runOf(desk, told), desk.folder);
    const verified = parse(await readFile(join(desk.folder, `${told.end.run.id}-verified.csv`)), { columns: true });
    expect(wordsOf(verified as Record<string, string>[])).to.deep.equal([
      "refused changed_since",
      "unchanged",
      "unchanged",
    ]);
  });

  it("is explained with what each row wants of its user", async () => {
    await using bank = await startSandbox({ seed: SEED_OF_USERS });
    await using desk = await openDesk({ durable: false });
    const told = await desk.run(
      bank,
      fileOfUsers(["entity_p5", "core-1", "active"], ["entity_p0", "core-1", "inactive"]),
    );
    const explained = JSON.stringify(await explainRow(desk.ledger, await runOf(desk, told), 3));
    expect(explained).to.contain("entity_p0").and.to.contain("inactive").and.to.contain("remove_relationship");
  });

  it("is taken back user by user, but for those that have been changed since", async () => {
    await using bank = await startSandbox({ seed: SEED_OF_USERS });
    await using desk = await openDesk({ durable: false });
    const told = await desk.run(
      bank,
      fileOfUsers(
        ["entity_p5", "core-1", "active"],
        ["entity_p0", "core-1", "inactive"],
        ["cust-p6", "core-1", "active"],
        ["entity_p7", "core-1", "active"],
        ["entity_p20", "core-2", "active"],
      ),
    );
    await desk.run(bank, fileOfUsers(["entity_p7", "core-1", "inactive"], ["entity_p8", "core-1", "active"]));
    const account = bank.accounts.get("account_2");
    if (account)
      account.relationships.authorized_user = account.relationships.authorized_user.filter((id) => id !== "entity_p20");
    const { csv, not } = await undoOf(desk, bank, told);
    expect(not).to.deep.equal(["5 later_run", "6 changed_since"]);
    expect(csv).to.equal(
      "entity_id,account_id,status,undoes_run,undoes_row\n" +
        "entity_p5,core-1,inactive,run-1,2\nentity_p6,core-1,inactive,run-1,4\nentity_p0,core-1,active,run-1,3\n",
    );
    const one = await undoOf(desk, bank, told, [[3, 3]]);
    expect(one.csv).to.contain("entity_p0,core-1,active,run-1,3").and.to.not.contain("entity_p5");
    const { rows } = await desk.run(bank, csv, { name: "undo.csv" });
    expect(wordsOf(rows)).to.deep.equal(["applied", "applied", "applied"]);
    expect(usersOf(bank, 1)).to.deep.equal(["entity_p0", "entity_p1", "entity_p8"]);
  });

  it("a row that takes back is skipped once another run has changed its user", async () => {
    await using bank = await startSandbox({ seed: SEED_OF_USERS });
    await using desk = await openDesk({ durable: false });
    const told = await desk.run(
      bank,
      fileOfUsers(["entity_p5", "core-1", "active"], ["entity_p6", "core-1", "active"]),
    );
    const { csv } = await undoOf(desk, bank, told);
    await desk.run(bank, fileOfUsers(["entity_p5", "core-1", "inactive"]));
    await desk.run(bank, fileOfUsers(["entity_p5", "core-1", "active"]));
    const { rows } = await desk.run(bank, csv, { name: "undo.csv" });
    expect(wordsOf(rows)).to.deep.equal(["skipped superseded_by_run", "applied"]);
  });
});
