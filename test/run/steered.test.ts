/**
 * A run that a person steers while it works, through the ledger: held back, slowed down, stopped; always with each effect once.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import type { Control } from "../../src/report/describe-control.ts";
import type { RunContext } from "../../src/run/context.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { exitOf, startJob } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

const ROWS = 30;
const NUMBERS = Array.from({ length: ROWS }, (_, at) => at + 1);
const CSV = ["account_id,product_name", ...NUMBERS.map((n) => `account_${n},New`), ""].join("\n");
/** 30 accounts are read in 3 s, and then written in as long. */
const SLOW: Partial<JobInput> = { requestsPerSecond: 10, burst: 1 };
/** The ledger is looked at twice a second. */
const HEARD_MS = 1_000;

interface Play {
  readonly desk: Desk;
  readonly bank: Sandbox;
  readonly notes: string[];
  /** Beside the progress. */
  readonly shown: (string | null)[];
  start(over?: Partial<RunContext>, settings?: Partial<JobInput>): ReturnType<typeof startJob>;
  /** Asks it of the last run. */
  ask(change: Partial<Control>): Promise<Control>;
  calls(): number;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(1);
}

async function play(act: (play: Play) => Promise<void>): Promise<void> {
  await using bank = await startSandbox({ seed: { accounts: NUMBERS.map((n) => ({ id: `account_${n}` })) } });
  await using desk = await openDesk();
  const file = join(desk.folder, "file.csv");
  await writeFile(file, CSV);
  const notes: string[] = [];
  const shown: (string | null)[] = [];
  const progress = {
    note: (text: string) => void notes.push(text),
    watch() {},
    steer: (text: string | null) => shown.push(text),
    end() {},
  };
  const start: Play["start"] = (over = {}, settings = {}) => {
    const context = { ...desk.context(bank, { ...SLOW, ...settings }), isSteered: true, progress, ...over };
    return startJob(context, { kind: "run", file, from: null, limit: null, again: null });
  };
  const ask: Play["ask"] = async (change) => {
    const run = await desk.ledger.runs.find("last");
    if (run === undefined) throw new Error("no run");
    return desk.ledger.controls.record(run, { by: "clara@night-1", ...change }, desk.clock.nowMs());
  };
  await act({ desk, bank, notes, shown, start, ask, calls: () => bank.requests.length });
  expect(bank.effects.map(({ accountId }) => accountId).sort(), "each effect once").to.deep.equal(
    NUMBERS.map((n) => `account_${n}`).sort(),
  );
}

