/**
 * Whole runs that ask for entities and applications first: how often, with which scopes, and what becomes of rows when the
 * answers are bad, or don't come.
 */
import { expect } from "chai";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { exitOf } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { openDesk } from "../support/scenario.ts";
import { CREDIT, HEADER, PEOPLE, PRECHECK, rowsFrom, SEED } from "./precheck.ts";

const isOfEntities = ({ path }: { path: string }) => path.startsWith("/v0/entities/");
const facts = ({ requests }: Sandbox) =>
  requests.flatMap(({ path }) => (/^\/v0\/(entities|applications)\//.test(path) ? [path.split("/").at(-1)] : []));
const scopesOf = ({ requests }: Sandbox) =>
  requests.flatMap(({ body }) => {
    const { scope }: { scope?: string } = Object(body);
    return scope === undefined ? [] : [scope];
  });

describe("prechecks", () => {
  it("ask for each entity and application once, however many rows name it, within the cap of reads", async () => {
    await using bank = await startSandbox({ seed: SEED, latencyMs: 1 });
    await using desk = await openDesk();
    const { summary } = await desk.run(bank, rowsFrom(300), {
      job: { ...PRECHECK, concurrency: { reads: 2, writes: 8 } },
    });
    expect(summary?.words.applied).to.equal(300);
    expect(facts(bank)).to.have.members([...PEOPLE, "application_ann"]);
    expect(bank.peak.reads).to.be.at.most(2);
  });

  it("ask with no more scopes than they need, and without them no more than accounts need", async () => {
    for (const [job, kind, scope] of [
      [PRECHECK, "run", "account/read_write entity/read application/read"],
      [PRECHECK, "plan", "account/read entity/read application/read"],
      [{ creates: "trusted" }, "run", "account/read_write"],
    ] as const) {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      await desk.run(bank, rowsFrom(3), { job, start: { kind } });
      expect(scopesOf(bank)).to.deep.equal([scope]);
      if (!("precheck" in job)) expect(facts(bank), "without prechecks").to.deep.equal([]);
    }
  });

  it("do not ask again when a limited run is resumed", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const csv = rowsFrom(4, ["entity_bob", "entity_bob", "entity_bob", "entity_cid"]);
    const limited = await desk.run(bank, csv, { job: PRECHECK, start: { limit: 2 } });
    expect(limited.summary?.words).to.include({ applied: 2, skipped: 2 });
    expect(facts(bank)).to.have.members(["entity_ann", "entity_bob", "application_ann"]);
    const run = await desk.ledger.runs.find("last");
    if (run === undefined) throw new Error("the run is gone");
    const resumed = await resumeUnderLease(desk.context(bank, PRECHECK), run, null);
    expect(resumed.kind === "reported" && resumed.summary.words.applied).to.equal(4);
    expect(facts(bank), "only who is new").to.have.members([
      "entity_ann",
      "entity_bob",
      "entity_cid",
      "application_ann",
    ]);
  });

  it("tell all that is wrong with a row at once, and send nothing of it", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const bad = `n1,credit_with_underwriting,entity_ann;entity_x,entity_biz,Card,application_declined,${CREDIT}\n`;
    const good = `n2,credit_with_underwriting,entity_ann,entity_bob,Card,application_ann,${CREDIT}\n`;
    const { rows, end } = await desk.run(bank, HEADER + bad + good, { job: PRECHECK });
    expect(rows.map(({ result }) => result)).to.deep.equal(["refused", "applied"]);
    expect(rows[0]?.result_code).to.equal(
      "entity_not_found | entity_type_unfit | entity_role_inactive | application_not_approved",
    );
    expect(rows[0]?.result_column).to.equal("account_holders | authorized_users | authorized_users | application_id");
    expect(exitOf(end)).to.equal(3);
    expect(bank.writes).to.have.length(1);
  });

  it("judge only what would come to an account that exists", async () => {
    const accounts = [
      { id: "account_1", relationships: { account_holder: ["entity_ann"], authorized_user: ["entity_bob"] } },
    ];
    await using bank = await startSandbox({ seed: { ...SEED, accounts } });
    await using desk = await openDesk();
    const csv = "account_id,authorized_users,product_name\naccount_1,entity_bob;entity_cid,New\n";
    const { rows } = await desk.run(bank, csv, { job: PRECHECK });
    expect(rows.map(({ result }) => result)).to.deep.equal(["applied"]);
    expect(facts(bank)).to.deep.equal(["entity_cid"]);
  });

  it("stop the run when entities cannot be had, refuse no row for it, and go on when it is resumed", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    bank.failNext("reset", 1_000, isOfEntities);
    const { rows, summary } = await desk.run(bank, rowsFrom(3), { job: { ...PRECHECK, attempts: 1 } });
    expect(summary).to.include({ exit: 6, final: false });
    expect(rows.map(({ result, result_code }) => `${result} ${result_code}`)).to.deep.equal(
      Array(3).fill("skipped stopped"),
    );
    expect(bank.writes).to.deep.equal([]);
    bank.clearFaults();
    const run = await desk.ledger.runs.find("last");
    if (run === undefined) throw new Error("the run is gone");
    const resumed = await resumeUnderLease(desk.context(bank, PRECHECK), run, null);
    expect(resumed.kind === "reported" && resumed.summary.words.applied).to.equal(3);
  });

  it("stop the run with 2 when the bank forbids them, or gives no token with their scopes", async () => {
    await using desk = await openDesk();
    await using forbidding = await startSandbox({ seed: SEED });
    forbidding.failNext("403", 1_000, isOfEntities);
    const forbidden = await desk.run(forbidding, rowsFrom(3), { job: PRECHECK });
    expect(exitOf(forbidden.end)).to.equal(2);
    expect(forbidden.summary?.stopped?.code).to.equal("bank_forbidden");
    await using narrow = await startSandbox({ seed: SEED, scopes: ["account/read_write"] });
    const untrusted = await desk.run(narrow, rowsFrom(3), { job: PRECHECK });
    expect(exitOf(untrusted.end)).to.equal(2);
    expect(untrusted.summary?.stopped?.message).to.match(
      /no token: HTTP 400 parameters_invalid, when asked for the scopes account\/read_write, entity\/read, application\/read$/,
    );
    expect([...forbidding.writes, ...narrow.writes]).to.deep.equal([]);
  });
});
