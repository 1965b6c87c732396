/** What a schedule that begins has to make up for: what no start has come after, whoever has worked on the job since. Over a real ledger. */
import { expect } from "chai";
import type { RunContext } from "../../src/run/context.ts";
import { holdJob } from "../../src/run/start/hold-job.ts";
import { claimSlot } from "../../src/schedule/claim-slot.ts";
import { findLastStart, findMissed } from "../../src/schedule/last-start.ts";
import { pauseSchedule, resumeSchedule } from "../../src/schedule/pause-schedule.ts";
import { openSlots } from "../../src/schedule/slots.ts";
import { newRun } from "../ledger/builders.ts";
import { openDesk } from "../support/scenario.ts";

const HOUR_MS = 3_600_000;
const NOWHERE = { url: "http://127.0.0.1:9", clientId: "client", clientSecret: "secret" };
const hourly = openSlots({ cron: "0 * * * *", zone: "UTC", jitterMs: 0, blackout: [] }, "job");

/** At half past, with the slot of the hour before begun; `since` is what came after the slot of this hour. */
async function missedAfter(since: (context: RunContext) => Promise<unknown>) {
  await using desk = await openDesk({ durable: false });
  const context = desk.context(NOWHERE);
  const firstMs = Math.ceil(desk.clock.nowMs() / HOUR_MS) * HOUR_MS;
  await desk.clock.advance(firstMs - desk.clock.nowMs());
  await claimSlot(context, firstMs);
  await desk.clock.advance(HOUR_MS + 60_000);
  await since(context);
  await desk.clock.advance(29 * 60_000);
  const { slot, isLost } = findMissed(hourly, await findLastStart(context), desk.clock.nowMs());
  return { after: slot && slot.slotMs - firstMs, isLost };
}

const open = (context: RunContext, more: Parameters<typeof newRun>[1]) =>
  context.ledger.runs.open(
    context.bankName,
    newRun("run-1", { job: context.job.name, startedAtMs: context.clock.nowMs(), ...more }),
    [],
  );

describe("a slot that passed while no schedule was there", () => {
  it("is made up for, though somebody has held the job since", async () => {
    const resumed = async (context: RunContext) => (await holdJob(context))[Symbol.asyncDispose]();
    expect(await missedAfter(resumed)).to.deep.equal({ after: HOUR_MS, isLost: false });
  });

  it("is not made up for after a start by hand with all files; a file by its name is none", async () => {
    expect(await missedAfter((context) => open(context, {}))).to.deep.equal({ after: undefined, isLost: false });
    const named = await missedAfter((context) => open(context, { byName: true }));
    expect(named).to.deep.equal({ after: HOUR_MS, isLost: false });
  });

  it("is none when it is the one that was begun, though its start came later than the slot", async () => {
    const blackout = [{ from: "00:00", to: "23:59", slots: "after" as const }];
    const dark = openSlots({ cron: "0 12 * * *", zone: "UTC", jitterMs: 0, blackout }, "job");
    const slotMs = Date.parse("2026-03-02T12:00:00Z");
    const last = { slotMs, sinceMs: slotMs };
    const nowMs = Date.parse("2026-03-03T00:00:00Z");
    expect(findMissed(dark, last, nowMs)).to.deep.equal({ isLost: false });
    expect(findMissed(dark, { ...last, slotMs: slotMs - 1 }, nowMs).slot?.slotMs).to.equal(slotMs);
  });

  it("is not made up for, and not lost, when it lay in a pause that a person has ended since", async () => {
    for (const hours of [1, 3 * 24 + 7]) {
      await using desk = await openDesk({ durable: false });
      const schedule = { cron: "0 2 * * *", zone: "UTC" };
      const context = desk.context(NOWHERE, { schedule });
      const slots = openSlots({ ...schedule, jitterMs: 0, blackout: [] }, context.job.name);
      const first = slots.after(desk.clock.nowMs()).next().value;
      await desk.clock.advance((first?.atMs ?? 0) - desk.clock.nowMs());
      await claimSlot(context, first?.slotMs ?? 0);
      await desk.clock.advance(20 * HOUR_MS);
      await pauseSchedule(context, null, "migration");
      await desk.clock.advance((4 + hours) * HOUR_MS);
      const missed = async () => findMissed(slots, await findLastStart(context), desk.clock.nowMs());
      expect(await missed(), "still paused").not.to.deep.equal({ isLost: false });
      await resumeSchedule(context, "migrated");
      expect(await missed()).to.deep.equal({ isLost: false });
      await desk.clock.advance(24 * HOUR_MS);
      expect(await missed(), "the next one").not.to.deep.equal({ isLost: false });
    }
  });

  it("is lost after six hours, which is said", async () => {
    await using desk = await openDesk({ durable: false });
    const context = desk.context(NOWHERE);
    const daily = openSlots({ cron: "0 2 * * *", zone: "UTC", jitterMs: 0, blackout: [] }, "job");
    const slotMs = Date.parse("2026-03-02T02:00:00Z");
    const missed = (atMs: number) => findMissed(daily, { slotMs, sinceMs: slotMs }, atMs);
    expect(missed(slotMs + 23 * HOUR_MS)).to.deep.equal({ isLost: false });
    expect(missed(slotMs + 25 * HOUR_MS).slot?.slotMs).to.equal(slotMs + 24 * HOUR_MS);
    expect(missed(slotMs + 31 * HOUR_MS)).to.deep.equal({ isLost: true });
    expect(await findLastStart(context), "never started").to.equal(undefined);
    expect(findMissed(daily, undefined, slotMs)).to.deep.equal({ isLost: false });
  });
});
