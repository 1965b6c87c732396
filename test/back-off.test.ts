/**
 * Waits between tries, by hand.
 */
import { expect } from "chai";
import { type BackOff, backOffMs, fullJitterMs, halfJitterMs } from "../src/back-off.ts";

const BACK_OFF: BackOff = { firstMs: 100, longestMs: 1_000 };
const TRIES = [0, 1, 2, 3, 4, 5_000];

describe("back-off", () => {
  it("doubles from the first wait to the longest, however often it is tried", () => {
    expect(TRIES.map((before) => backOffMs(BACK_OFF, before))).to.deep.equal([100, 200, 400, 800, 1_000, 1_000]);
  });

  it("is anything up to that with full jitter", () => {
    expect([0, 0.25, 0.75].map((random) => fullJitterMs(BACK_OFF, 1, random))).to.deep.equal([0, 50, 150]);
  });

  it("is at least half of it with half jitter, in whole milliseconds", () => {
    expect([0, 0.5, 0.999].map((random) => halfJitterMs(BACK_OFF, 5, random))).to.deep.equal([500, 750, 1_000]);
    expect(halfJitterMs({ firstMs: 1, longestMs: 9 }, 0, 0.3)).to.equal(1);
  });
});
