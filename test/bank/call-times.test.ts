/** CallTimes: counts of calls by interval and by time, few of them however long it goes on, and none lost. */
import { expect } from "chai";
import { CallTimes, MOST_INTERVALS, type TimedCalls } from "../../src/bank/call-times.ts";

const of = (times: CallTimes, measure: TimedCalls["measure"]) =>
  times
    .list("reads")
    .filter((one) => one.measure === measure)
    .map(({ ms, calls }) => [ms, calls]);

describe("CallTimes", () => {
  it("counts calls by the second in which they were answered, and by how long they took at most", () => {
    const times = new CallTimes();
    for (const [atMs, tookMs] of [
      [5_000, 0.2],
      [5_999.5, 1],
      [7_001, 100],
      [7_002, 101],
      [7_003, 118],
    ] as const)
      times.add(atMs, tookMs);
    expect(of(times, "at")).to.deep.equal([
      [5_000, 2],
      [7_000, 3],
    ]);
    expect(of(times, "took")).to.deep.equal([
      [1, 2],
      [108, 2],
      [128, 1],
    ]);
  });

  it("never says that a call took less than it did, nor a fifth more", () => {
    for (let tookMs = 5; tookMs < 60_000; tookMs *= 1.03) {
      const times = new CallTimes();
      times.add(0, tookMs);
      const [[ms = 0] = []] = of(times, "took");
      expect(ms).to.be.within(tookMs, 1.2 * tookMs + 1);
    }
  });

  it("keeps a few hundred counts of a whole day, and every call in them", () => {
    const times = new CallTimes();
    for (let second = 0; second < 86_400; second += 1) times.add(second * 1_000, 1 + (second % 30_000));
    for (const measure of ["at", "took"] as const) {
      const counts = of(times, measure);
      expect(counts.reduce((sum, [, calls = 0]) => sum + calls, 0)).to.equal(86_400);
      expect(counts.length).to.be.at.most(MOST_INTERVALS);
    }
  });
});
