/**
 * A row whose account another run has: it waits without keeping others from their turn, and is never dropped. What is busy
 * to the end leaves the row open and the run ends 6.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { expect } from "chai";
import { FatalError } from "../../src/errors/fatal-error.ts";
import type { JobInput } from "../../src/job.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { leaseName } from "../../src/ledger/run.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { startJob } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { claimOf, newRun, planOne } from "../ledger/builders.ts";
import { settle } from "../support/fake-clock.ts";
import { type Desk, openDesk } from "../support/scenario.ts";
import { IS_POSTGRES } from "../support/test-ledger.ts";

const ACCOUNTS = Array.from({ length: 12 }, (_, n) => `account_${n + 1}`);
const SEED: SandboxSeed = { accounts: ACCOUNTS.map((id) => ({ id })) };
const FIRST = { name: "first.csv", job: { name: "first", attempts: 1 } };

/** Leaves account_1 in doubt, by a run of the job `first` that has ended. */
async function leaveInDoubt(desk: Desk, bank: Sandbox): Promise<void> {
  bank.failNext("500_after", 1, ({ method }) => method === "PATCH");
  const { rows } = await desk.run(bank, "account_id,product_name\naccount_1,New\n", FIRST);
  expect(rows[0]?.result).to.equal("unknown");
}

const csvOf = (ids: readonly string[]) =>
  ["account_id,metadata.branch", ...ids.map((id) => `${id},north`), ""].join("\n");

function secondOf(job: Partial<JobInput> = {}) {
  return { name: "second.csv", job: { name: "second", ...job } };
}

/** What happens before each claim of a run. */
const beforeClaims = (ledger: Ledger, act: () => Promise<void>): Ledger => ({
  ...ledger,
  fencedBy: (lease) => beforeClaims(ledger.fencedBy(lease), act),
  accounts: {
    ...ledger.accounts,
    async claim(...given) {
      await act();
      return ledger.accounts.claim(...given);
    },
  },
});

