/**
 * Files that name customers and applications by the program's own ids: what is asked of the bank, how often and with which
 * scopes, what is sent, and what results and `explain` say of it.
 */
import { expect } from "chai";
import { explainRow } from "../../src/run/report/explain-row.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { openDesk } from "../support/scenario.ts";

const PEOPLE = ["ann", "bob", "cy", "dee"];
const SEED: SandboxSeed = {
  entities: PEOPLE.map((name) => ({ id: `entity_${name}`, client_customer_id: `CUST ${name}` })),
  applications: [
    {
      id: "application_1",
      client_application_id: "app-1",
      entities: { account_holder_type: "consumer", account_holders: ["entity_ann"] },
    },
  ],
  accounts: [
    { id: "account_1", client_account_id: "core-1", relationships: { account_holder: ["entity_ann"] } },
    { id: "account_2", client_account_id: "core-2", relationships: { account_holder: ["entity_bob"] } },
  ],
};
const HEADER = "client_account_id|application_id|account_holders|authorized_users|client_product_name|capabilities";
const fileOf = (...rows: readonly string[]) => `${[HEADER, ...rows].join("\n")}\n`;
const lookUps = ({ requests }: Sandbox) =>
  requests.flatMap(({ path, query }) =>
    /^\/v0\/(entities|applications)$/.test(path) ? Object.entries(query).map(([name, id]) => `${name}=${id}`) : [],
  );
const scopes = ({ requests }: Sandbox) => requests.flatMap(({ body }) => Object(body).scope ?? []);
const wordsOf = (rows: readonly Readonly<Record<string, string>>[]) =>
  rows.map(({ result, result_code }) => `${result} ${result_code}`.trim());

