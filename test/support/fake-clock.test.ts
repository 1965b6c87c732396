/**
 * The fake clock keeps the promises of a clock, and the machine's own does too.
 */
import { expect } from "chai";
import { systemClock } from "../../src/clock.ts";
import { FakeClock } from "./fake-clock.ts";

describe("FakeClock", () => {
  it("wakes sleepers in the order in which they are due, those that lie down again too", async () => {
    const clock = new FakeClock(1_000);
    const woken: string[] = [];
    const sleep = async (name: string, ...waitsMs: readonly number[]) => {
      for (const ms of waitsMs) {
        await clock.sleep(ms);
        woken.push(`${name}@${clock.monotonicMs()}`);
      }
    };
    const all = Promise.all([sleep("a", 30), sleep("b", 10, 15, 100), sleep("c", 10)]);
    await clock.advance(40);
    expect(woken).to.deep.equal(["b@10", "c@10", "b@25", "a@30"]);
    expect([clock.nowMs(), clock.sleeping]).to.deep.equal([1_040, 1]);
    await clock.advance(85);
    await all;
    expect(woken.at(-1)).to.equal("b@125");
  });
});

describe("a sleep that is called off", () => {
  for (const [name, clock] of [
    ["of the fake clock", new FakeClock()],
    ["of the system clock", systemClock],
  ] as const) {
    it(`${name} ends at once`, async () => {
      const controller = new AbortController();
      const asleep = Promise.all(Array.from({ length: 50 }, () => clock.sleep(3_600_000, controller.signal)));
      controller.abort();
      await asleep;
      await clock.sleep(3_600_000, controller.signal);
      await clock.sleep(0);
    });
  }
});
