/** Ticks: what a schedule starts, what it passes over, and how it stops. */
import { expect } from "chai";
import { systemClock } from "../../src/clock.ts";
import { FatalError } from "../../src/errors/fatal-error.ts";
import { defineJob, type Job } from "../../src/job.ts";
import { AGAIN_AFTER_MS, createOnTick, type StartEnd } from "../../src/schedule/on-tick.ts";
import { runSchedule } from "../../src/schedule/run-schedule.ts";
import { MADE_UP_FOR_MS } from "../../src/schedule/slots.ts";
import type { TurnKind } from "../../src/schedule/turns.ts";
import { FakeClock } from "../support/fake-clock.ts";

const job = (cron: string, zone = "UTC") =>
  defineJob({ name: "ticking", source: { folder: "in" }, results: { folder: "out" }, schedule: { cron, zone } });

/** Ticks with the given starts; a start takes two and a half minutes. */
function setUp(start: () => StartEnd, blackout: readonly [number, number] = [0, 0]) {
  const clock = new FakeClock();
  const stopper = new AbortController();
  const startedAtMs: number[] = [];
  const again: number[] = [];
  const givenUp: string[] = [];
  const onTick = createOnTick({
    clock,
    signal: stopper.signal,
    onAgain: (_, afterMs) => again.push(afterMs),
    freeFromMs: (_, atMs) => (atMs >= blackout[0] && atMs < blackout[1] ? blackout[1] : atMs),
    onBlackout: (_, untilMs) => again.push(untilMs - clock.nowMs()),
    onGivenUp: async ({ name }) => void givenUp.push(name),
  });
  const tick = (ticking: Job, kind?: TurnKind) => {
    const work = async () => {
      startedAtMs.push(clock.monotonicMs());
      await clock.sleep(150_000);
      return start();
    };
    return onTick(ticking, work, kind);
  };
  return { clock, stopper, startedAtMs, again, givenUp, onTick: tick, start: onTick };
}

