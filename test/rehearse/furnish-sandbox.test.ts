/**
 * The stand-in of a rehearsal, filled with what a plan has read: a run against it ends as one at the bank does, however
 * the look-up behaves and whatever the client may read; and the count of effects sees each that is too many or missing.
 */
import { writeFile } from "node:fs/promises";
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { countEffects, describeEffects } from "../../src/rehearse/count-effects.ts";
import { assumeUnread, furnishSandbox, isLookUpUnseen, lookupModeOf } from "../../src/rehearse/furnish-sandbox.ts";
import { Observed, observeBank } from "../../src/rehearse/observe-bank.ts";
import { startJob } from "../../src/run/start/start-job.ts";
import type { LookupMode } from "../../src/sandbox/calls/account-calls.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { openDesk, type Told } from "../support/scenario.ts";

const CREDIT = "USD,false,false,A,300000,300000,600000";
const HEADER =
  "account_id,client_account_id,application_id,capabilities,account_holders,authorized_signers,product_name,currency,is_secured,is_mla,underwriting_grade,available_credit,limit,max_limit";
const SEED: SandboxSeed = {
  entities: [{ id: "entity_ann" }, { id: "entity_bob" }, { id: "entity_biz", type: "business" }],
  applications: [
    { id: "application_ann", entities: { account_holder_type: "consumer", account_holders: ["entity_ann"] } },
    { id: "application_biz", entities: { account_holder_type: "commercial", account_holders: ["entity_biz"] } },
  ],
  accounts: [
    { id: "account_1", client_account_id: "c-1", relationships: { account_holder: ["entity_ann"] } },
    { id: "account_2", client_account_id: "c-2", relationships: { account_holder: ["entity_ann"] } },
    {
      id: "account_3",
      client_account_id: "c-3",
      relationships: { account_holder: ["entity_biz"], authorized_signer: ["entity_bob"] },
    },
  ],
};

const wordsOf = ({ rows }: Told) =>
  rows.map((row) => [row.result_row, row.result, row.result_operations, row.result_code]);

/** Plans at the bank, and runs the same file at a stand-in filled with what was seen. */
async function rehearse(bank: Sandbox, csv: string, job: Partial<JobInput>, plan: Partial<JobInput> = job) {
  await using desk = await openDesk();
  const context = desk.context(bank, plan);
  const observed = new Observed();
  const file = `${desk.folder}/plan.csv`;
  await writeFile(file, csv);
  const [end] = await startJob(
    { ...context, openBank: (kind) => observeBank(context.openBank(kind), observed) },
    { kind: "plan", file, from: null, limit: null, again: null },
  );
  if (end?.kind !== "reported") throw new Error("the plan was not made");
  const lookup = lookupModeOf(observed);
  await using standIn = await startSandbox({ lookup });
  furnishSandbox(standIn, observed);
  const assumed = await assumeUnread(standIn, observed, desk.ledger, [end.run]);
  const told = await desk.run(standIn, csv, { job });
  return { words: wordsOf(told), lookup, assumed, standIn, effects: [...standIn.effects] };
}

async function runAt(bank: Sandbox, csv: string, job: Partial<JobInput>) {
  await using desk = await openDesk();
  return wordsOf(await desk.run(bank, csv, { job }));
}