describe("a row whose account another run has", () => {
  it("waits while that run is at work on it, for as long as it takes, and is then applied", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    // The first attempt has no answer, and the second is refused: the account is read after a quiet time of 15 minutes.
    bank.failNext("timeout_before", 1, ({ path, method }) => method === "PATCH" && path.endsWith("account_1"));
    bank.failNext("404", 1, ({ path, method }) => method === "PATCH" && path.endsWith("account_1"));
    const slow = { ...FIRST, job: { ...FIRST.job, attempts: 2, callTimeoutMs: 100 } };
    const startedMs = desk.clock.monotonicMs();
    const first = desk.run(bank, "account_id,product_name\naccount_1,New\n", slow);
    let second: ReturnType<Desk["run"]> | undefined;
    desk.clock.onIdle(() => {
      if (bank.writes.length < 2) return false;
      second = desk.run(bank, csvOf(["account_1", "account_2"]), secondOf());
      return true;
    });
    expect((await first).rows[0]?.result).to.equal("applied");
    const { summary, rows } = (await second) ?? {};
    expect(rows?.map(({ result }) => result)).to.deep.equal(["applied", "applied"]);
    expect(summary).to.include({ exit: 0, final: true });
    expect(desk.clock.monotonicMs() - startedMs).to.be.above(900_000);
    expect(bank.accounts.get("account_1")).to.deep.include({ metadata: { branch: "north" } });
  });

  it("waits for it also when the row's new account turns out to be one that another run is at work on", async () => {
    await using bank = await startSandbox({
      seed: {
        entities: [{ id: "entity_ann" }],
        accounts: [{ id: "account_1", relationships: { account_holder: ["entity_ann"] } }],
      },
    });
    await using desk = await openDesk();
    const context = desk.context(bank, { creates: "trusted" });
    const { ledger } = desk;
    const other = await ledger.runs.open(context.bankName, newRun("other", { job: "other" }));
    await planOne(ledger, other, "account:account_1", ["patch"]);
    await ledger.leases.claim(leaseName(other.bank, other.job), "another", 3_600_000, desk.clock.nowMs());
    // All that after this run's plan: somebody gives the account its name, and the other run claims it.
    let isTaken = false;
    const inBetween = async () => {
      if (isTaken) return;
      isTaken = true;
      Object.assign(bank.accounts.get("account_1") ?? {}, { client_account_id: "n1" });
      await ledger.accounts.recordLinks(other.bank, [{ clientAccountId: "n1", accountId: "account_1" }]);
      expect(await claimOf(ledger, other, { nowMs: desk.clock.nowMs() })).to.deep.equal({ kind: "claimed" });
    };
    const sentMeanwhile: number[] = [];
    desk.clock.onIdle(async () => {
      if (!isTaken) return false;
      sentMeanwhile.push(bank.writes.length);
      if (sentMeanwhile.length < 5) return false;
      await ledger.changes.recordDone(other, 2, { word: "unchanged", issues: [] }, 0);
      return true;
    });
    const file = `${desk.folder}/file.csv`;
    await writeFile(file, "client_account_id,capabilities,account_holders,product_name\nn1,deposit,entity_ann,New\n");
    const start = { kind: "run", file, from: null, limit: null, again: null } as const;
    const [end] = await startJob({ ...context, ledger: beforeClaims(ledger, inBetween) }, start);
    expect(end?.kind === "reported" && end.summary.words).to.include({ applied: 1 });
    expect(sentMeanwhile).to.deep.equal([0, 0, 0, 0, 0]);
    expect(bank.effects.map(({ kind, accountId }) => `${kind} ${accountId}`)).to.deep.equal(["patch account_1"]);
  });

  it("stays open when nobody works on it, with exit 6 and the command, and keeps no other row from its turn", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    await leaveInDoubt(desk, bank);
    const startedMs = desk.clock.monotonicMs();
    const one = { concurrency: { reads: 1, writes: 1 } };
    const { summary, rows } = await desk.run(bank, csvOf(ACCOUNTS), secondOf(one));
    expect(summary).to.deep.include({ exit: 6, final: false });
    expect(summary?.stopped?.code).to.equal("account_busy");
    expect(summary?.words).to.include({ applied: 11, skipped: 1 });
    expect(rows[0]).to.include({ result: "skipped", result_code: "account_busy" });
    expect(rows[0]?.result_message).to.match(/^run run-1 may have .*; to continue: tieout resume run-2$/);
    expect(desk.clock.monotonicMs() - startedMs)
      .to.be.above(119_999)
      .and.below(600_000);

    const first = await desk.ledger.runs.find("run-1");
    if (first === undefined) throw new Error("no run");
    await resumeUnderLease(desk.context(bank, FIRST.job), first, null);
    const file = `${desk.folder}/second.csv`;
    const start = { kind: "run", file, from: null, limit: null, again: null } as const;
    const [resumed] = await startJob(desk.context(bank, secondOf(one).job), start);
    expect(resumed?.kind === "reported" && resumed.summary.words).to.include({ applied: 12 });
    expect(bank.effects.filter(({ accountId }) => accountId === "account_1")).to.have.length(2);
  });

  it("keeps the job's later files waiting, unless the job goes on with them", async () => {
    for (const onRejected of ["stop", "continue"] as const) {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      await leaveInDoubt(desk, bank);
      await mkdir(`${desk.folder}/in`);
      await writeFile(`${desk.folder}/in/a.csv`, csvOf(["account_1"]));
      await writeFile(`${desk.folder}/in/b.csv`, csvOf(["account_2"]));
      const context = desk.context(bank, { name: "second", onRejected });
      const ends = await startJob(context, { kind: "run", file: null, from: null, limit: null, again: null });
      const exits = ends.map((end) => (end.kind === "reported" ? end.summary.exit : end.kind));
      expect(exits).to.deep.equal(onRejected === "stop" ? [6] : [6, 0]);
    }
  });

  it("leaves it at once when the run's time is over", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    await leaveInDoubt(desk, bank);
    const { summary } = await desk.run(bank, csvOf(["account_1"]), secondOf({ runTimeoutMs: 60_000 }));
    expect(summary?.stopped?.code).to.equal("run_deadline");
    expect(summary).to.include({ exit: 6, final: false });
  });

  it("does not begin a rest that the ledger can't record, and leaves nothing unhandled", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    bank.failNext("429", 1, ({ method }) => method === "PATCH");
    await writeFile(`${desk.folder}/file.csv`, csvOf(["account_1"]));
    const failed = new FatalError("ledger_failed", "the disk is full", { hint: "start the job again" });
    const rests: boolean[] = [];
    const onFailingDisk = (ledger: Ledger): Ledger => ({
      ...ledger,
      fencedBy: (lease) => onFailingDisk(ledger.fencedBy(lease)),
      accounts: {
        ...ledger.accounts,
        recordResting: (_run, _change, isResting) => {
          rests.push(isResting);
          return Promise.reject(failed);
        },
      },
    });
    const context = { ...desk.context(bank), ledger: onFailingDisk(desk.ledger) };
    const start = { kind: "run", file: `${desk.folder}/file.csv`, from: null, limit: null, again: null } as const;
    const startedMs = desk.clock.monotonicMs();
    const ended = await startJob(context, start).catch((error: unknown) => error);
    await settle();
    expect(ended).to.equal(failed);
    expect(rests, "no rest that was not begun is ended").to.deep.equal([true]);
    expect(bank.writes, "nothing is sent again").to.have.length(1);
    // The clock does not see a question to a server that is under way, and may go on to the next renewal of the lease meanwhile.
    if (!IS_POSTGRES) expect(desk.clock.monotonicMs() - startedMs, "no time was waited").to.be.below(1_000);
  });
});
