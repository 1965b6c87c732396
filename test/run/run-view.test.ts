/** What a run shows of itself while it works: which file of how many, which rows, how far it is, and its rows by word. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import type { Progress, RunView } from "../../src/report/progress.ts";
import type { RunContext } from "../../src/run/context.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { type StartOptions, startJob } from "../../src/run/start/start-job.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

const ACCOUNTS = Array.from({ length: 12 }, (_, n) => ({ id: `account_${n}`, details: { product_name: "Old" } }));
const HEADER = "account_id,product_name\n";
/** Of three accounts one stays as it is; two rows name the last one, one names none that is there, and one is invalid. */
const CSV = `${HEADER}${ACCOUNTS.map(({ id }, n) => `${id},${n % 3 === 0 ? "Old" : "New"}\n`).join("")}account_11,New\naccount_x,New\n,New\n`;
const EVERY: StartOptions = { kind: "run", file: null, from: null, limit: null, again: null };

/** Keeps what is shown as each phase begins, and, once words were counted, at each of its last moments. */
class Watcher implements Progress {
  readonly begun: RunView[] = [];
  readonly ended: RunView[] = [];
  #look: (() => RunView) | null = null;

  note(): void {}
  steer(): void {}
  watch(look: () => RunView): void {
    this.#last();
    this.#look = look;
    this.begun.push(look());
  }
  end(): void {
    this.#last();
    this.#look = null;
  }
  #last(): void {
    if (this.#look !== null) this.ended.push(this.#look());
  }
  stages(): string[] {
    return this.ended.map(({ stage, done, of }) => `${stage} ${done}${of === null ? "" : ` of ${of}`}`);
  }
}

async function withDesk(
  act: (desk: Desk, context: RunContext, watcher: Watcher) => Promise<unknown>,
  job: Partial<JobInput> = {},
): Promise<void> {
  await using bank = await startSandbox({ seed: { accounts: structuredClone(ACCOUNTS) } });
  await using desk = await openDesk();
  await mkdir(join(desk.folder, "in"));
  const watcher = new Watcher();
  await act(desk, { ...desk.context(bank, job), progress: watcher }, watcher);
}

const put = (desk: Desk, name: string, csv: string) => writeFile(join(desk.folder, "in", name), csv);

describe("the view of a run", () => {
  it("goes through the phases, with a share of the whole run that only grows, to its words", () =>
    withDesk(async (desk, context, watcher) => {
      await put(desk, "a.csv", CSV);
      await startJob(context, EVERY);
      expect(watcher.stages()).to.deep.equal([
        "read 15",
        "look up 0 of 0",
        "plan 13 of 13",
        "apply 8 of 8",
        "report 15 of 15",
      ]);
      const shares = watcher.ended.slice(1).map(({ share }) => share ?? -1);
      expect(shares).to.deep.equal([...shares].sort((one, other) => one - other));
      expect(shares.at(-1)).to.equal(1);
      const last = watcher.ended.at(-1);
      expect(last).to.include({ rows: 15, kind: "run", job: "desk", rerunOf: null, limit: null });
      expect(last?.words).to.deep.equal({ unchanged: 4, applied: 9, refused: 1, invalid: 1 });
      expect(watcher.begun[0]).to.include({ done: 0, of: null, rows: null, share: null, calls: null });
      expect(watcher.ended[0]?.words).to.deep.equal({ invalid: 1, skipped: 0 });
    }));

  it("says what is left of the whole run while it still plans, and nothing to send of a plan", () =>
    withDesk(async (desk, context, watcher) => {
      await put(desk, "a.csv", CSV);
      await startJob(context, { ...EVERY, kind: "plan" });
      await startJob(context, EVERY);
      const plans = watcher.begun.filter(({ stage }) => stage === "plan");
      // A GET for each of thirteen accounts, and at first one write for each is assumed.
      expect(plans.map(({ forecast }) => forecast?.calls)).to.deep.equal([13, 26]);
      const [, planned] = watcher.ended.filter(({ stage }) => stage === "plan");
      expect(planned?.forecast?.calls, "by what was planned, and by twenty that are assumed").to.equal(11);
      const [applying] = watcher.begun.filter(({ stage }) => stage === "apply");
      expect(applying?.forecast?.calls).to.equal(8);
      expect(applying?.calls).to.include({ pace: 10_000, inFlight: 0, slowDowns: 0, pausedMs: 0, isDown: false });
    }));

  it("has the time at which it is to stop", () =>
    withDesk(async (desk, context, watcher) => {
      await put(desk, "a.csv", CSV);
      await startJob(context, { ...EVERY, kind: "plan" });
      expect(watcher.begun.map(({ deadlineMs }) => deadlineMs)).to.deep.equal([null, null, null, null]);
      const stopAtMs = desk.clock.nowMs() + 3_600_000;
      await startJob(context, { ...EVERY, stopAtMs });
      const applying = watcher.begun.find(({ stage }) => stage === "apply");
      expect(applying?.deadlineMs).to.equal(stopAtMs);
    }));

  it("has the time at which its own time is over, if it will not be done by then", () =>
    withDesk(
      async (desk, context, watcher) => {
        await put(desk, "a.csv", CSV);
        await startJob(context, { ...EVERY, kind: "plan" });
        const planning = watcher.begun.find(({ stage }) => stage === "plan");
        expect((planning?.deadlineMs ?? 0) - (planning?.nowMs ?? 0)).to.be.within(1, 5_000);
      },
      { requestsPerSecond: 1, burst: 1, runTimeoutMs: 5_000 },
    ));

  it("says which of the source's files it is", () =>
    withDesk(async (desk, context, watcher) => {
      for (const [n, name] of ["a.csv", "b.csv", "c.csv"].entries())
        await put(desk, name, `${HEADER}account_${n},New\n`);
      await startJob(context, EVERY);
      const places = watcher.ended.filter(({ stage }) => stage === "report").map(({ file }) => file);
      expect(places.map(({ key, no, of }) => `${key} ${no} of ${of}`)).to.have.members([
        "a.csv 1 of 3",
        "b.csv 2 of 3",
        "c.csv 3 of 3",
      ]);
    }));

  it("says of how many rows it is with --limit, and what a resume and a re-run have to do", () =>
    withDesk(async (desk, context, watcher) => {
      await put(desk, "a.csv", CSV);
      await startJob(context, { ...EVERY, limit: 5 });
      const [limited] = watcher.begun.filter(({ stage }) => stage === "apply");
      expect(limited).to.include({ limit: 5, of: 3, rows: 15 });
      const [run] = await desk.ledger.runs.list(1);
      if (run === undefined) throw new Error("no run");
      watcher.begun.length = 0;
      await resumeUnderLease(context, run, null);
      const [resumed] = watcher.begun.filter(({ stage }) => stage === "plan");
      expect(resumed).to.include({ limit: null, of: 8, rows: 15 });
      watcher.begun.length = 0;
      await rerunRows(context, run, ["refused"]);
      const [again] = watcher.begun.filter(({ stage }) => stage === "plan");
      expect(again).to.include({ rerunOf: run.id, of: 1, rows: 1 });
    }));
});
