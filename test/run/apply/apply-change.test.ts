/** Accounts that change between plan and apply: an old plan is made again, and its row takes the new plan's word. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { FatalError } from "../../../src/errors/fatal-error.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { startJob } from "../../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { openDesk, readResults } from "../../support/scenario.ts";

type Account = NonNullable<ReturnType<Sandbox["accounts"]["get"]>>;

const cases: readonly [string, (account: Account) => void, string, string][] = [
  ["as it was", () => {}, "applied", "patch=applied; close=applied"],
  [
    "closed meanwhile",
    (account) => Object.assign(account, { status: "closed", status_reason: "paid_off" }),
    "refused",
    "patch=skipped; close=skipped",
  ],
  [
    "as the row wants it but open",
    (account) => Object.assign(account, { details: { product_name: "New" } }),
    "applied",
    "close=applied",
  ],
  [
    "wholly as the row wants it",
    (account) =>
      Object.assign(account, { details: { product_name: "New" }, status: "closed", status_reason: "paid_off" }),
    "unchanged",
    "",
  ],
];

/** A ledger that says when it has recorded first plans. */
const afterPlans = (ledger: Ledger, say: () => void): Ledger => ({
  ...ledger,
  changes: {
    ...ledger.changes,
    async recordPlans(run, plans) {
      await ledger.changes.recordPlans(run, plans);
      say();
    },
  },
  fencedBy: (lease) => afterPlans(ledger.fencedBy(lease), say),
});

describe("a plan that has grown old", () => {
  for (const [what, change, word, operations] of cases) {
    it(`is made again on an account ${what}: ${word}`, async () => {
      await using bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }] } });
      await using desk = await openDesk();
      const file = join(desk.folder, "file.csv");
      await writeFile(file, "account_id,product_name,status,status_reason\naccount_1,New,closed,paid_off\n");
      const context = desk.context(bank, { recheckAfterMs: 1 });
      const account = bank.accounts.get("account_1");
      const ledger = afterPlans(desk.ledger, () => {
        if (account !== undefined) change(account);
      });
      let ticks = 0;
      const clock = { ...context.clock, nowMs: () => context.clock.nowMs() + 10 * ++ticks };
      const start = { kind: "run", file, from: null, limit: null, again: null } as const;
      const [end] = await startJob({ ...context, ledger, clock }, start);
      if (end?.kind !== "reported") throw new Error(end?.kind);
      const [row] = await readResults(end.summary.results);
      expect(row?.result).to.equal(word);
      expect(row?.result_operations).to.be.oneOf([operations, ""]);
      expect(bank.effects.map(({ kind }) => `${kind}=applied`).join("; ")).to.equal(
        word === "applied" ? operations : "",
      );
    });
  }
});

describe("a process of version 0.1 that died between a refusal and the end of its row", () => {
  it("has left a run whose next start keeps the refusal and goes on", async () => {
    await using bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }, { id: "account_2" }] } });
    await using desk = await openDesk();
    const file = join(desk.folder, "file.csv");
    await writeFile(file, "account_id,product_name\naccount_1,New\naccount_2,New\n");
    const start = { kind: "run", file, from: null, limit: null, again: null } as const;
    bank.failNext("404", 1, ({ method, path }) => method === "PATCH" && path.endsWith("/account_1"));
    const dying = (ledger: Ledger): Ledger => ({
      ...ledger,
      operations: {
        ...ledger.operations,
        async recordOutcome(...[run, change, step, name, outcome]) {
          await ledger.operations.recordOutcome(run, change, step, name, outcome);
          throw new FatalError("ledger_failed", "the process is gone", { hint: "start again" });
        },
      },
      fencedBy: (lease) => dying(ledger.fencedBy(lease)),
    });
    const context = desk.context(bank, { concurrency: { reads: 1, writes: 1 } });
    const first = startJob({ ...context, ledger: dying(desk.ledger) }, start);
    expect(
      await first.then(
        () => "",
        ({ code }: FatalError) => code,
      ),
    ).to.equal("ledger_failed");
    const [end] = await startJob(desk.context(bank), start);
    if (end?.kind !== "reported") throw new Error(end?.kind);
    const rows = await readResults(end.summary.results);
    expect(rows.map(({ result, result_operations }) => `${result} ${result_operations}`)).to.deep.equal([
      "refused patch=refused",
      "applied patch=applied",
    ]);
    expect(rows[0]?.result_message).to.not.equal("");
    expect(bank.effects).to.have.length(1);
  });
});

