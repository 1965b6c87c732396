/** Slots: the times of an expression in its zone, on days on which the clock is changed too, and what jitter and blackouts make of them. */
import { expect } from "chai";
import { createTask } from "node-cron";
import { describeSlot, zonedTime } from "../../src/schedule/describe-slot.ts";
import { followSlots } from "../../src/schedule/follow-slots.ts";
import { openSlots, type Slot } from "../../src/schedule/slots.ts";
import { type ScheduleInput, scheduleSettings } from "../../src/schedule-settings.ts";
import { FakeClock } from "../support/fake-clock.ts";

type Given = ScheduleInput;

const slotsOf = (given: Given, job = "ticking") => openSlots(scheduleSettings.parse(given), job);

/** By the clock of the zone, with what is to be said of each. */
function listed(given: Given & { zone: string }, fromIso: string, toIso: string): string[] {
  const slots = slotsOf(given).list(Date.parse(fromIso), Date.parse(toIso));
  return [...slots].map((slot) =>
    [zonedTime(given.zone, slot.atMs), slot.kind, describeSlot(slot, given.zone)].join(" | ").replace(/ \| $/, ""),
  );
}

describe("slots", () => {
  const CHICAGO = { cron: "0 2 * * *", zone: "America/Chicago" };
  /** Whether any slot lies in the hours up to the instant. */
  const isDue = (schedule: Given, iso: string, hours: number) =>
    slotsOf(schedule).findLast(Date.parse(iso) - hours * 3_600_000, Date.parse(iso)) !== undefined;

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

  /** What is called in that time, by the clock; `sleepMs` is how long the machine sleeps at once. */
  async function follow(schedule: Given, fromIso: string, sleepsMs: readonly number[]) {
    const clock = new FakeClock(Date.parse(fromIso));
    const stopper = new AbortController();
    const calledAt: string[] = [];
    const now = () => new Date(clock.nowMs()).toISOString();
    const acts = {
      onSlot: (slot: Slot) => calledAt.push(`${now()} for ${new Date(slot.slotMs).toISOString()}`),
      onNone: (slot: Slot) => calledAt.push(`${now()} ${slot.kind}`),
      onMissed: () => calledAt.push(`${now()} missed`),
    };
    const following = followSlots(slotsOf(schedule), acts, { clock, signal: stopper.signal });
    for (const sleepMs of sleepsMs) {
      await clock.advance(0);
      clock.set(clock.nowMs() + sleepMs);
      await clock.advance(60_000);
    }
    stopper.abort();
    await following;
    return calledAt;
  }

  it("are called once each, also in the night that jumps over one", async () => {
    const minutes = Array.from({ length: 40 * 60 }, () => 0);
    const called = await follow({ cron: "0 2,4 * * *", zone: "America/Chicago" }, "2027-03-13T18:00:00Z", minutes);
    expect(called.map((one) => one.slice(0, 24))).to.deep.equal([
      "2027-03-14T08:00:00.000Z",
      "2027-03-14T09:00:00.000Z",
      "2027-03-15T07:00:00.000Z",
      "2027-03-15T09:00:00.000Z",
    ]);
    expect(called.map((one) => one.slice(29))).to.deep.equal(called.map((one) => one.slice(0, 24)));
  });

  it("are made up for when the machine slept, and told when it was for too long", async () => {
    const hours = (count: number) => count * 3_600_000;
    const called = await follow(CHICAGO, "2027-01-15T07:00:00Z", [hours(3), hours(21 + 7), hours(1)]);
    expect(called).to.deep.equal([
      "2027-01-15T10:01:00.000Z for 2027-01-15T08:00:00.000Z",
      "2027-01-16T14:02:00.000Z missed",
    ]);
  });

  it("are followed anew when a clock that was months ahead is set right", async () => {
    const hours = (count: number) => count * 3_600_000;
    const called = await follow(CHICAGO, "2027-07-15T12:00:00Z", [hours(-181 * 24), hours(21)]);
    expect(called).to.deep.equal(["2027-01-16T09:02:00.000Z for 2027-01-16T08:00:00.000Z"]);
  });

  it("are followed on, each second, when a second has many of them to come", async () => {
    const called = await follow({ cron: "*/20 * * * * *", zone: "UTC" }, "2027-01-15T07:00:05Z", [0]);
    expect(called.map((one) => one.slice(17, 19))).to.deep.equal(["20", "40", "00"]);
  });

  it("are the same without summer time", () => {
    expect(isDue({ cron: "0 2 * * *", zone: "Asia/Kolkata" }, "2027-03-14T20:30:00Z", 1)).to.equal(true);
    expect(isDue({ cron: "0 2 * * *", zone: "UTC" }, "2027-03-14T02:00:00Z", 1)).to.equal(true);
    expect(isDue({ cron: "0 2 * * *", zone: "UTC" }, "2027-03-14T08:00:00Z", 5)).to.equal(false);
  });
});