describe("the stand-in of a rehearsal", () => {
  const lookups = [HEADER, "account_1,,,,,,New", ",c-2,,,,,New", ",c-9,,deposit,entity_bob,,Savings"];
  const onlyNew = [HEADER, ",c-8,,deposit,entity_ann,,Savings", ",c-9,,deposit,entity_bob,,Savings"];
  for (const [mode, expected] of [
    ["list", "list"],
    ["object", "object"],
    ["absent", "absent"],
    ["ignores_filter", "ignores_filter"],
    ["html", "html"],
  ] as const satisfies readonly [LookupMode, LookupMode][]) {
    for (const [what, lines, creates] of [
      ["accounts of all kinds", lookups, "proven"],
      ["new accounts only", onlyNew, "proven"],
      ["new accounts only, the first alone", onlyNew, "first_alone"],
    ] as const) {
      // Until an account is made there, nothing tells such a bank from one that has none of them.
      if (mode === "absent" && creates === "first_alone") continue;
      it(`ends as a bank whose look-up is ${mode}, with ${what}`, async () => {
        const csv = `${lines.map((line) => line + ",".repeat(14 - line.split(",").length)).join("\n")}\n`;
        await using bank = await startSandbox({ seed: SEED, lookup: mode });
        const { words, lookup } = await rehearse(bank, csv, { creates }, { creates, precheck: true });
        expect(bank.writes).to.deep.equal([]);
        expect(words).to.deep.equal(await runAt(bank, csv, { creates }));
        if (lines === lookups) expect(lookup).to.equal(expected);
      });
    }
  }

  const named = `${HEADER}\n${[
    // An application on an account whose holders nobody asks for.
    `account_1,,application_ann,deposit;credit_with_underwriting,,,,${CREDIT}`,
    "account_2,,,,entity_ann;entity_bob,,New,,,,,,,",
    "account_3,,,,entity_biz;entity_other,,,,,,,,,",
    `,c-7,application_ann,deposit;credit_with_underwriting,entity_ann,,Line,${CREDIT}`,
    ",c-8,,deposit,entity_biz,entity_bob,Savings,,,,,,,",
    ",c-9,application_none,deposit,entity_ann,,Savings,,,,,,,",
  ].join("\n")}\n`;

  it("refuses what the bank would refuse of entities and applications, where the client may read them", async () => {
    await using bank = await startSandbox({ seed: SEED });
    for (const precheck of [false, true]) {
      const { words, assumed } = await rehearse(bank, named, { precheck }, { precheck: true });
      await using other = await startSandbox({ seed: SEED });
      expect(words).to.deep.equal(await runAt(other, named, { precheck }));
      expect(words.map(([, word]) => word)).to.deep.equal([
        "applied",
        "applied",
        "refused",
        "applied",
        "applied",
        "refused",
      ]);
      expect(assumed).to.equal(0);
    }
  });

  it("assumes them to be fit where it may not", async () => {
    await using bank = await startSandbox({ seed: SEED });
    const { words, assumed } = await rehearse(bank, named, {});
    expect(words.map(([, word]) => word)).to.deep.equal(Array(6).fill("applied"));
    // entity_ann, _bob, _biz, _other and the two applications.
    expect(assumed).to.equal(6);
  });

  it("is never needed for a write at the bank: one that is tried ends the command before it leaves", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const read = observeBank(desk.context(bank).openBank("run"), new Observed());
    const tries = [
      () => read.createAccount("{}", "k"),
      () => read.patchAccount("account_1", "{}", "k"),
      () => read.activateAccount("account_1", "k"),
      () => read.deactivateAccount("account_1", "{}", "k"),
      () => read.closeAccount("account_1", "{}", "k"),
      () => read.addRelationships("account_1", "{}", "k"),
      () => read.removeRelationship("account_1", "entity_ann", "account_holder"),
    ];
    for (const attempt of tries) expect(attempt).to.throw("made in a command that only reads");
    await read.close();
    expect(bank.requests).to.deep.equal([]);
  });

  it("tells where the look-up has found nobody and listed nothing", () => {
    const observed = new Observed();
    expect(isLookUpUnseen(observed)).to.equal(false);
    observed.lookUps.set("c-1", { ids: [], listed: false });
    expect([isLookUpUnseen(observed), lookupModeOf(observed)]).to.deep.equal([true, "object"]);
    observed.lookUps.set("c-2", { ids: [], listed: true });
    expect([isLookUpUnseen(observed), lookupModeOf(observed)]).to.deep.equal([false, "list"]);
  });

  it("holds accounts as they were seen, without the defaults of a seed", async () => {
    await using bank = await startSandbox({});
    const observed = new Observed();
    observed.accounts.set("account_1", { id: "account_1", client_account_id: "c-1" });
    observed.entities.set("entity_1", { id: "entity_1", type: "business", role_details: [] });
    observed.applications.set("application_1", { id: "application_1" });
    furnishSandbox(bank, observed);
    expect(bank.accounts.get("account_1")).to.have.all.keys("id", "client_account_id", "relationships");
    expect(bank.entities.get("entity_1")).to.deep.include({ type: "business", role_details: [] });
    expect(bank.applications.get("application_1")?.status).to.equal("undecided");
  });
});

describe("the count of effects", () => {
  it("sees each that is too many or missing, and lets an unknown one be either", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const csv =
      "account_id,client_account_id,account_holders,product_name\naccount_1,,,New\naccount_2,,,New\n,c-9,entity_ann,New\n";
    const told = await desk.run(bank, csv, { job: { defaults: { capabilities: ["deposit"] } } });
    const { run } = told.end;
    const [first, second, create] = bank.effects;
    if (!first || !second || !create) throw new Error("there should be three effects");
    const count = (effects: typeof bank.effects) => countEffects(desk.ledger, [run], effects);
    expect(await count(bank.effects)).to.deep.equal({ applied: 3, unknown: 0, effects: 3, duplicates: 0, missing: 0 });
    expect(await count([first, second])).to.include({ missing: 1, duplicates: 0 });
    expect(await count([...bank.effects, { ...second, idempotencyKey: "another" }])).to.include({ duplicates: 1 });
    expect(await count([...bank.effects, { ...create, accountId: "account_twin" }])).to.include({ duplicates: 1 });
    expect(await count([first, second, { ...create, kind: "close" }])).to.include({ duplicates: 1, missing: 1 });
    expect(describeEffects(await count([first]))).to.match(/^NOT exactly once: .* 0 duplicates, 2 missing$/);
  });

  it("counts an operation of several rows once, and an unknown one as either", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    bank.failNext("500_after", 1, ({ method }) => method === "PATCH");
    const csv = "account_id,product_name,metadata.branch\naccount_1,New,\naccount_1,,north\n";
    const told = await desk.run(bank, csv, { job: { attempts: 1 } });
    expect(told.rows.map(({ result }) => result)).to.deep.equal(["unknown", "unknown"]);
    const once = { applied: 0, unknown: 1, effects: 1, duplicates: 0, missing: 0 };
    expect(await countEffects(desk.ledger, [told.end.run], bank.effects)).to.deep.equal(once);
    expect(await countEffects(desk.ledger, [told.end.run], [])).to.deep.equal({ ...once, effects: 0 });
  });
});
