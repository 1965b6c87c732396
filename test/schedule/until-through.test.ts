/** A start that takes longer than until the next slot. */
import { expect } from "chai";
import { defineJob } from "../../src/job.ts";
import type { StartEnd } from "../../src/schedule/on-tick.ts";
import { untilThrough } from "../../src/schedule/until-through.ts";

const MINUTE_MS = 60_000;
const NOON = Date.UTC(2026, 10, 30, 12);

/** Begins half past eleven. Each start takes so many minutes, and ends so. */
function setUp(takes: readonly (readonly [number, StartEnd])[], more: object = {}) {
  let nowMs = NOON - 30 * MINUTE_MS;
  const left = [...takes];
  const begun: string[] = [];
  const stopper = new AbortController();
  const startOf = (name: string) => async () => {
    begun.push(name);
    const [minutes, end] = left.shift() ?? [0, "ended"];
    nowMs += minutes * MINUTE_MS;
    return end;
  };
  const startAt = (slotMs: number) => startOf(new Date(slotMs).toISOString().slice(11, 16));
  const parts = { clock: { nowMs: () => nowMs }, signal: stopper.signal, log: { info() {} }, startAt };
  const schedule = { cron: "0 * * * *", zone: "UTC", ...more };
  const job = defineJob({ name: "hourly", source: { folder: "in" }, results: { folder: "out" }, schedule });
  const start = untilThrough(startOf("first"), parts);
  return { begun, stopper, start: () => start(job) };
}

describe("a start that is at work when the next is due", () => {
  it("goes on with the last slot that came, for as long as one does", async () => {
    const { begun, start } = setUp([
      [31, "ended"],
      [130, "ended"],
      [20, "ended"],
    ]);
    expect(await start()).to.equal("ended");
    expect(begun).to.deep.equal(["first", "12:00", "14:00"]);
  });

  it("does not when no slot came, in a blackout, once the schedule stops, and after ten more", async () => {
    const quick = setUp([[29, "ended"]]);
    await quick.start();
    const dark = setUp([[31, "ended"]], { blackout: [{ from: "12:01", to: "12:30" }] });
    await dark.start();
    const stopped = setUp([[31, "ended"]]);
    stopped.stopper.abort();
    await stopped.start();
    expect([quick.begun, dark.begun, stopped.begun]).to.deep.equal([["first"], ["first"], ["first"]]);
    const endless = setUp(Array.from({ length: 99 }, () => [60, "ended"] as const));
    await endless.start();
    expect(endless.begun).to.have.length(11);
  });

  it("leaves one that stopped or was refused to be tried again, and goes on with that one then", async () => {
    const { begun, start } = setUp([
      [31, "ended"],
      [70, "stopped"],
      [5, "refused"],
      [5, "ended"],
    ]);
    expect([await start(), await start(), await start()]).to.deep.equal(["stopped", "refused", "ended"]);
    expect(begun).to.deep.equal(["first", "12:00", "12:00", "12:00"]);
  });
});