describe("onTick", () => {
  const ticking = job("* * * * *");

  it("gives a start up after six hours also where ticks come sooner, and begins to count anew", async () => {
    const { clock, stopper, givenUp, onTick } = setUp(() => "stopped");
    const ticks: Promise<unknown>[] = [];
    const counts: number[] = [];
    for (let no = 0; no < 14; no++) {
      ticks.push(onTick(ticking));
      // So that a tick finds the last start waiting.
      await clock.advance(59 * 60_000);
      counts.push(givenUp.length);
    }
    expect(counts).to.deep.equal([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2]);
    stopper.abort();
    await clock.advance(150_000);
    await Promise.all(ticks);
  });

  it("starts a job, passes over ticks while it runs, and starts it again after", async () => {
    const { clock, startedAtMs, onTick } = setUp(() => "ended");
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
    const ends: StartEnd[] = ["stopped", "stopped", "ended"];
    const { clock, startedAtMs, again, onTick } = setUp(() => ends.shift() ?? "ended");
    const tick = onTick(ticking);
    await clock.advance(3_600_000);
    expect(await tick).to.equal("started");
    expect(startedAtMs).to.deep.equal([0, 1, 2].map((n) => n * (150_000 + AGAIN_AFTER_MS)));
    expect(again).to.deep.equal([AGAIN_AFTER_MS, AGAIN_AFTER_MS]);
  });

  it("asks again after 5, 15 and 60 minutes, then every hour, when the bank refuses our credentials", async () => {
    const ends: StartEnd[] = [...Array(30).fill("refused"), "stopped", "ended"];
    const { clock, startedAtMs, again, onTick } = setUp(() => ends.shift() ?? "ended");
    const tick = onTick(ticking);
    await clock.advance(40 * 3_600_000);
    expect(await tick).to.equal("started");
    expect(again.slice(0, 5).map((ms) => ms / 60_000)).to.deep.equal([5, 15, 60, 60, 60]);
    // What comes after is a start like any other.
    expect(again.at(-1)).to.equal(AGAIN_AFTER_MS);
    expect(startedAtMs).to.have.length(32);
  });

  it("begins no start in a blackout, also not again after one that stopped", async () => {
    const ends: StartEnd[] = ["stopped"];
    const begunAtMs = new FakeClock().nowMs();
    // The first start ends after two and a half minutes, and would be made again after five more.
    const { clock, startedAtMs, again, onTick } = setUp(
      () => ends.shift() ?? "ended",
      [begunAtMs + 400_000, begunAtMs + 3_600_000],
    );
    const first = onTick(ticking);
    await clock.advance(2 * 3_600_000);
    expect(await first).to.equal("started");
    expect(startedAtMs).to.deep.equal([0, 3_600_000]);
    expect(again).to.deep.equal([AGAIN_AFTER_MS, 3_600_000 - 450_000]);
  });

  it("begins a start soon after a blackout's end by the clock on the wall, also after the machine was suspended", async () => {
    const begunAtMs = new FakeClock().nowMs();
    const { clock, startedAtMs, again, onTick } = setUp(() => "ended", [begunAtMs, begunAtMs + 4 * 3_600_000]);
    const tick = onTick(ticking);
    await clock.advance(3_600_000);
    clock.set(begunAtMs + 5 * 3_600_000);
    await clock.advance(300_000);
    expect(startedAtMs[0]).to.be.within(3_600_000, 3_660_000);
    expect(await tick).to.equal("started");
    expect(again, "said once").to.deep.equal([4 * 3_600_000]);
  });

  it("lets a tick come before a start that waits to be made again", async () => {
    const ends: StartEnd[] = ["stopped"];
    const { clock, startedAtMs, onTick } = setUp(() => ends.shift() ?? "ended");
    const first = onTick(ticking);
    await clock.advance(200_000);
    const second = onTick(ticking);
    expect(await first).to.equal("started");
    await clock.advance(3_600_000);
    expect(await second).to.equal("started");
    expect(startedAtMs).to.deep.equal([0, 200_000]);
  });

  it("leaves it to the next tick after some hours, and at once when told to stop", async () => {
    const { clock, startedAtMs, givenUp, onTick } = setUp(() => "stopped");
    const tick = onTick(ticking);
    await clock.advance(2 * MADE_UP_FOR_MS);
    expect(await tick).to.equal("started");
    expect(givenUp).to.deep.equal(["ticking"]);
    expect(startedAtMs.at(-1)).to.be.within(MADE_UP_FOR_MS - AGAIN_AFTER_MS, MADE_UP_FOR_MS);
    const told = setUp(() => "stopped");
    const last = told.onTick(ticking);
    await told.clock.advance(200_000);
    told.stopper.abort();
    expect(await last).to.equal("started");
    expect(told.startedAtMs).to.have.length(1);
  });

  it("hands on an error", async () => {
    const { start } = setUp(() => "ended");
    const error = await start(ticking, () => Promise.reject(new Error("broken"))).catch((reason: Error) => reason);
    expect(error).to.be.instanceOf(Error).with.property("message", "broken");
  });

  for (const end of ["ended", "stopped"] as const)
    it(`begins a start after a continuation at whose work it comes, and once, when that has ${end}`, async () => {
      const ends: StartEnd[] = [end];
      const { clock, startedAtMs, onTick } = setUp(() => ends.shift() ?? "ended");
      const continued = onTick(ticking, "continuation");
      await clock.advance(60_000);
      const slots = [onTick(ticking), onTick(ticking)];
      await clock.advance(3_600_000);
      expect(await Promise.all([continued, ...slots])).to.deep.equal(["started", "started", "started"]);
      expect(startedAtMs).to.deep.equal([0, 150_000]);
    });

  it("leaves a continuation to a start that is at work or waits, and says so as that has ended", async () => {
    const ends: StartEnd[] = ["stopped"];
    const { clock, startedAtMs, onTick } = setUp(() => ends.shift() ?? "ended");
    const start = onTick(ticking);
    const [atWork, waiting] = [onTick(ticking, "continuation"), clock.advance(200_000)];
    await waiting;
    const late = onTick(ticking, "continuation");
    await clock.advance(3_600_000);
    expect(await Promise.all([start, atWork, late])).to.deep.equal(["started", "busy", "busy"]);
    expect(startedAtMs).to.deep.equal([0, 150_000 + AGAIN_AFTER_MS]);
  });

  it("begins nothing any more for a start that waits for a continuation when it is told to stop", async () => {
    const { clock, stopper, startedAtMs, onTick } = setUp(() => "ended");
    const both = [onTick(ticking, "continuation"), onTick(ticking)];
    await clock.advance(60_000);
    stopper.abort();
    await clock.advance(3_600_000);
    await Promise.all(both);
    expect(startedAtMs).to.deep.equal([0]);
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
      onNone() {},
      onMissed() {},
      async onTick() {
        told.push("begun");
        stopper.abort();
        await new Promise((resolve) => setImmediate(resolve));
        told.push("ended");
      },
    };
    await runSchedule([job("*/2 * * * * *")], acts, { clock: systemClock, signal: stopper.signal });
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
        onNone() {},
        onMissed() {},
        async onTick() {},
      };
      const error = await runSchedule([given], acts, {
        clock: systemClock,
        signal: AbortSignal.abort(),
      }).catch((reason: unknown) => reason);
      expect(begun, "nothing is begun").to.deep.equal([]);
      expect(error).to.be.instanceOf(FatalError).with.property("code", "job_invalid");
    });
  }
});
