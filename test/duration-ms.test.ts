/**
 * Times that a job gives as a number and a unit.
 */
import { expect } from "chai";
import { durationMs } from "../src/duration-ms.ts";

describe("a duration", () => {
  it("is in hours, days, weeks or years of 365 days", () => {
    const days = ["48h", "2d", "3w", "2y"].map((text) => durationMs(text) / 86_400_000);
    expect(days).to.deep.equal([2, 2, 21, 730]);
  });
});
