/**
 * Doubts settled by what the bank holds, in whole runs: requests that arrive late or never, a definite no meanwhile, keys
 * grown old, and look-ups that cannot tell. Each account is changed once, and other rows go on.
 */
import { expect } from "chai";
import type { JobInput } from "../../../src/job.ts";
import { resumeUnderLease } from "../../../src/run/start/resume-under-lease.ts";
import { startJob } from "../../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import type { SandboxRequest } from "../../../src/sandbox/state/journal.ts";
import type { SandboxSeed } from "../../../src/sandbox/state/seed.ts";
import { type Desk, openDesk, readResults } from "../../support/scenario.ts";

const SEED: SandboxSeed = {
  entities: [{ id: "entity_ann" }, { id: "entity_bob" }],
  accounts: [1, 2, 3].map((n) => ({
    id: `account_${n}`,
    client_account_id: `c${n}`,
    details: { product_name: "Old" },
    relationships: { account_holder: ["entity_ann"] },
  })),
};
const CREATES = "client_account_id,account_id,capabilities,account_holders,product_name\n";
/** Quick enough for a test, long enough for what is late to be late. */
const JOB: Partial<JobInput> = { settleAfterMs: 1_000, callTimeoutMs: 300, attempts: 2 };

const isWrite = ({ method, path }: SandboxRequest) => method !== "GET" && path.startsWith("/v0/");
const isCreate = ({ method, path }: SandboxRequest) => method === "POST" && path === "/v0/accounts";

/** The first attempt is still travelling when the second gets a definite no. */
function refuseWhileTravelling(bank: Sandbox, match = isWrite): void {
  bank.failNext("late", 1, match);
  bank.failNext("404", 1, match);
}

/** What is still travelling arrives as soon as `isSo`, while the run waits. */
function landOnce(desk: Desk, bank: Sandbox, isSo: () => boolean): void {
  desk.clock.onIdle(async () => {
    if (!isSo()) return false;
    await bank.landLate();
    return true;
  });
}

/** Somebody else makes an account of that id meanwhile. */
function addAccount(bank: Sandbox, clientId: string): true {
  const like = bank.accounts.get("account_1");
  if (like === undefined) throw new Error("no account_1");
  bank.accounts.set("account_x", { ...structuredClone(like), id: "account_x", client_account_id: clientId });
  return true;
}

const made = (bank: Sandbox, clientId: string) =>
  [...bank.accounts.values()].filter(({ client_account_id }) => client_account_id === clientId);

async function resume(desk: Desk, bank: Sandbox, job: Partial<JobInput>, hoursLater = 0) {
  const context = desk.context(bank, job);
  await desk.clock.advance(hoursLater * 3_600_000);
  const run = await desk.ledger.runs.find("last");
  if (run === undefined) throw new Error("no run");
  const end = await resumeUnderLease(context, run, null);
  if (end.kind !== "reported") throw new Error(end.kind);
  return readResults(end.summary.results);
}

