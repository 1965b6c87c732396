/** Calls a second by hand: over the window, or since the last look. */
import { expect } from "chai";
import { CallRate } from "../../src/report/call-rate.ts";

describe("CallRate", () => {
  it("says nothing before a time has passed", () => {
    const rate = new CallRate(10_000);
    expect([rate.read(5, 1_000), rate.read(7, 1_000)]).to.deep.equal([null, null]);
    expect(rate.read(15, 2_000)).to.equal(10);
  });

  it("forgets what was before its window", () => {
    const rate = new CallRate(10_000);
    const read: (number | null)[] = [];
    // Ten a second for twenty seconds, and then none.
    for (let second = 0; second <= 40; second += 1) read.push(rate.read(Math.min(second, 20) * 10, second * 1_000));
    expect([read[1], read[15], read[20], read[25], read[30], read[40]]).to.deep.equal([10, 10, 10, 5, 0, 0]);
  });

  it("goes back to the last look where nobody has looked within the window", () => {
    const rate = new CallRate(10_000);
    rate.read(0, 0);
    expect([rate.read(120, 60_000), rate.read(120, 61_000)]).to.deep.equal([2, 120 / 61]);
    expect(rate.read(180, 121_000)).to.equal(1);
  });
});
