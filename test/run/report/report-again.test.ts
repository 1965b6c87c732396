/**
 * A report made while others work on the run: it shows one moment of the ledger, says that the run is under way, and
 * changes nothing of what the run itself comes to.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { leaseName, type Run } from "../../../src/ledger/run.ts";
import type { RunContext } from "../../../src/run/context.ts";
import { STARTED } from "../../../src/run/report/open-results.ts";
import { reportAgain } from "../../../src/run/report/report-again.ts";
import { resumeUnderLease } from "../../../src/run/start/resume-under-lease.ts";
import { startJob } from "../../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { type FileStore, resultsUnwritable } from "../../../src/store/file-store.ts";
import { fatalOf } from "../../ledger/builders.ts";
import { type Desk, openDesk, readResults } from "../../support/scenario.ts";

const SEED = { accounts: [1, 2, 3, 4].map((n) => ({ id: `account_${n}` })) };
const CSV = ["account_id,product_name", ...SEED.accounts.map(({ id }) => `${id},New`), ""].join("\n");

async function findRun({ ledger }: Desk): Promise<Run> {
  const run = await ledger.runs.find("last");
  if (run === undefined) throw new Error("no run");
  return run;
}

/** The results place, where `act` happens before the report's first file is written. */
function withPause(context: RunContext, act: () => Promise<void>): RunContext {
  const openStore: RunContext["openStore"] = async (place): Promise<FileStore> => {
    const store = await context.openStore(place);
    let isFirst = true;
    return {
      place: store.place,
      list: (prefix) => store.list(prefix),
      find: (key) => store.find(key),
      read: (file) => store.read(file),
      remove: (file) => store.remove(file),
      tag: (file, tags) => store.tag(file, tags),
      async write(key, localPath, options) {
        const isOfReport = !key.endsWith(STARTED);
        if (isFirst && isOfReport) await act();
        if (isOfReport) isFirst = false;
        await store.write(key, localPath, options);
      },
    };
  };
  return { ...context, openStore };
}

/** A run that has done two rows and was then stopped. */
async function stopAfterTwo(desk: Desk, bank: Sandbox): Promise<Run> {
  const { summary } = await desk.run(bank, CSV, { start: { limit: 2 } });
  expect(summary).to.include({ final: false });
  return findRun(desk);
}

describe("a report", () => {
  it("that is overtaken by a resume leaves the run at the end that this gave it", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const run = await stopAfterTwo(desk, bank);
    const slow = withPause(desk.context(bank), async () => {
      const end = await resumeUnderLease(desk.context(bank), run, null);
      expect(end.kind === "reported" && end.summary).to.include({ final: true, exit: 0 });
    });
    const summary = await reportAgain(slow, run);
    expect(summary).to.include({ final: false });
    expect(summary.words).to.include({ applied: 2, skipped: 2 });
    expect(await findRun(desk)).to.include({ stage: "ended", exit: 0 });
    expect(JSON.parse((await findRun(desk)).summary ?? "")).to.deep.include({ final: true });
  });

  it("that is overtaken by a resume which died leaves the doubts to the next start", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    bank.failNext("500_after", 1, ({ method }) => method === "PATCH");
    const first = await desk.run(bank, CSV, { job: { attempts: 1 } });
    expect(first.summary).to.include({ final: true, exit: 3 });
    const run = await findRun(desk);
    const slow = withPause(desk.context(bank), async () => {
      // As far as a process gets that dies with its first call in flight.
      await desk.ledger.changes.reopenUnknown(run);
    });
    await reportAgain(slow, run);
    const unfinished = await desk.ledger.runs.listUnfinished(run.bank, run.job);
    expect(unfinished.map(({ id }) => id)).to.deep.equal([run.id]);
    const start = { kind: "run", file: join(desk.folder, "file.csv"), from: null, limit: null, again: null } as const;
    const [end] = await startJob(desk.context(bank), start);
    expect(end?.kind === "reported" && end.summary.words.applied).to.equal(4);
    expect(bank.effects).to.have.length(4);
  });

  it("of a run under way says so, ends 5, and is what the ledger held at one moment", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const run = await stopAfterTwo(desk, bank);
    await desk.ledger.leases.claim(leaseName(run.bank, run.job), "a process", 60_000, desk.context(bank).clock.nowMs());
    // While the report is at work, a row that it has read already comes to its end.
    const openSnapshot = async (): Promise<Ledger> => {
      const snapshot = await desk.ledger.openSnapshot();
      const readBalance: typeof snapshot.balance.read = async (of) => {
        const verdict = { word: "failed", issues: [] } as const;
        for (const change of [4, 5]) await desk.ledger.changes.recordDone(run, change, verdict, 1);
        return snapshot.balance.read(of);
      };
      return { ...snapshot, balance: { ...snapshot.balance, read: readBalance } };
    };
    const before = await findRun(desk);
    const summary = await reportAgain({ ...desk.context(bank), ledger: { ...desk.ledger, openSnapshot } }, run);
    expect(summary).to.include({ final: false, exit: 5 });
    expect(summary.stopped?.message).to.equal(
      `run ${run.id} is in progress: a process is running the job, and these are the results so far`,
    );
    expect(summary.next).to.deep.equal([
      `tieout follow ${run.id}   # shows how far it is, until it ends`,
      `tieout report ${run.id}   # once the run has ended`,
    ]);
    const rows = await readResults(summary.results);
    expect(rows.map(({ result }) => result)).to.deep.equal(["applied", "applied", "skipped", "skipped"]);
    expect(await findRun(desk)).to.deep.equal({ ...before, publications: before.publications + 1 });
  });

  it("ends a run that was at its end but for its results, and not while another has its lease", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    await writeFile(join(desk.folder, "file.csv"), CSV);
    const full = withPause(desk.context(bank), () => {
      throw resultsUnwritable("results", "there", "cannot be written (ENOSPC)", null);
    });
    const start = { kind: "run", file: join(desk.folder, "file.csv"), from: null, limit: null, again: null } as const;
    expect(await fatalOf(startJob(full, start))).to.include({ code: "results_unwritable" });
    const run = await findRun(desk);
    expect(run.stage).to.equal("report");
    const name = leaseName(run.bank, run.job);
    const claim = await desk.ledger.leases.claim(name, "a process", 60_000, desk.context(bank).clock.nowMs());
    if (claim.kind === "held") throw new Error("held");
    expect(await reportAgain(desk.context(bank), run)).to.include({ exit: 5, final: false });
    expect((await findRun(desk)).stage).to.equal("report");
    await desk.ledger.leases.release(claim.lease);
    expect(await reportAgain(desk.context(bank), run)).to.include({ exit: 0, final: true });
    expect(await findRun(desk)).to.include({ stage: "ended", exit: 0 });
  });
});
