/** A scheduled start that takes longer than until the next slot. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { startUntilThrough } from "../../src/cli/commands/start-until-through.ts";
import type { RunContext } from "../../src/run/context.ts";
import { holdJob } from "../../src/run/start/hold-job.ts";
import { type FileEnd, startJob } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { claimSlot } from "../../src/schedule/claim-slot.ts";
import { pauseSchedule } from "../../src/schedule/pause-schedule.ts";
import { put, told } from "../run/source.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const EVERY = { kind: "run", file: null, from: null, limit: null, again: null } as const;
const row = (product: string) => `account_id,product_name\naccount_1,${product}\n`;

describe("a scheduled start that is at work when the next is due", () => {
  let bank: Sandbox;
  let desk: Desk;
  let nowMs: number;
  let starts: number;
  const schedule = { cron: "0 * * * *", zone: "UTC" };
  const contextOf = (more: object = {}): RunContext => {
    const context = desk.context(bank, { schedule: { ...schedule, ...more }, firstStart: "all" });
    return { ...context, clock: { ...context.clock, nowMs: () => nowMs } };
  };
  /** Each start takes so many minutes, at the end of which a file comes. Begins half past. */
  const startAll = async (context: RunContext, minutes: readonly number[], act = async () => {}) => {
    await using _ = await holdJob(context);
    const left = [...minutes];
    const start = async (): Promise<readonly FileEnd[]> => {
      starts += 1;
      const ends = await startJob(context, EVERY);
      nowMs += (left.shift() ?? 0) * MINUTE_MS;
      await put(desk, `${starts + 1}.csv`, row(String(starts + 1)), starts);
      await act();
      return ends;
    };
    return told(await startUntilThrough(context, start));
  };

  beforeEach(async () => {
    bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }] } });
    desk = await openDesk({ durable: false });
    nowMs = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS + HOUR_MS / 2;
    starts = 0;
    await put(desk, "1.csv", row("1"), 0);
  });
  afterEach(async () => {
    await bank[Symbol.asyncDispose]();
    await desk[Symbol.asyncDispose]();
  });

  it("goes on with what has come by then, for as long as slots come meanwhile", async () => {
    const ends = await startAll(contextOf(), [31, 130, 20]);
    expect(ends).to.deep.equal(["1.csv 1 applied", "2.csv 1 applied", "3.csv 1 applied"]);
    expect(await startAll(contextOf(), [5]), "no slot came").to.deep.equal(["4.csv 1 applied"]);
  });

  it("does not where another process has begun the slot, in a blackout and under a pause", async () => {
    const one = ["1.csv 1 applied"];
    const taken = contextOf();
    const other = async () => void (await claimSlot({ ...taken, owner: "another" }, nowMs - MINUTE_MS));
    expect(await startAll(taken, [31], other)).to.deep.equal(one);
    const at = (ms: number) => new Date(ms).toISOString().slice(11, 16);
    const blackout = [{ from: at(nowMs + 20 * MINUTE_MS), to: at(nowMs + 50 * MINUTE_MS), slots: "skip" }];
    expect(await startAll(contextOf({ blackout }), [31])).to.deep.equal(["2.csv 1 applied"]);
    nowMs += 2 * HOUR_MS;
    const paused = contextOf();
    const pause = async () => void (await pauseSchedule(paused, null, "a person"));
    expect(await startAll(paused, [61], pause)).to.deep.equal(["3.csv 1 applied"]);
  });

  it("does not after a start that ended badly, where that pauses the schedule", async () => {
    await put(desk, "1.csv", "", 0);
    expect(await startAll(contextOf({ pauseOnFailure: true }), [31])).to.deep.equal(["1.csv file_empty"]);
    await rm(join(desk.folder, "in", "2.csv"));
    await put(desk, "1.csv", "\n", 5);
    expect(await startAll(contextOf(), [61])).to.have.length(2);
  });
});
