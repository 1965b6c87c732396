/** Ticks: what a schedule starts, what it passes over, and how it stops. */
import { expect } from "chai";
import { FatalError } from "../../src/errors/fatal-error.ts";
import { defineJob } from "../../src/job.ts";
import { createOnTick } from "../../src/schedule/on-tick.ts";
import { runSchedule } from "../../src/schedule/run-schedule.ts";
import { FakeClock } from "../support/fake-clock.ts";

const job = (cron: string, zone = "UTC") =>
  defineJob({ name: "ticking", source: { folder: "in" }, results: { folder: "out" }, schedule: { cron, zone } });

describe("onTick", () => {
  it("starts a job, passes over ticks while it runs, and starts it again after", async () => {
    const clock = new FakeClock();
    const started: number[] = [];
    const onTick = createOnTick(async (_, nowMs) => {
      started.push(nowMs);
      await clock.sleep(150_000);
    });
    const ticking = job("* * * * *");
    const first = onTick(ticking, clock.nowMs());
    await clock.advance(60_000);
    expect(await onTick(ticking, clock.nowMs())).to.equal("busy");
    await clock.advance(60_000);
    expect(await onTick(ticking, clock.nowMs())).to.equal("busy");
    await clock.advance(60_000);
    expect(await first).to.equal("started");
    const second = onTick(ticking, clock.nowMs());
    await clock.advance(150_000);
    expect(await second).to.equal("started");
    expect(started).to.have.length(2);
  });

  it("passes over a job that another process has the lease of, and hands on any other error", async () => {
    const held = createOnTick(() => Promise.reject(new FatalError("lease_held", "under way", { hint: "wait" })));
    expect(await held(job("* * * * *"), 0)).to.equal("busy");
    const broken = createOnTick(() => Promise.reject(new Error("broken")));
    const error = await broken(job("* * * * *"), 0).catch((reason: Error) => reason);
    expect(error).to.be.instanceOf(Error).with.property("message", "broken");
  });
});

describe("runSchedule", () => {
  it("ticks by a real cron expression, and ends the start in hand before it stops", async () => {
    const stopper = new AbortController();
    const told: string[] = [];
    const running = runSchedule(
      [job("*/2 * * * * *")],
      async () => {
        told.push("begun");
        stopper.abort();
        await new Promise((resolve) => setImmediate(resolve));
        told.push("ended");
      },
      stopper.signal,
    );
    await running;
    expect(told).to.deep.equal(["begun", "ended"]);
  });

  for (const [wrong, given] of [
    ["an expression", job("61 * * * *")],
    ["a zone", job("0 2 * * *", "America/Springfield")],
  ] as const) {
    it(`refuses ${wrong} that means nothing`, async () => {
      const error = await runSchedule([given], async () => {}, AbortSignal.abort()).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(FatalError).with.property("code", "job_invalid");
    });
  }
});