describe("a create that certainly did not happen", () => {
  it("is planned again when another job has made the account meanwhile, and makes no second", async () => {
    await using bank = await startSandbox({ seed: { entities: [{ id: "entity_ann" }] } });
    await using desk = await openDesk();
    const csv = "client_account_id,capabilities,account_holders,product_name\nn1,deposit,entity_ann,Card\n";
    bank.failNext("403", 1, ({ method, path }) => method === "POST" && path === "/v0/accounts");
    const stopped = await desk.run(bank, csv, { job: { name: "first", creates: "trusted" } });
    expect(stopped.summary).to.include({ exit: 2, final: false });
    const other = await desk.run(bank, csv, { job: { name: "other", creates: "trusted" } });
    expect(other.rows[0]?.result).to.equal("applied");
    const file = join(desk.folder, "file.csv");
    const start = { kind: "run", file, from: null, limit: null, again: null } as const;
    const [resumed] = await startJob(desk.context(bank, { name: "first", creates: "trusted" }), start);
    expect(resumed?.kind === "reported" && resumed.summary.words.unchanged).to.equal(1);
    expect(bank.accounts.size).to.equal(1);
  });
});

describe("a create whose plan has grown old", () => {
  const twice = (bank: Sandbox) => {
    const like = bank.accounts.get("account_1");
    for (const id of ["account_2", "account_3"])
      if (like !== undefined) bank.accounts.set(id, { ...like, id, client_account_id: "n1" });
  };
  const inTrouble = (bank: Sandbox) =>
    bank.failNext("500", 99, ({ method, path }) => method === "GET" && path.split("?")[0] === "/v0/accounts");
  for (const [what, change, word] of [
    ["finds two accounts", twice, "refused"],
    ["has no answer", inTrouble, "failed"],
  ] as const) {
    it(`is not sent when the look-up ${what} by now: ${word}`, async () => {
      const seed = { accounts: [{ id: "account_1" }], entities: [{ id: "entity_ann" }] };
      await using bank = await startSandbox({ seed });
      await using desk = await openDesk();
      const file = join(desk.folder, "file.csv");
      await writeFile(
        file,
        "client_account_id,capabilities,account_holders,product_name\nn1,deposit,entity_ann,Card\n",
      );
      const context = desk.context(bank, { recheckAfterMs: 1, creates: "trusted", attempts: 1 });
      const ledger = afterPlans(desk.ledger, () => change(bank));
      let ticks = 0;
      const clock = { ...context.clock, nowMs: () => context.clock.nowMs() + 10 * ++ticks };
      const start = { kind: "run", file, from: null, limit: null, again: null } as const;
      const [end] = await startJob({ ...context, ledger, clock }, start);
      if (end?.kind !== "reported") throw new Error(end?.kind);
      const [row] = await readResults(end.summary.results);
      expect(row?.result).to.equal(word);
      expect(bank.effects).to.deep.equal([]);
    });
  }
});

describe("a row of which something was applied", () => {
  it("plans its rest again on what the bank holds by then, and is not stale by its own doing", async () => {
    const seed = { accounts: [{ id: "account_1", status: "closed", status_reason: "paid_off" }] } as const;
    await using bank = await startSandbox({ seed });
    await using desk = await openDesk();
    const csv = "account_id,status,correction,metadata.a,effective_at\naccount_1,active,true,x,2026-01-01T00:00:00Z\n";
    bank.failNext("403", 1, ({ method }) => method === "PATCH");
    const stopped = await desk.run(bank, csv, { job: { name: "first" } });
    expect(stopped.rows[0]?.result_operations).to.equal("activate=applied; patch=planned");
    await desk.run(bank, "account_id,metadata.b\naccount_1,y\n", { job: { name: "other" }, name: "other.csv" });
    const file = join(desk.folder, "file.csv");
    const start = { kind: "run", file, from: null, limit: null, again: null } as const;
    const [resumed] = await startJob(desk.context(bank, { name: "first" }), start);
    expect(resumed?.kind === "reported" && resumed.summary.words.applied).to.equal(1);
    expect(bank.accounts.get("account_1")?.metadata).to.deep.equal({ a: "x", b: "y" });
  });
});