describe("settling", () => {
  it("adopts the account that a late request made, and never makes a second", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    refuseWhileTravelling(bank, isCreate);
    landOnce(desk, bank, () => bank.writes.filter(isCreate).length === 2);
    const { rows } = await desk.run(bank, `${CREATES},account_1,,,New\nn1,,deposit,entity_ann,Card\n`, {
      job: { ...JOB, creates: "trusted" },
    });
    expect(rows.map(({ result, result_operations }) => `${result} ${result_operations}`)).to.deep.equal([
      "applied patch=applied",
      "applied create=applied",
    ]);
    expect(made(bank, "n1")).to.have.length(1);
    expect(rows[1]?.result_account_id).to.equal(made(bank, "n1")[0]?.id);
  });

  it("never sends again under a key that was renewed before the doubt, whatever follows", async () => {
    const patch = "account_id,product_name\naccount_1,New\n";
    for (const doubt of ["late", "timeout_before"] as const) {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      bank.failNext("429", 3, isWrite);
      bank.failNext(doubt, 1, isWrite);
      bank.failNext("404", 1, isWrite);
      landOnce(desk, bank, () => bank.writes.length === 5);
      const job = { ...JOB, attempts: 5 };
      const { rows } = await desk.run(bank, patch, { job });
      expect(rows[0]?.result).to.equal("applied");
      const account = bank.accounts.get("account_1");
      // Somebody else sets it back.
      if (account !== undefined) account.details = { ...account.details, product_name: "Old" };
      const again = await desk.run(bank, patch, { job, start: { again: "it was set back" } });
      expect(again.rows[0]?.result).to.equal("applied");
      expect(bank.accounts.get("account_1")?.details, doubt).to.include({ product_name: "New" });
      const keys = bank.writes.map(({ idempotencyKey }) => idempotencyKey);
      const [inDoubt, refused, ...later] = keys.slice(3);
      expect(refused, "while in doubt").to.equal(inDoubt);
      expect(later, doubt).not.to.include(inDoubt);
    }
  });

  it("looks for a new account a second time before it counts as not made", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    refuseWhileTravelling(bank, isCreate);
    const isLookedFor = ({ query }: SandboxRequest) => query.client_account_id === "n1";
    landOnce(desk, bank, () => {
      const [, second] = bank.writes.filter(isCreate);
      return second !== undefined && bank.requests.slice(bank.requests.indexOf(second)).some(isLookedFor);
    });
    const { rows } = await desk.run(bank, `${CREATES}c1,,,,New\nn1,,deposit,entity_ann,Card\n`, { job: JOB });
    expect(rows[1]).to.include({ result: "applied", result_attempts: "2" });
    expect(made(bank, "n1")).to.have.length(1);
  });

  it("creates under the next generation of the key once the account is certainly absent", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    bank.failNext("timeout_before", 1, isCreate);
    bank.failNext("404", 1, isCreate);
    const { rows } = await desk.run(bank, `${CREATES}c1,,,,New\nn1,,deposit,entity_ann,Card\n`, { job: JOB });
    expect(rows[1]).to.include({ result: "applied", result_attempts: "3" });
    expect(made(bank, "n1")).to.have.length(1);
    const keys = bank.writes.filter(isCreate).map(({ idempotencyKey }) => idempotencyKey);
    expect(keys[0]).to.equal(keys[1]).and.not.equal(keys[2]);
  });

  it("has the look-up prove itself on an account made meanwhile, where nothing was known before", async () => {
    // It answers 404 to a name that nobody has, which could also mean that it has no look-up.
    await using bank = await startSandbox({ seed: SEED, lookup: "object" });
    await using desk = await openDesk();
    const isDoubtful = (request: SandboxRequest) => isCreate(request) && JSON.stringify(request.body).includes('"n1"');
    bank.failNext("timeout_before", 1, isDoubtful);
    bank.failNext("404", 1, isDoubtful);
    const { rows } = await desk.run(bank, `${CREATES}n1,,deposit,entity_ann,Card\nn2,,deposit,entity_ann,Card\n`, {
      job: { ...JOB, creates: "trusted" },
    });
    expect(bank.writes.filter(isDoubtful)).to.have.length(3);
    expect(rows.map(({ result }) => result)).to.deep.equal(["applied", "applied"]);
    expect(made(bank, "n1")).to.have.length(1);
  });

  it("leaves a create unknown while the look-up is off, and sends no more", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    bank.failNext("timeout_before", 1, isCreate);
    bank.failNext("404", 1, isCreate);
    const job: Partial<JobInput> = { ...JOB, lookup: false, creates: "trusted" };
    const { rows } = await desk.run(bank, `${CREATES}n1,,deposit,entity_ann,Card\n`, { job });
    expect(rows[0]).to.include({ result: "unknown", result_operations: "create=unknown" });
    expect(rows[0]?.result_code).to.equal("lookup_unproven");
    expect(bank.writes.filter(isCreate)).to.have.length(2);
  });

  it("leaves a create unknown whose account is there and another, and sends no more", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    bank.failNext("timeout_before", 1, isCreate);
    bank.failNext("404", 1, (request) => isCreate(request) && addAccount(bank, "n1"));
    const { rows } = await desk.run(bank, `${CREATES}c1,,,,New\nn1,,deposit,entity_ann,Card\n`, { job: JOB });
    expect(rows[1]?.result).to.equal("unknown");
    expect(rows[1]?.result_code).to.contain("doubt_conflict");
    expect(bank.writes.filter(isCreate)).to.have.length(2);
  });

  const others: readonly [string, string, string][] = [
    ["a patch", "account_id,product_name\naccount_1,New\n", "patch"],
    ["a transition", "account_id,status,status_reason\naccount_1,inactive,frozen\n", "deactivate"],
    ["relationships", "account_id,account_holders\naccount_1,entity_ann;entity_bob\n", "add_relationships"],
  ];
  for (const [what, csv, kind] of others) {
    it(`takes ${what} that arrived late for applied`, async () => {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      refuseWhileTravelling(bank);
      landOnce(desk, bank, () => bank.writes.length === 2);
      const { rows } = await desk.run(bank, csv, { job: JOB });
      expect(rows[0]).to.include({ result: "applied", result_operations: `${kind}=applied` });
      expect(bank.effects).to.have.length(1);
    });

    it(`plans ${what} again that never arrived, under the next generation`, async () => {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      bank.failNext("timeout_before", 1, isWrite);
      bank.failNext("404", 1, isWrite);
      const { rows } = await desk.run(bank, csv, { job: JOB });
      expect(rows[0]).to.include({ result: "applied", result_operations: `${kind}=applied`, result_attempts: "3" });
      expect(bank.effects).to.have.length(1);
      expect(new Set(bank.writes.map(({ idempotencyKey }) => idempotencyKey)).size).to.equal(2);
    });
  }

  it("plans the rest of a row again whose first part was applied just before", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const isClose = ({ path }: SandboxRequest) => path.endsWith("/close");
    bank.failNext("timeout_before", 1, isClose);
    bank.failNext("404", 1, isClose);
    const csv = "account_id,product_name,status,status_reason\naccount_1,New,closed,paid_off\n";
    const { rows } = await desk.run(bank, csv, { job: JOB });
    expect(rows[0]).to.include({ result: "applied", result_operations: "patch=applied; close=applied" });
    expect(bank.effects.map(({ kind }) => kind)).to.deep.equal(["patch", "close"]);
  });

  it("leaves a create unknown whose absence a bank without the look-up would only seem to tell", async () => {
    await using bank = await startSandbox({ seed: SEED, lookup: "absent" });
    await using desk = await openDesk();
    refuseWhileTravelling(bank, isCreate);
    const csv = `${CREATES}n1,,deposit,entity_ann,Card\n`;
    const { rows } = await desk.run(bank, csv, { job: { ...JOB, creates: "trusted" } });
    expect(rows[0]).to.include({ result: "unknown", result_code: "lookup_unproven" });
    await bank.landLate();
    expect(made(bank, "n1")).to.have.length(1);
  });

  for (const [hours, sends] of [
    [21, 2],
    [23, 0],
  ] as const) {
    it(`${sends > 0 ? "sends again" : "reads and sends nothing"} under a key ${hours} hours old`, async () => {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      bank.failNext("500_after", 2, isWrite);
      const csv = "account_id,product_name\naccount_1,New\naccount_2,New\n";
      const first = await desk.run(bank, csv, { job: { ...JOB, attempts: 1 } });
      expect(first.rows.map(({ result }) => result)).to.deep.equal(["unknown", "unknown"]);
      const writes = bank.writes.length;
      const rows = await resume(desk, bank, JOB, hours);
      expect(rows.map(({ result }) => result)).to.deep.equal(["applied", "applied"]);
      expect(bank.writes.length - writes).to.equal(sends);
      expect(bank.effects, "each once").to.have.length(2);
    });
  }

  it("lets other rows pass while one waits", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    bank.failNext("timeout_before", 1, ({ path }) => path === "/v0/accounts/account_1");
    const job: Partial<JobInput> = { ...JOB, concurrency: { reads: 4, writes: 1 } };
    const csv = "account_id,product_name\naccount_1,New\naccount_2,New\naccount_3,New\n";
    const { rows } = await desk.run(bank, csv, { job });
    expect(rows.map(({ result }) => result)).to.include.members(["applied"]);
  });

  it("sets a row aside on which our own code throws, and goes on with the others", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const context = desk.context(bank, JOB);
    let calls = 0;
    const accounts = new Proxy(desk.ledger.accounts, {
      get(target, name) {
        const own = Reflect.get(target, name);
        if (name !== "claim" || calls++ > 0) return own;
        throw new TypeError("a bug");
      },
    });
    const ledger = {
      ...desk.ledger,
      accounts,
      fencedBy: () => ({ ...desk.ledger, accounts, fencedBy: () => desk.ledger }),
    };
    const { writeFile } = await import("node:fs/promises");
    await writeFile(
      `${desk.folder}/f.csv`,
      "account_id,product_name,account_holders\naccount_1,New,entity_ann;entity_bob\naccount_2,New,\n",
    );
    const start = { kind: "run", file: `${desk.folder}/f.csv`, from: null, limit: null, again: null } as const;
    const [end] = await startJob({ ...context, ledger: ledger as typeof desk.ledger }, start);
    const words = end?.kind === "reported" ? end.summary.words : {};
    expect(words).to.include({ failed: 1, applied: 1 });
  });
});