describe("slots on a day on which the clock is changed", () => {
  const CHICAGO = "America/Chicago";

  it("neither pause nor come twice in a rhythm", () => {
    const hours = (given: Given & { zone: string }, fromIso: string, toIso: string) =>
      listed(given, fromIso, toIso).map((one) => one.slice(15, 27));
    const every30 = { cron: "*/30 * * * *", zone: CHICAGO };
    expect(hours(every30, "2026-11-01T05:30:00Z", "2026-11-01T08:30:00Z")).to.deep.equal([
      ...["00:30:00 -05", "01:00:00 -05", "01:30:00 -05", "01:00:00 -06", "01:30:00 -06", "02:00:00 -06"],
    ]);
    expect(hours(every30, "2027-03-14T07:00:00Z", "2027-03-14T09:00:00Z")).to.deep.equal([
      ...["01:00:00 -06", "01:30:00 -06", "03:00:00 -05", "03:30:00 -05"],
    ]);
    const berlin = { cron: "15 * * * *", zone: "Europe/Berlin" };
    expect(hours(berlin, "2026-10-25T00:00:00Z", "2026-10-25T02:30:00Z")).to.deep.equal([
      ...["02:15:00 +02", "02:15:00 +01", "03:15:00 +01"],
    ]);
    // Half an hour is jumped over; 2.20 would be 2.50, ten minutes after 2.40.
    const lordHowe = { cron: "*/20 1-5 * * *", zone: "Australia/Lord_Howe" };
    expect(hours(lordHowe, "2027-10-02T14:50:00Z", "2027-10-02T16:20:00Z")).to.deep.equal([
      ...["01:20:00 +10", "01:40:00 +10", "02:40:00 +11", "03:00:00 +11"],
    ]);
  });

  it("come once in the hour that the clock shows twice, if the hour is named", () => {
    expect(listed({ cron: "30 1 * * *", zone: CHICAGO }, "2026-11-01T00:00:00Z", "2026-11-02T12:00:00Z")).to.deep.equal(
      ["Sun 2026-11-01 01:30:00 -05:00 | start", "Mon 2026-11-02 01:30:00 -06:00 | start"],
    );
    expect(
      listed({ cron: "0 0 2,1 * * *", zone: CHICAGO }, "2026-11-01T00:00:00Z", "2026-11-01T12:00:00Z"),
    ).to.deep.equal(["Sun 2026-11-01 01:00:00 -05:00 | start", "Sun 2026-11-01 02:00:00 -06:00 | start"]);
  });

  it("say which time was jumped over, also at midnight", () => {
    expect(
      listed({ cron: "30 0 * * *", zone: "America/Havana" }, "2027-03-14T00:00:00Z", "2027-03-15T12:00:00Z"),
    ).to.deep.equal([
      "Sun 2027-03-14 01:30:00 -04:00 | start | the clock jumps over 00:30 on that day",
      "Mon 2027-03-15 00:30:00 -04:00 | start",
    ]);
    expect(
      listed({ cron: "0 */2 * * *", zone: CHICAGO }, "2027-03-14T06:00:00Z", "2027-03-14T10:00:00Z"),
    ).to.deep.equal([
      "Sun 2027-03-14 00:00:00 -06:00 | start",
      "Sun 2027-03-14 03:00:00 -05:00 | start | the clock jumps over 02:00 on that day",
      "Sun 2027-03-14 04:00:00 -05:00 | start",
    ]);
    expect(
      listed({ cron: "0 2,3 * * *", zone: CHICAGO }, "2027-03-14T06:00:00Z", "2027-03-14T10:00:00Z"),
    ).to.have.length(1);
  });

  it("are what node-cron says on any other day, of months, weekdays and last days", () => {
    for (const [cron, ofDayMs] of [
      ["5 4 * * 1-5", 245 * 60_000],
      ["0 3 L * *", 180 * 60_000],
      ["0 3 * * 5L", 180 * 60_000],
      ["0 3 1 * 1", 180 * 60_000],
      ["0 3 * 2 1#2", 180 * 60_000],
      ["30 15 6 * 1 *", 375.5 * 60_000],
    ] as const) {
      const days = listed({ cron, zone: "UTC" }, "2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
      const task = createTask(cron, () => {}, { timezone: "UTC" });
      const expected: string[] = [];
      for (let atMs = Date.UTC(2027, 0) + ofDayMs; atMs < Date.UTC(2028, 0); atMs += 86_400_000)
        if (task.match(new Date(atMs))) expected.push(zonedTime("UTC", atMs));
      expect(
        days.map((one) => one.slice(0, 30)),
        cron,
      ).to.deep.equal(expected);
      expect(expected, cron).not.to.deep.equal([]);
    }
  });

  it("of a whole year are listed at once", () => {
    const given = { cron: "*/5 * * * *", zone: CHICAGO, jitterMs: 60_000, blackout: [{ from: "22:00", to: "01:00" }] };
    const before = process.cpuUsage().user;
    const slots = [...slotsOf(given).list(Date.UTC(2027, 0), Date.UTC(2028, 0))];
    expect(slots).to.have.length(365 * 24 * 12);
    expect((process.cpuUsage().user - before) / 1_000, "milliseconds").to.be.below(5_000);
  });
});

describe("jitter", () => {
  const given = { cron: "*/10 * * * *", zone: "UTC", jitterMs: 3_600_000 };
  const [fromMs, toMs] = [Date.UTC(2027, 0), Date.UTC(2027, 0, 8)];

  it("is the same for a job and a slot, whenever it is asked, and differs between jobs and slots", () => {
    const all = [...slotsOf(given, "one").list(fromMs, toMs)];
    const [other] = slotsOf(given, "other").list(fromMs, toMs);
    expect([...slotsOf(given, "one").list(fromMs + 3 * 86_400_000, toMs)]).to.deep.equal(all.slice(3 * 144));
    expect(other?.jitterMs).not.to.equal(all[0]?.jitterMs);
    expect(new Set(all.map(({ jitterMs }) => jitterMs)).size).to.be.above(300);
  });

  it("is bounded by the setting and by the next slot", () => {
    for (const { slotMs, atMs } of slotsOf(given).list(fromMs, toMs)) expect(atMs - slotMs).to.be.within(0, 599_000);
    const short = { ...given, cron: "0 2 * * *", jitterMs: 90_000 };
    for (const { slotMs, atMs } of slotsOf(short).list(fromMs, toMs)) expect(atMs - slotMs).to.be.within(0, 89_000);
    expect(
      [...slotsOf({ ...given, jitterMs: 0 }).list(fromMs, toMs)].every(({ slotMs, atMs }) => slotMs === atMs),
    ).to.equal(true);
  });

  it("keeps a start that is still to come, when the schedule begins between slot and start", () => {
    const slots = slotsOf({ cron: "0 2 * * *", zone: "UTC", jitterMs: 3_600_000 });
    const [first] = slots.list(fromMs, toMs);
    if (first === undefined) throw new Error("no slot");
    expect(first.jitterMs).to.be.above(1_000);
    expect(slots.after(first.slotMs + 1_000).next().value).to.deep.equal(first);
    expect(slots.findLast(first.slotMs - 3_600_000, first.atMs - 1)).to.equal(undefined);
    expect(slots.findLast(first.slotMs + 1_000, first.atMs)).to.deep.equal(first);
  });
});

describe("a blackout", () => {
  const zone = "America/Chicago";

  it("has its slot made up for as it ends, or skipped, each night or once", () => {
    const blackout = [
      { from: "01:00", to: "04:30", days: ["sun" as const], reason: "maintenance of the bank" },
      { from: "2026-12-24T18:00", to: "2026-12-26T03:00", slots: "skip" as const },
    ];
    const given = { cron: "0 2 * * *", zone, blackout };
    expect(listed(given, "2026-11-28T00:00:00Z", "2026-11-30T12:00:00Z")).to.deep.equal([
      "Sat 2026-11-28 02:00:00 -06:00 | start",
      "Sun 2026-11-29 04:30:00 -06:00 | start | 02:00 is in a blackout until 2026-11-29 04:30 (maintenance of the bank), and is made up for as it ends",
      "Mon 2026-11-30 02:00:00 -06:00 | start",
    ]);
    expect(listed(given, "2026-12-24T12:00:00Z", "2026-12-26T12:00:00Z")).to.deep.equal([
      "Fri 2026-12-25 02:00:00 -06:00 | skipped | 02:00 is in a blackout until 2026-12-26 03:00, and is skipped",
      "Sat 2026-12-26 02:00:00 -06:00 | skipped | 02:00 is in a blackout until 2026-12-26 03:00, and is skipped",
    ]);
  });

  it("is made up for once, however many slots it takes, and not beside the slot at its end", () => {
    const times = (to: string) =>
      listed(
        { cron: "0 * * * *", zone, blackout: [{ from: "23:30", to }] },
        "2026-12-02T05:00:00Z",
        "2026-12-02T10:00:00Z",
      ).map((one) => one.slice(15, 20) + one.slice(30, 39).trimEnd());
    expect(times("02:15")).to.deep.equal([
      "23:00 | start",
      "00:00 | merged",
      "01:00 | merged",
      "02:15 | start",
      "03:00 | start",
    ]);
    expect(times("02:00")).to.deep.equal([
      "23:00 | start",
      "00:00 | merged",
      "01:00 | merged",
      "02:00 | start",
      "03:00 | start",
    ]);
  });

  it("goes on in the window that follows it, and is not entered by jitter", () => {
    const blackout = [
      { from: "01:00", to: "03:00" },
      { from: "03:00", to: "05:00" },
    ];
    const slots = slotsOf({ cron: "0 2 * * *", zone: "UTC", blackout });
    expect(slots.freeFromMs(Date.UTC(2027, 0, 1, 1))).to.equal(Date.UTC(2027, 0, 1, 5));
    expect(slots.findLast(Date.UTC(2027, 0, 1), Date.UTC(2027, 0, 1, 4, 59))).to.equal(undefined);
    expect(slots.findLast(Date.UTC(2027, 0, 1), Date.UTC(2027, 0, 1, 5))?.atMs).to.equal(Date.UTC(2027, 0, 1, 5));
    expect(slots.after(Date.UTC(2027, 0, 1, 4)).next().value?.atMs).to.equal(Date.UTC(2027, 0, 1, 5));
    const jittered = slotsOf({
      cron: "0 2 * * *",
      zone: "UTC",
      jitterMs: 3_600_000,
      blackout: [
        { from: "02:00", to: "02:30" },
        { from: "02:31", to: "09:00" },
      ],
    });
    for (const { atMs } of jittered.list(Date.UTC(2027, 0), Date.UTC(2027, 1)))
      expect(new Date(atMs).toISOString().slice(11, 16)).to.equal("02:30");
  });
});
