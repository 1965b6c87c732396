/** New accounts whose ids are nearly those of known ones: held, named, and released by a person alone. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import type { RunContext } from "../../src/run/context.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { startJob } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk, readResults } from "../support/scenario.ts";

const SEED = {
  entities: [{ id: "entity_ana" }],
  accounts: [
    { id: "account_1", client_account_id: "core-1001", relationships: { account_holder: ["entity_ana"] } },
    { id: "account_2", client_account_id: "0001700", relationships: { account_holder: ["entity_ana"] } },
  ],
};
const NEW = "client_account_id,capabilities,account_holders,product_name\n";
const create = (id: string) => `${id},deposit,entity_ana,Everyday\n`;
const ACCEPT = { codes: ["key_near_known"], reason: "they are two" } as const;

/** The desk has a link to each account of the bank. */
async function linked(bank: Sandbox, job: Partial<JobInput> = {}): Promise<Desk> {
  const desk = await openDesk();
  await desk.run(bank, "client_account_id,product_name\ncore-1001,Known\n0001700,Known\n", { job, name: "links.csv" });
  return desk;
}

async function lastRun({ ledger }: Desk) {
  const run = await ledger.runs.find("last");
  if (run === undefined) throw new Error("the run is gone");
  return run;
}

const endsOf = (rows: readonly Readonly<Record<string, string>>[]) =>
  rows.map(({ result, result_code }) => `${result} ${result_code}`);
const idsAt = (bank: Sandbox) => [...bank.accounts.values()].map(({ client_account_id }) => client_account_id);

describe("a new account with a near id", () => {
  it("is held beside a link, which is named, and nothing of it is sent", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await linked(bank);
    const sent = bank.effects.length;
    const { rows, summary } = await desk.run(bank, NEW + create("1700") + create("CORE-1001") + create("core-1002"));
    expect(endsOf(rows)).to.deep.equal(["held key_near_known", "held key_near_known", "applied "]);
    expect(rows[0]?.result_message).to.contain('nearly "0001700", which is account_2');
    expect(rows[1]?.result_message).to.contain('nearly "core-1001", which is account_1');
    expect(bank.effects.length - sent).to.equal(1);
    expect(summary?.exit).to.equal(4);
    expect(summary?.next[0]).to.match(/^tieout rerun run-2 --only held --accept key_near_known --reason "…" {3}#/);
    expect(summary?.next.filter((line) => line.includes("--only held"))).to.have.length(1);
  });

  it("is held beside another new one of the file, and so is that, each naming the other", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await linked(bank);
    const { rows } = await desk.run(bank, NEW + create("A-1") + create("b-1") + create("a-1") + create("a -1"));
    expect(endsOf(rows)).to.deep.equal([
      "held key_near_known",
      "applied ",
      "held key_near_known",
      "held key_near_known",
    ]);
    expect(rows.map(({ result_message }) => /nearly (.*?):/.exec(result_message ?? "")?.[1] ?? "")).to.deep.equal([
      '"a-1" of row 4',
      "",
      '"A-1" of row 2',
      '"A-1" of row 2',
    ]);
  });

  it("is held beside an account that another row names by account_id, though no link knows of it", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    const header = "account_id,client_account_id,capabilities,account_holders,product_name\n";
    const csv = `${header}account_1,core-1001,,,New\n,Core-1001,deposit,entity_ana,New\n`;
    const { rows } = await desk.run(bank, csv);
    expect(endsOf(rows)).to.deep.equal(["applied ", "held key_near_known"]);
    expect(rows[1]?.result_message).to.contain('"core-1001" of row 2, which is account_1');
  });

  it("is not held beside an invalid row, nor when it is no new account", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await linked(bank);
    const { rows } = await desk.run(bank, NEW + create("x-1\u00a0") + create("x-1") + create("core-1001"));
    expect(endsOf(rows)).to.deep.equal(["invalid id_malformed", "applied ", "applied "]);
  });

  it("is made where the job says that near ids are different accounts", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await linked(bank);
    const { rows } = await desk.run(bank, NEW + create("1700") + create("A-1") + create("a-1"), {
      job: { ids: { near: "allow" } },
    });
    expect(endsOf(rows)).to.deep.equal(["applied ", "applied ", "applied "]);
  });

  it("is released by a person's word for that code, once, and the run keeps who said what", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await linked(bank);
    await desk.run(bank, NEW + create("1700") + create("A-1") + create("a-1"));
    const held = await lastRun(desk);
    const stillHeld = await rerunRows(desk.context(bank), held, ["held"]);
    expect(stillHeld.kind === "reported" && stillHeld.summary.words.held).to.equal(3);
    const released = await rerunRows(desk.context(bank), held, ["held"], ACCEPT);
    if (released.kind !== "reported") throw new Error("the rows are rejected");
    expect(released.summary.words).to.include({ applied: 3, held: 0 });
    expect(released.summary).to.deep.include({ accepts: ["key_near_known"], reason: "they are two" });
    expect(idsAt(bank)).to.have.members(["core-1001", "0001700", "1700", "A-1", "a-1"]);
    expect(await lastRun(desk)).to.deep.include({ accepts: ["key_near_known"], rerunOf: held.id });

    const sent = bank.effects.length;
    const again = await rerunRows(desk.context(bank), held, ["held"], ACCEPT);
    expect(again.kind === "reported" && again.summary.words.held).to.equal(0);
    expect(bank.effects.length, "nothing is made twice").to.equal(sent);
  });

  it("takes no other held rows along", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await linked(bank);
    const job = { guards: { create: { max: 0 } } };
    await desk.run(bank, NEW + create("1700") + create("n-1"), { job });
    const held = await lastRun(desk);
    const released = await rerunRows(desk.context(bank), held, ["held"], ACCEPT);
    expect(released.kind === "reported" && released.summary.rows).to.equal(1);
  });

  it("is judged again by what another run has linked since it was planned", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await linked(bank);
    const context = desk.context(bank);
    // The link comes between the plan and the first call.
    const fencedBy: RunContext["ledger"]["fencedBy"] = (lease) => {
      const ledger = context.ledger.fencedBy(lease);
      const takeToApply: typeof ledger.changes.takeToApply = async (run, ...of) => {
        await ledger.accounts.recordLinks(run.bank, [{ clientAccountId: "N-1", accountId: "account_9" }]);
        return ledger.changes.takeToApply(run, ...of);
      };
      return { ...ledger, changes: { ...ledger.changes, takeToApply } };
    };
    const file = join(desk.folder, "n-1.csv");
    await writeFile(file, NEW + create("n-1"));
    const start = { kind: "run", file, from: null, limit: null, again: null } as const;
    const [end] = await startJob({ ...context, ledger: { ...context.ledger, fencedBy } }, start);
    if (end?.kind !== "reported") throw new Error("the file is rejected");
    expect(endsOf(await readResults(end.summary.results))).to.deep.equal(["held key_near_known"]);
    expect(idsAt(bank)).to.have.length(2);
  });

  it("stays held when the run is resumed", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await linked(bank);
    await desk.run(bank, NEW + create("A-1") + create("b-1") + create("a-1"), { start: { limit: 1 } });
    const resumed = await resumeUnderLease(desk.context(bank), await lastRun(desk), null);
    if (resumed.kind !== "reported") throw new Error("the file is rejected");
    expect(endsOf(await readResults(resumed.summary.results))).to.deep.equal([
      "held key_near_known",
      "applied ",
      "held key_near_known",
    ]);
  });
});