describe("own ids of customers and applications", () => {
  it("are taken as they are where only the ids of accounts have been made decimals, in one row or in several", async () => {
    await using bank = await startSandbox({
      seed: {
        entities: [{ id: "entity_ann" }, { id: "entity_bob", client_customer_id: "55.0" }],
        accounts: ["1", "2"].map((id) => ({
          id: `account_${id}`,
          client_account_id: `${id}.0`,
          relationships: { account_holder: ["entity_ann"] },
        })),
      },
    });
    await using desk = await openDesk();
    const csv =
      "account_id,client_account_id,authorized_users,product_name\n" +
      "account_1,1.0,,New\naccount_1,1.0,55.0,\naccount_2,2.0,55.0,\n";
    const { rows } = await desk.run(bank, csv, { job: { entities: { by: "client_customer_id" } } });
    for (const id of ["account_1", "account_2"])
      expect(bank.accounts.get(id)?.relationships.authorized_user, id).to.deep.equal(["entity_bob"]);
    expect(wordsOf(rows)).to.deep.equal(["applied", "applied", "applied"]);
  });

  it("are resolved once each, sent as the bank's, shown beside them, and remembered for the next run", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const csv = fileOf(
      "core-1|app-1|CUST ann|CUST bob;entity_cy|Everyday|",
      'core-2||["CUST bob"]||Everyday|',
      "core-9|app-1|CUST ann;CUST bob||Everyday|deposit",
    );
    const first = await desk.run(bank, csv);
    expect(wordsOf(first.rows)).to.deep.equal(["applied", "unchanged", "applied"]);
    expect(first.rows.map(({ result_ids }) => result_ids)).to.deep.equal([
      "CUST ann → entity_ann; CUST bob → entity_bob; app-1 → application_1",
      "CUST bob → entity_bob",
      "CUST ann → entity_ann; CUST bob → entity_bob; app-1 → application_1",
    ]);
    expect(lookUps(bank)).to.have.members([
      "client_customer_id=CUST ann",
      "client_customer_id=CUST bob",
      "client_application_id=app-1",
    ]);
    expect(scopes(bank)).to.deep.equal(["account/read_write entity/read application/read"]);
    expect(bank.accounts.get("account_1")).to.have.property("application_id", "application_1");
    expect(bank.accounts.get("account_1")?.relationships.authorized_user).to.deep.equal(["entity_bob", "entity_cy"]);
    const made = [...bank.accounts.values()].find(({ client_account_id }) => client_account_id === "core-9");
    expect(made?.relationships.account_holder).to.deep.equal(["entity_ann", "entity_bob"]);

    const again = await desk.run(bank, csv, { start: { again: "to see" } });
    expect(wordsOf(again.rows)).to.deep.equal(["unchanged", "unchanged", "unchanged"]);
    expect(again.rows[1]?.result_ids).to.equal("CUST bob → entity_bob");
    expect(lookUps(bank)).to.have.length(3);
  });

  it("are explained: what each was resolved to, when, and by which answer", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    await desk.run(bank, fileOf("core-1||CUST ann||Everyday|"));
    await desk.run(bank, fileOf("core-1||CUST ann;CUST none||Everyday|"), { name: "second.csv" });
    const run = await desk.ledger.runs.find("run-2");
    if (run === undefined) throw new Error("the run is gone");
    const { ids } = await explainRow(desk.ledger, run, 2);
    expect(ids.map(({ own, id, run: asked, answer }) => [own, id, asked, answer])).to.deep.equal([
      ["CUST ann", "entity_ann", "run-1", "GET /v0/entities?client_customer_id=CUST%20ann: HTTP 200"],
      ["CUST none", null, "run-2", "GET /v0/entities?client_customer_id=CUST%20none: HTTP 404"],
    ]);
    expect(ids[0]?.at).to.match(/^\d{4}-\d\d-\d\dT/);
  });

  it("tell all that is wrong with a row's ids at once, and send nothing of it", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const { rows } = await desk.run(bank, fileOf("core-1|app-9|CUST ann;CUST x|CUST y|Everyday|", "core-2|app-1||||"));
    expect(rows[0]).to.include({
      result: "refused",
      result_code: "own_id_not_found | own_id_not_found | own_id_not_found",
      result_column: "account_holders | authorized_users | application_id",
      result_ids: "CUST ann → entity_ann; CUST x → none; CUST y → none; app-9 → none",
    });
    expect(rows[1]?.result).to.equal("applied");
    expect(bank.writes.map(({ path }) => path)).to.deep.equal(["/v0/accounts/account_2"]);
  });

  it("are asked again once the bank has refused what they were resolved to on an earlier day", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    await desk.run(bank, fileOf("core-1|||CUST cy||"));
    // Merged into another customer: the bank knows the old id no more.
    bank.entities.delete("entity_cy");
    bank.entities.set("entity_dee", { ...bank.entities.get("entity_dee"), client_customer_id: "CUST cy" } as never);
    const second = await desk.run(bank, fileOf("core-2|||CUST cy||"), { name: "second.csv" });
    expect(wordsOf(second.rows)).to.deep.equal(["refused bank_refused"]);
    const third = await desk.run(bank, fileOf("core-2|||CUST cy||"), {
      start: { again: "the bank was asked" },
      name: "third.csv",
    });
    expect(wordsOf(third.rows)).to.deep.equal(["applied"]);
    expect(third.rows[0]?.result_ids).to.equal("CUST cy → entity_dee");
  });

  it("are asked again in the same run where a precheck finds that the bank knows them no more", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    await desk.run(bank, fileOf("core-1|||CUST cy||"));
    bank.entities.delete("entity_cy");
    bank.entities.set("entity_dee", { ...bank.entities.get("entity_dee"), client_customer_id: "CUST cy" } as never);
    const { rows } = await desk.run(bank, fileOf("core-2|||CUST cy||"), { name: "b.csv", job: { precheck: true } });
    expect(wordsOf(rows)).to.deep.equal(["applied"]);
    bank.entities.delete("entity_dee");
    const last = await desk.run(bank, fileOf("core-1||CUST ann|CUST bob;CUST cy||"), {
      name: "c.csv",
      job: { precheck: true },
    });
    expect(wordsOf(last.rows)).to.deep.equal(["refused own_id_not_found"]);
  });

  it("are asked again in the same run where a precheck finds that the bank has given them to another", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    await desk.run(bank, fileOf("core-1|||CUST cy||"));
    bank.entities.set("entity_cy", { ...bank.entities.get("entity_cy"), client_customer_id: "CUST cy old" } as never);
    bank.entities.set("entity_dee", { ...bank.entities.get("entity_dee"), client_customer_id: "CUST cy" } as never);
    const { rows } = await desk.run(bank, fileOf("core-2|||CUST cy||"), { name: "b.csv", job: { precheck: true } });
    expect(wordsOf(rows)).to.deep.equal(["applied"]);
    expect(rows[0]?.result_ids).to.equal("CUST cy → entity_dee");
    expect(bank.accounts.get("account_2")?.relationships.authorized_user).to.deep.equal(["entity_dee"]);
  });

  it("need no scope where a file in the bank's layout has the bank's ids only", async () => {
    await using bank = await startSandbox({ seed: SEED, scopes: ["account/read", "account/read_write"] });
    await using desk = await openDesk();
    const { rows } = await desk.run(bank, fileOf("core-1|application_1|entity_ann||Everyday|"));
    expect(wordsOf(rows)).to.deep.equal(["applied"]);
    expect(lookUps(bank)).to.deep.equal([]);
  });

  it("are taken in our layout when the job says so, and of customers only", async () => {
    const csv = "client_account_id,account_holders,product_name\ncore-1,CUST ann,Everyday\n";
    for (const [job, words] of [
      [{}, ["invalid id_malformed"]],
      [{ entities: { by: "client_customer_id" } }, ["unchanged"]],
    ] as const) {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      expect(wordsOf((await desk.run(bank, csv, { job })).rows)).to.deep.equal(words);
      const application = "client_account_id,application_id\ncore-1,app-1\n";
      const { rows } = await desk.run(bank, application, { job, name: "application.csv" });
      expect(wordsOf(rows)).to.deep.equal(["invalid id_malformed"]);
    }
  });

  it("are read under the job as it was when a run is resumed", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const csv = "client_account_id,account_holders,product_name\ncore-1,CUST ann,New\ncore-2,CUST bob,New\n";
    const job = { entities: { by: "client_customer_id" } } as const;
    await desk.run(bank, csv, { job, start: { limit: 1 } });
    const run = await desk.ledger.runs.find("run-1");
    if (run === undefined) throw new Error("the run is gone");
    const end = await resumeUnderLease(desk.context(bank), run, null);
    expect(end.kind === "reported" && end.summary.words).to.include({ applied: 2 });
  });

  it("fail with what the bank answers to the look-up, and which one that is, without a word on the row's ids", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    bank.failNext("500", 99, ({ path }) => path === "/v0/entities");
    const { rows } = await desk.run(bank, fileOf("core-1||CUST ann||New|"), { job: { attempts: 2 } });
    expect(wordsOf(rows)).to.deep.equal(["failed bank_error"]);
    expect(rows[0]?.result_message).to.match(
      /when the bank was asked for a client_customer_id \(GET \/v0\/entities, scope entity\/read\)$/,
    );
    expect(bank.writes).to.deep.equal([]);
  });

  it("stop the run where the bank forbids the look-up, and name the scope that it needs", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    bank.failNext("403", 99, ({ path }) => path === "/v0/applications");
    const { summary } = await desk.run(bank, fileOf("core-1|app-1|||New|"));
    expect(summary?.stopped).to.include({ code: "bank_forbidden" });
    expect(summary?.stopped?.message).to.match(
      /a client_application_id \(GET \/v0\/applications, scope application\/read\)$/,
    );
    expect(bank.writes).to.deep.equal([]);
  });
});
