/**
 * What the messages of held and left rows advise, followed to the letter: settings and commands are taken out of the
 * message itself, and then the row goes through.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { BankApi } from "../../src/bank/bank-api.ts";
import type { JobInput } from "../../src/job.ts";
import type { RunContext } from "../../src/run/context.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { startJob } from "../../src/run/start/start-job.ts";
import type { LookupMode } from "../../src/sandbox/calls/account-calls.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { creates, SEED } from "../scenarios/starts.ts";
import { type Desk, openDesk, readResults } from "../support/scenario.ts";

type Rows = Awaited<ReturnType<typeof readResults>>;

/** One operator at one bank, who does what is written. `hidden` are names that the look-up does not find yet. */
class Operator {
  readonly hidden = new Set<string>();
  #job: Partial<JobInput>;

  readonly desk: Desk;
  readonly bank: Sandbox;

  constructor(desk: Desk, bank: Sandbox, job: Partial<JobInput> = {}) {
    this.desk = desk;
    this.bank = bank;
    this.#job = job;
  }

  get context(): RunContext {
    const context = this.desk.context(this.bank, this.#job);
    const lag = (bank: BankApi): BankApi =>
      new Proxy(bank, {
        get: (target, name) => {
          const own = Reflect.get(target, name);
          if (name !== "fetchByClientAccountId") return typeof own === "function" ? own.bind(target) : own;
          const none = { ok: true, value: { ids: [], listed: true }, status: 200 } as const;
          return async (id: string) => (this.hidden.has(id) ? none : target.fetchByClientAccountId(id));
        },
      });
    return { ...context, openBank: (kind) => lag(context.openBank(kind)) };
  }

  async run(csv: string): Promise<Rows> {
    const file = join(this.desk.folder, "file.csv");
    await writeFile(file, csv);
    const start = { kind: "run", file, from: null, limit: null, again: null } as const;
    return rowsOf((await startJob(this.context, start)).at(-1));
  }

  /** As `set lookup: false and creates: "trusted" in the job`, then the rerun. */
  async follow(message: string): Promise<Rows> {
    const settings = /set (.+) in the job/.exec(message)?.[1] ?? "";
    for (const [, name = "", value = ""] of settings.matchAll(/(\w+): ("\w+"|\w+)/g))
      this.#job = { ...this.#job, [name]: JSON.parse(value) as unknown };
    return this.rerun(message);
  }

  async rerun(message: string): Promise<Rows> {
    const named = /tieout rerun (\S+) --only held/.exec(message)?.[1] ?? "last";
    const run = await this.desk.ledger.runs.find(named);
    if (run === undefined) throw new Error(`no run ${named}`);
    return rowsOf(await rerunRows(this.context, run, ["held"]));
  }
}

function rowsOf(end: { readonly kind: string } | undefined): Promise<Rows> {
  if (end?.kind !== "reported" || !("summary" in end)) throw new Error(end?.kind);
  return readResults((end as { summary: { results: string } }).summary.results);
}

const words = (rows: Rows) => rows.map(({ result }) => result);
const only = (lookup: LookupMode) => ({ seed: { entities: SEED.entities ?? [] }, lookup });
const KNOWN = "account_id,client_account_id,capabilities,account_holders,product_name\naccount_1,,,,New\n";

describe("advice that is followed", () => {
  it("creates the first account alone, then trusts the operator, at a bank without look-up", async () => {
    await using bank = await startSandbox(only("absent"));
    await using desk = await openDesk();
    const operator = new Operator(desk, bank);
    const held = await operator.run(creates(1, 3));
    expect(words(held)).to.deep.equal(["held", "held", "held"]);
    expect(held[0]?.result_message).to.contain('set creates: "first_alone"');
    const first = await operator.follow(held[0]?.result_message ?? "");
    expect(words(first)).to.deep.equal(["applied", "held", "held"]);
    expect(words(await operator.follow(first[1]?.result_message ?? ""))).to.deep.equal(["applied", "applied"]);
  });

  it("trusts the operator where the look-up is off", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const operator = new Operator(desk, bank, { lookup: false });
    const [held] = await operator.run(creates(1, 1));
    expect(held?.result).to.equal("held");
    expect(words(await operator.follow(held?.result_message ?? ""))).to.deep.equal(["applied"]);
  });

  for (const lookup of ["html", "absent", "ignores_filter"] as const) {
    it(`lets the row through where the look-up is ${lookup} and accounts are known`, async () => {
      await using bank = await startSandbox({ seed: SEED, lookup });
      await using desk = await openDesk();
      const operator = new Operator(desk, bank);
      const [, held] = await operator.run(`${KNOWN},n1,deposit,entity_ann,Card\n`);
      expect(held?.result).to.equal("held");
      expect(words(await operator.follow(held?.result_message ?? ""))).to.deep.equal(["applied"]);
      expect([...bank.accounts.values()].filter(({ client_account_id }) => client_account_id === "n1")).to.have.length(
        1,
      );
    });
  }

  it("waits for a look-up that lags, with nothing set", async () => {
    await using bank = await startSandbox({ seed: { entities: SEED.entities ?? [] } });
    await using desk = await openDesk();
    const operator = new Operator(desk, bank);
    expect(words(await operator.run(creates(1, 1)))).to.deep.equal(["applied"]);
    operator.hidden.add("n1");
    const [held] = await operator.run(creates(2, 2));
    expect(held?.result).to.equal("held");
    expect(held?.result_message).to.match(/it may lag, so try again later: tieout rerun \S+ --only held/);
    operator.hidden.clear();
    expect(words(await operator.rerun(held?.result_message ?? ""))).to.deep.equal(["applied"]);
  });

  it("takes an account_id in place of a look-up", async () => {
    await using bank = await startSandbox({ seed: SEED, lookup: "absent" });
    await using desk = await openDesk();
    const operator = new Operator(desk, bank);
    const csv = "account_id,client_account_id,capabilities,account_holders,product_name\n";
    const [held] = await operator.run(`${csv},c2,deposit,entity_ann,Card\n`);
    expect(held?.result_message).to.contain("give account_id");
    expect(words(await operator.run(`${csv}account_2,c2,deposit,entity_ann,Card\n`))).to.deep.equal(["applied"]);
  });

  it("resumes the run that has the account, then the one that waits for it", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    bank.failNext("500_after", 1, ({ method }) => method === "PATCH");
    await desk.run(bank, "account_id,product_name\naccount_1,New\n", { job: { name: "first", attempts: 1 } });
    const other = { job: { name: "other" }, name: "other.csv" };
    const { rows } = await desk.run(bank, "account_id,metadata.a\naccount_1,x\n", other);
    const [, first = "", second = ""] =
      /run (\S+) may have .* to continue: tieout resume (\S+)/.exec(rows[0]?.result_message ?? "") ?? [];
    let last: Rows = [];
    for (const [id, name] of [
      [first, "first"],
      [second, "other"],
    ]) {
      const run = await desk.ledger.runs.find(id ?? "");
      if (run === undefined) throw new Error(`no run ${id}`);
      last = await rowsOf(await resumeUnderLease(desk.context(bank, { name: name ?? "" }), run, null));
    }
    expect(words(last)).to.deep.equal(["applied"]);
  });
});

describe("the look-up proves itself", () => {
  it("on accounts of the file itself, though those made last are not found yet", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const operator = new Operator(desk, bank);
    const made = await operator.run(
      `${KNOWN}${creates(1, 3)
        .split("\n")
        .slice(1, 4)
        .map((line) => `,${line}\n`)
        .join("")}`,
    );
    expect(words(made)).to.deep.equal(Array(4).fill("applied"));
    for (const id of ["n1", "n2", "n3"]) operator.hidden.add(id);
    const next = await operator.run(
      `${KNOWN.replace("New", "Newer")}account_2,,,,Newer\n,n4,deposit,entity_ann,Card\n`,
    );
    expect(words(next)).to.deep.equal(["applied", "applied", "applied"]);
  });

  it("on the oldest accounts that the ledger knows, when the file names none", async () => {
    await using bank = await startSandbox({ seed: { entities: SEED.entities ?? [] } });
    await using desk = await openDesk();
    const operator = new Operator(desk, bank);
    await operator.run(creates(1, 9));
    for (const n of [4, 5, 6, 7, 8, 9]) operator.hidden.add(`n${n}`);
    expect(words(await operator.run(creates(10, 10)))).to.deep.equal(["applied"]);
  });
});
