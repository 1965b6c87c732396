/** Ticks: what a schedule starts, what it passes over, and how it stops. */
import { mock } from "node:test";
import { expect } from "chai";
import { FatalError } from "../../src/errors/fatal-error.ts";
import { defineJob, type Job } from "../../src/job.ts";
import { AGAIN_AFTER_MS, createOnTick, type StartEnd } from "../../src/schedule/on-tick.ts";
import { runSchedule } from "../../src/schedule/run-schedule.ts";
import { MADE_UP_FOR_MS, openSlots } from "../../src/schedule/slots.ts";
import { FakeClock } from "../support/fake-clock.ts";

const job = (cron: string, zone = "UTC") =>
  defineJob({ name: "ticking", source: { folder: "in" }, results: { folder: "out" }, schedule: { cron, zone } });

/** Ticks with the given starts; a start takes two and a half minutes. */
function setUp(start: () => StartEnd) {
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
    const { clock, startedAtMs, onTick } = setUp(() => "stopped");
    const tick = onTick(ticking);
    await clock.advance(2 * MADE_UP_FOR_MS);
    expect(await tick).to.equal("started");
    expect(startedAtMs.at(-1)).to.be.within(MADE_UP_FOR_MS - AGAIN_AFTER_MS, MADE_UP_FOR_MS);
    const told = setUp(() => "stopped");
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
      onMissed() {},
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
        onMissed() {},
        async onTick() {},
      };
      const error = await runSchedule([given], acts, AbortSignal.abort()).catch((reason: unknown) => reason);
      expect(begun, "nothing is begun").to.deep.equal([]);
      expect(error).to.be.instanceOf(FatalError).with.property("code", "job_invalid");
    });
  }
});

describe("slots", () => {
  const CHICAGO = { cron: "0 2 * * *", zone: "America/Chicago" };
  /** Whether any slot lies in the hours up to the instant. */
  const isDue = (schedule: { cron: string; zone: string }, iso: string, hours: number) =>
    openSlots(schedule).findLast(Date.parse(iso) - hours * 3_600_000, Date.parse(iso)) !== undefined;

  it("are what the expression says in its zone, in winter and in summer", () => {
    expect(isDue(CHICAGO, "2027-01-15T08:00:00Z", 1), "2 a.m. there").to.equal(true);
    expect(isDue(CHICAGO, "2027-01-15T07:59:59Z", 5)).to.equal(false);
    expect(isDue(CHICAGO, "2027-07-15T07:00:00Z", 1), "2 a.m. there").to.equal(true);
    expect(isDue(CHICAGO, "2027-07-15T12:00:00Z", 4), "3 to 7 a.m. there").to.equal(false);
  });

  it("lie behind the one instant and up to the other, and no further back than is made up for", () => {
    expect(isDue(CHICAGO, "2027-01-15T09:00:00Z", 1)).to.equal(false);
    expect(isDue(CHICAGO, "2027-01-15T13:59:00Z", 100)).to.equal(true);
    expect(isDue(CHICAGO, "2027-01-15T14:00:00Z", 100)).to.equal(false);
    expect(isDue({ cron: "15 0 2 * * *", zone: "America/Chicago" }, "2027-01-15T08:00:15Z", 1)).to.equal(true);
  });

  for (const [zone, cron, iso, what] of [
    ["America/Chicago", "0 2 * * *", "2027-03-14T08:00:00Z", "2 to 3 a.m."],
    ["America/Chicago", "30 2 * * *", "2027-03-14T08:30:00Z", "2 to 3 a.m."],
    ["Europe/Berlin", "30 2 * * *", "2027-03-28T01:30:00Z", "2 to 3 a.m."],
    ["Europe/Dublin", "30 1 * * *", "2027-03-28T01:30:00Z", "1 to 2 a.m."],
    ["Australia/Lord_Howe", "15 2 * * *", "2027-10-02T15:45:00Z", "2 to 2.30 a.m."],
    ["America/St_Johns", "30 2 * * *", "2027-03-14T06:00:00Z", "2 to 3 a.m."],
  ] as const) {
    it(`are there on the day that jumps over ${what} in ${zone}`, () => {
      expect(isDue({ cron, zone }, iso, 1 / 60)).to.equal(true);
      expect(isDue({ cron, zone }, new Date(Date.parse(iso) - 60_000).toISOString(), 5)).to.equal(false);
      expect(isDue({ cron, zone }, new Date(Date.parse(iso) + 5 * 3_600_000).toISOString(), 4)).to.equal(false);
    });
  }

  it("are called once each, also in the night that jumps over one", async () => {
    mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.parse("2027-03-13T18:00:00Z") });
    const slots = openSlots({ cron: "0 2,4 * * *", zone: "America/Chicago" });
    const calledAt: string[] = [];
    try {
      slots.start(
        (slotMs) => calledAt.push(new Date(slotMs).toISOString()),
        () => calledAt.push("missed"),
      );
      for (let minutes = 0; minutes < 40 * 60; minutes++) {
        mock.timers.tick(60_000);
        for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      await slots.stop();
      mock.timers.reset();
    }
    expect(calledAt).to.deep.equal([
      "2027-03-14T08:00:00.000Z",
      "2027-03-14T09:00:00.000Z",
      "2027-03-15T07:00:00.000Z",
      "2027-03-15T09:00:00.000Z",
    ]);
  });

  it("are made up for when the process was held up, and told when it was for too long", async () => {
    mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.parse("2027-01-15T07:00:00Z") });
    const slots = openSlots(CHICAGO);
    const calledAt: string[] = [];
    try {
      slots.start(
        () => calledAt.push(new Date().toISOString()),
        () => calledAt.push("missed"),
      );
      for (const minutes of [180, 21 * 60 + 7 * 60, 60]) {
        mock.timers.setTime(Date.now() + minutes * 60_000);
        mock.timers.tick(60_000);
        for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      await slots.stop();
      mock.timers.reset();
    }
    expect(calledAt.map((at) => at.slice(0, 13))).to.deep.equal(["2027-01-15T10", "missed"]);
  });

  it("are the same without summer time", () => {
    expect(isDue({ cron: "0 2 * * *", zone: "Asia/Kolkata" }, "2027-03-14T20:30:00Z", 1)).to.equal(true);
    expect(isDue({ cron: "0 2 * * *", zone: "UTC" }, "2027-03-14T02:00:00Z", 1)).to.equal(true);
    expect(isDue({ cron: "0 2 * * *", zone: "UTC" }, "2027-03-14T08:00:00Z", 5)).to.equal(false);
  });
});
