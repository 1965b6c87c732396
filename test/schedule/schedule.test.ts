/** Ticks: what a schedule starts, what it passes over, and how it stops. */
import { expect } from "chai";
import { EXIT, type ExitCode } from "../../src/errors/exit-codes.ts";
import { FatalError } from "../../src/errors/fatal-error.ts";
import { defineJob, type Job } from "../../src/job.ts";
import { AGAIN_AFTER_MS, AGAIN_FOR_MS, createOnTick } from "../../src/schedule/on-tick.ts";
import { runSchedule } from "../../src/schedule/run-schedule.ts";
import { FakeClock } from "../support/fake-clock.ts";

const job = (cron: string, zone = "UTC") =>
  defineJob({ name: "ticking", source: { folder: "in" }, results: { folder: "out" }, schedule: { cron, zone } });

/** Ticks with the given starts; a start takes two and a half minutes. */
function setUp(start: () => ExitCode) {
  const clock = new FakeClock();
  const stopper = new AbortController();
  const startedAtMs: number[] = [];
  const again: number[] = [];
  const onTick = createOnTick({ clock, signal: stopper.signal, onAgain: (_, afterMs) => again.push(afterMs) });
  const tick = (ticking: Job) =>
    onTick(ticking, async () => {
      startedAtMs.push(clock.monotonicMs());
      await clock.sleep(150_000);
      return start();
    });
  return { clock, stopper, startedAtMs, again, onTick: tick };
}

describe("onTick", () => {
  const ticking = job("* * * * *");

  it("starts a job, passes over ticks while it runs, and starts it again after", async () => {
    const { clock, startedAtMs, onTick } = setUp(() => EXIT.done);
    const first = onTick(ticking);
    await clock.advance(60_000);
    expect(await onTick(ticking)).to.equal("busy");
    await clock.advance(60_000);
    expect(await onTick(ticking)).to.equal("busy");
    await clock.advance(60_000);
    expect(await first).to.equal("started");
    const second = onTick(ticking);
    await clock.advance(150_000);
    expect(await second).to.equal("started");
    expect(startedAtMs).to.have.length(2);
  });

  it("starts a job again that stopped on the way, until it comes to an end", async () => {
    const ends = [EXIT.stopped, EXIT.stopped, EXIT.rowsToRepair];
    const { clock, startedAtMs, again, onTick } = setUp(() => ends.shift() ?? EXIT.done);
    const tick = onTick(ticking);
    await clock.advance(3_600_000);
    expect(await tick).to.equal("started");
    expect(startedAtMs).to.deep.equal([0, 1, 2].map((n) => n * (150_000 + AGAIN_AFTER_MS)));
    expect(again).to.deep.equal([AGAIN_AFTER_MS, AGAIN_AFTER_MS]);
  });

  it("lets a tick come before a start that waits to be made again", async () => {
    const ends = [EXIT.stopped];
    const { clock, startedAtMs, onTick } = setUp(() => ends.shift() ?? EXIT.done);
    const first = onTick(ticking);
    await clock.advance(200_000);
    const second = onTick(ticking);
    expect(await first).to.equal("started");
    await clock.advance(3_600_000);
    expect(await second).to.equal("started");
    expect(startedAtMs).to.deep.equal([0, 200_000]);
  });

  it("leaves it to the next tick after some hours, and at once when told to stop", async () => {
    const { clock, startedAtMs, onTick } = setUp(() => EXIT.stopped);
    const tick = onTick(ticking);
    await clock.advance(2 * AGAIN_FOR_MS);
    expect(await tick).to.equal("started");
    expect(startedAtMs.at(-1)).to.be.within(AGAIN_FOR_MS - AGAIN_AFTER_MS, AGAIN_FOR_MS);
    const told = setUp(() => EXIT.stopped);
    const last = told.onTick(ticking);
    await told.clock.advance(200_000);
    told.stopper.abort();
    expect(await last).to.equal("started");
    expect(told.startedAtMs).to.have.length(1);
  });

  it("passes over a job that another process has the lease of, and hands on any other error", async () => {
    const onTick = createOnTick({ clock: new FakeClock(), signal: new AbortController().signal, onAgain() {} });
    const leaseHeld = new FatalError("lease_held", "under way", { hint: "wait" });
    expect(await onTick(ticking, () => Promise.reject(leaseHeld))).to.equal("busy");
    const error = await onTick(ticking, () => Promise.reject(new Error("broken"))).catch((reason: Error) => reason);
    expect(error).to.be.instanceOf(Error).with.property("message", "broken");
  });
});

describe("runSchedule", () => {
  it("ticks by a real cron expression, and ends the start in hand before it stops", async () => {
    const stopper = new AbortController();
    const told: string[] = [];
    const acts = {
      async onBegin({ name }: Job) {
        told.push(`${name} is there`);
      },
      async onTick() {
        told.push("begun");
        stopper.abort();
        await new Promise((resolve) => setImmediate(resolve));
        told.push("ended");
      },
    };
    await runSchedule([job("*/2 * * * * *")], acts, stopper.signal);
    expect(told).to.deep.equal(["ticking is there", "begun", "ended"]);
  });

  for (const [wrong, given] of [
    ["an expression", job("61 * * * *")],
    ["a zone", job("0 2 * * *", "America/Springfield")],
  ] as const) {
    it(`refuses ${wrong} that means nothing`, async () => {
      const begun: Job[] = [];
      const acts = {
        async onBegin(one: Job) {
          begun.push(one);
        },
        async onTick() {},
      };
      const error = await runSchedule([given], acts, AbortSignal.abort()).catch((reason: unknown) => reason);
      expect(begun, "nothing is begun").to.deep.equal([]);
      expect(error).to.be.instanceOf(FatalError).with.property("code", "job_invalid");
    });
  }
});
