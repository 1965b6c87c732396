/** Runs that stop before their end: by a deadline, a signal amid calls, clocks far apart, a body that was altered. */
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { expect } from "chai";
import { type Clock, systemClock } from "../../src/clock.ts";
import type { JobInput } from "../../src/job.ts";
import type { RunContext } from "../../src/run/context.ts";
import { exitOf, startJob } from "../../src/run/start/start-job.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { itWhole } from "../support/extent.ts";
import { openDesk } from "../support/scenario.ts";

const ACCOUNTS = Array.from({ length: 30 }, (_, n) => `account_${n}`);
const SEED: SandboxSeed = { accounts: ACCOUNTS.map((id) => ({ id })) };
const CSV = ["account_id,product_name", ...ACCOUNTS.map((id) => `${id},New`), ""].join("\n");
const SLOW: Partial<JobInput> = { concurrency: { reads: 8, writes: 1 } };

describe("a run that stops", () => {
  it("at its deadline ends 6 and is taken up by the next start, each effect once", async () => {
    await using bank = await startSandbox({ seed: SEED, latencyMs: 20 });
    await using desk = await openDesk();
    const runTimeoutMs = 123_456;
    const context = desk.context(bank, { ...SLOW, runTimeoutMs });
    // The run's time is over as soon as the bank has seen three effects.
    const three = Promise.withResolvers<void>();
    bank.failNext("503", 1, () => {
      if (bank.effects.length >= 3) three.resolve();
      return false;
    });
    const clock: Clock = {
      ...context.clock,
      sleep: (ms, signal) => (ms === runTimeoutMs ? three.promise : context.clock.sleep(ms, signal)),
    };
    await writeFile(`${desk.folder}/file.csv`, CSV);
    const start = { kind: "run", file: `${desk.folder}/file.csv`, from: null, limit: null, again: null } as const;
    const [first] = await startJob({ ...context, clock }, start);
    if (first?.kind !== "reported") throw new Error(first?.kind);
    expect(exitOf(first)).to.equal(6);
    expect(first.summary.stopped?.code).to.equal("run_deadline");
    expect(first.summary.words.failed).to.equal(0);
    expect(first.summary.words.applied).to.be.above(0).and.below(30);
    const ends = await startJob(desk.context(bank, SLOW), start);
    expect(ends.map((end) => (end.kind === "reported" ? end.summary.words.applied : end.kind))).to.deep.equal([
      30,
      "already",
    ]);
    expect(bank.effects).to.have.length(30);
  });

  itWhole("in an outage fails no row, ends 6 at its deadline, and finishes once the bank is back", async () => {
    const always = () => true;
    const outages = [
      { fault: "503", isOutage: always },
      { fault: "503", isOutage: ({ method }: { method: string }) => method !== "GET" },
      { fault: "page", isOutage: always },
    ] as const;
    for (const { fault, isOutage } of outages) {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      const wide: Partial<JobInput> = { concurrency: { reads: 32, writes: 32 } };
      bank.failNext(fault, 100_000, (request) => request.path.startsWith("/v0/") && isOutage(request));
      const first = await desk.run(bank, CSV, { job: { ...wide, runTimeoutMs: 1_500 } });
      expect(exitOf(first.end)).to.equal(6);
      expect(first.summary?.words).to.include({ failed: 0, refused: 0, applied: 0 });
      bank.clearFaults();
      const start = { kind: "run", file: `${desk.folder}/file.csv`, from: null, limit: null, again: null } as const;
      const [end] = await startJob(desk.context(bank, wide), start);
      expect(end?.kind === "reported" && end.summary.words.applied).to.equal(30);
      expect(bank.effects).to.have.length(30);
    }
  });

  it("before it has taken its files ends 6, and leaves them to the next start", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    await mkdir(`${desk.folder}/in`);
    for (const name of ["a.csv", "b.csv"])
      await writeFile(`${desk.folder}/in/${name}`, `account_id,product_name,metadata.from\naccount_1,New,${name}\n`);
    const start = { kind: "run", file: null, from: null, limit: null, again: null } as const;
    const stopped = await startJob({ ...desk.context(bank), signal: AbortSignal.abort() }, start);
    expect(stopped).to.deep.equal([{ kind: "left", of: "run", files: 2 }]);
    expect(stopped.map(exitOf)).to.deep.equal([6]);
    expect((await startJob(desk.context(bank), start)).map(exitOf)).to.deep.equal([0, 0]);
    expect(bank.effects).to.have.length(2);
  });

  it("while its last row waits for another run's account leaves that row to the next start", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    bank.failNext("500_after", 1, ({ method }) => method === "PATCH");
    const one = await desk.run(bank, "account_id,product_name\naccount_1,New\n", { job: { name: "one", attempts: 1 } });
    expect(one.rows[0]?.result).to.equal("unknown");
    const stopper = new AbortController();
    const context = desk.context(bank, { name: "two" });
    const fencedBy: typeof context.ledger.fencedBy = (lease) => {
      const ledger = context.ledger.fencedBy(lease);
      const claim: typeof ledger.accounts.claim = async (...given) => {
        const claimed = await ledger.accounts.claim(...given);
        if (claimed.kind === "busy") stopper.abort();
        return claimed;
      };
      return { ...ledger, accounts: { ...ledger.accounts, claim } };
    };
    const file = `${desk.folder}/two.csv`;
    await writeFile(file, "account_id,metadata.branch\naccount_1,north\n");
    const start = { kind: "run", file, from: null, limit: null, again: null } as const;
    const stopped = await startJob(
      { ...context, ledger: { ...context.ledger, fencedBy }, signal: stopper.signal },
      start,
    );
    expect(stopped.map(exitOf)).to.deep.equal([6]);
    const [resumed] = await startJob(desk.context(bank, { name: "two" }), start);
    if (resumed?.kind !== "reported") throw new Error(resumed?.kind);
    expect(exitOf(resumed)).to.equal(6);
    expect(resumed.summary).to.deep.include({ final: false });
    expect(resumed.summary.stopped?.code).to.equal("account_busy");
  });

  it("by a signal cuts what hangs once the grace is over, and leaves it in doubt, not lost", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const stopper = new AbortController();
    bank.failNext("timeout_after", 1, ({ method }) => {
      if (method === "PATCH") setImmediate(() => stopper.abort());
      return method === "PATCH";
    });
    const context = { ...desk.context(bank, { ...SLOW, shutdownGraceMs: 50 }), signal: stopper.signal };
    await writeFile(`${desk.folder}/file.csv`, CSV);
    const start = { kind: "run", file: `${desk.folder}/file.csv`, from: null, limit: null, again: null } as const;
    const starting = startJob(context, start);
    // The hanging call keeps time from going on by itself.
    await once(stopper.signal, "abort");
    await desk.clock.advance(50);
    const [end] = await starting;
    expect(end && exitOf(end)).to.equal(6);
    expect(end?.kind === "reported" && end.summary.words.unknown).to.equal(1);
    const again = await startJob(desk.context(bank, SLOW), start);
    expect(again[0]?.kind === "reported" && again[0].summary.words.applied).to.equal(30);
    expect(bank.effects).to.have.length(30);
  });

  it("because the clocks are far apart sends nothing, and warns when they are only apart", async () => {
    for (const [minutes, words] of [
      [16, { skipped: 30 }],
      [-16, { skipped: 30 }],
      [6, { applied: 30 }],
    ] as const) {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      const context = desk.context(bank, {});
      const warnings: string[] = [];
      const apart: RunContext = {
        ...context,
        clock: { ...systemClock, nowMs: () => systemClock.nowMs() + minutes * 60_000 },
        openBank: (kind) => {
          const client = context.openBank(kind);
          client.clockSkewMs = () => -minutes * 60_000;
          return client;
        },
        log: { ...context.log, warn: (message) => warnings.push(message) },
      };
      await writeFile(`${desk.folder}/f.csv`, CSV);
      const start = { kind: "run", file: `${desk.folder}/f.csv`, from: null, limit: null, again: null } as const;
      const [end] = await startJob(apart, start);
      expect(end?.kind === "reported" && end.summary.words).to.include(words);
      if ("applied" in words) expect(warnings).to.have.length(1);
      else expect(bank.writes).to.have.length(0);
    }
  });
});
