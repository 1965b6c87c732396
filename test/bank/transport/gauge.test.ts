/** The gauge by hand: calls in flight, answers that ask for fewer, pauses and outages. */
import { expect } from "chai";
import { Gauge } from "../../../src/bank/transport/gauge.ts";
import type { BankReply, BankRequest } from "../../../src/bank/transport.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const request = (call: "read" | "write"): BankRequest => ({ call, method: "GET", path: "/v0/account/x" });
const answer = (status: number): BankReply => ({ kind: "response", status, body: "" });

describe("Gauge", () => {
  it("counts the calls in flight by their kind, and how many there were", async () => {
    const gauge = new Gauge({ reads: 3, writes: 2 }, 12, new FakeClock());
    const waiting: ((reply: BankReply) => void)[] = [];
    const send = gauge.watch(() => new Promise((resolve) => waiting.push(resolve)));
    const calls = [send(request("read")), send(request("read")), send(request("write"))];
    expect([gauge.read().reads.inFlight, gauge.read().writes.inFlight]).to.deep.equal([2, 1]);
    for (const resolve of waiting) resolve(answer(200));
    await Promise.all(calls);
    const { reads, writes, slowDowns } = gauge.read();
    expect([reads.inFlight, reads.calls, writes.inFlight, writes.calls, slowDowns]).to.deep.equal([0, 2, 0, 1, 0]);
  });

  it("counts answers that ask for fewer calls, and no others", async () => {
    const gauge = new Gauge({ reads: 1, writes: 1 }, 12, new FakeClock());
    for (const status of [429, 503, 500, 409, 200]) await gauge.watch(async () => answer(status))(request("write"));
    expect(gauge.read().slowDowns).to.equal(2);
  });

  it("says how long no call begins, which a shorter pause does not cut", async () => {
    const clock = new FakeClock();
    const gauge = new Gauge({ reads: 1, writes: 1 }, 12, clock);
    gauge.heedPace({ reason: "rate_limited", requestsPerSecond: 6, waitMs: 5_000 });
    gauge.heedPace({ reason: "recovering", requestsPerSecond: 7, waitMs: 0 });
    await clock.advance(2_000);
    expect(gauge.read()).to.include({ perSecond: 7, pausedMs: 3_000 });
    await clock.advance(9_000);
    expect(gauge.read().pausedMs).to.equal(0);
  });

  it("knows that the bank is down until it answers again", () => {
    const gauge = new Gauge({ reads: 1, writes: 1 }, 12, new FakeClock());
    gauge.heedBreaker({ state: "open", probeInMs: 1_000 });
    expect(gauge.read().isDown).to.equal(true);
    gauge.heedBreaker({ state: "closed", probeInMs: 0 });
    expect(gauge.read().isDown).to.equal(false);
  });
});