describe("a run that is steered", () => {
  for (const [phase, atMs] of [
    ["reads", 1_000],
    ["writes", 4_500],
  ] as const) {
    it(`makes no call while it is paused amid its ${phase}, however long, and then goes on`, () =>
      play(async ({ desk, notes, shown, start, ask, calls }) => {
        const started = start();
        await desk.clock.sleep(atMs);
        await ask({ isPaused: true });
        await desk.clock.sleep(HEARD_MS);
        const before = calls();
        // Longer than a write may wait for its turn.
        await desk.clock.sleep(90_000);
        expect(calls()).to.equal(before);
        await ask({ isPaused: false });
        expect((await started).map(exitOf)).to.deep.equal([0]);
        expect(notes.filter((text) => text.includes("clara"))).to.deep.equal([
          "run run-1: paused, as clara@night-1 asked",
          "run run-1: goes on, as clara@night-1 asked",
        ]);
        expect(shown).to.deep.equal(["paused, as clara@night-1 asked", null]);
      }));
  }

  it("keeps to the pace that is set, and never goes faster than the job", () =>
    play(async ({ desk, start, ask, calls }) => {
      const started = start();
      await desk.clock.sleep(1_000);
      await ask({ requestsPerSecond: 2 });
      await desk.clock.sleep(HEARD_MS);
      const before = calls();
      await desk.clock.sleep(10_000);
      expect(calls() - before).to.be.within(18, 22);
      expect(await ask({ requestsPerSecond: 1_000 })).to.include({ requestsPerSecond: 10 });
      await desk.clock.sleep(HEARD_MS);
      const slow = calls();
      await desk.clock.sleep(2_000);
      expect(calls() - slow).to.be.within(17, 22);
      expect((await started).map(exitOf)).to.deep.equal([0]);
    }));

  it("stops when it is asked to, waits for a person, and is resumed", () =>
    play(async ({ desk, bank, start, ask, calls }) => {
      const started = start();
      await desk.clock.sleep(4_500);
      await ask({ isStopped: true });
      await desk.clock.sleep(HEARD_MS);
      const before = calls();
      const [end] = await started;
      expect(calls()).to.equal(before);
      expect(end).to.containSubset({
        kind: "reported",
        summary: {
          exit: 6,
          waiting: true,
          control: { isStopped: true, by: "clara@night-1" },
          stopped: { code: "run_stopped", message: "the run was stopped by clara@night-1 with tieout ctl stop" },
        },
      });
      expect(
        (await start()).map(({ kind }) => kind),
        "no start continues it",
      ).to.deep.equal(["waiting"]);
      const run = await desk.ledger.runs.find("last");
      if (run === undefined) throw new Error("no run");
      const context = { ...desk.context(bank, SLOW), isSteered: true };
      expect(exitOf(await resumeUnderLease(context, run, null))).to.equal(0);
    }));

  it("stays paused when its process ends and the next one goes on with it", () =>
    play(async ({ desk, start, ask, calls }) => {
      const stopper = new AbortController();
      const started = start({ signal: stopper.signal });
      await desk.clock.sleep(4_500);
      await ask({ isPaused: true });
      await desk.clock.sleep(HEARD_MS);
      stopper.abort();
      expect((await started).map(exitOf)).to.deep.equal([6]);
      const before = calls();
      const again = start();
      await desk.clock.sleep(60_000);
      expect(calls()).to.equal(before);
      await ask({ isPaused: false });
      expect((await again).map(exitOf)).to.include(0);
    }));

  /** As `hh:mm` in UTC. */
  const timeIn = (desk: Desk, inMs: number) => new Date(desk.clock.nowMs() + inMs).toISOString().slice(11, 16);

  it("stops at the job's time of day, and the next start continues it", () =>
    play(async ({ desk, start }) => {
      // The first whole minute that is more than 2 s away.
      const untilMs = 60_000 - ((desk.clock.nowMs() + 2_000) % 60_000) + 2_000;
      await desk.clock.sleep(untilMs - 4_500);
      const stopAt = { time: timeIn(desk, 4_500), zone: "UTC" };
      const [end] = await start({}, { stopAt });
      expect(end).to.containSubset({ kind: "reported", summary: { exit: 6, stopped: { code: "run_deadline" } } });
      expect(end?.kind === "reported" && end.summary.waiting, "no person has stopped it").to.equal(undefined);
      expect((await start({}, { stopAt })).map(exitOf)).to.include(0);
    }));

  it("stops at the time that a person gives, whatever the job says", () =>
    play(async ({ desk, bank, start }) => {
      const [end] = await startJob(
        { ...desk.context(bank, { ...SLOW, stopAt: { time: timeIn(desk, 3_600_000) } }), isSteered: true },
        {
          kind: "run",
          file: join(desk.folder, "file.csv"),
          from: null,
          limit: null,
          again: null,
          stopAtMs: desk.clock.nowMs() + 4_500,
        },
      );
      expect(end).to.containSubset({ summary: { exit: 6, stopped: { code: "run_deadline" } } });
      expect((await start()).map(exitOf)).to.include(0);
    }));

  it("goes as fast as the rate of the time of day, and from the next rate's time on as fast as that", () =>
    play(async ({ desk, start, calls }) => {
      const untilMs = 60_000 - (desk.clock.nowMs() % 60_000);
      await desk.clock.sleep(untilMs + 30_000);
      const rates = `${timeIn(desk, -60_000)} 1/s, ${timeIn(desk, 60_000)} 50/s`;
      const started = start({}, { rates });
      // The clock does not see what a run loads before its first call.
      await desk.clock.during(until(() => calls() > 0));
      await desk.clock.sleep(20_000);
      expect(calls(), "one a second").to.be.within(18, 22);
      await desk.clock.sleep(10_000 + HEARD_MS);
      const before = calls();
      await desk.clock.sleep(2_000);
      expect(calls() - before, "never more than the job's own").to.be.within(17, 22);
      expect((await started).map(exitOf)).to.deep.equal([0]);
    }));
});
