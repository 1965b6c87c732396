/**
 * The line of the summary about calls.
 */
import { expect } from "chai";
import { type RunCalls, renderCalls } from "../../src/report/calls.ts";

const CALLS: RunCalls = { reads: 2_010, writes: 200, leastReads: 2_000, leastWrites: 200, complete: true };
const render = (over: Partial<RunCalls> = {}, run = { rows: 2_000, final: true }) =>
  renderCalls({ ...CALLS, ...over }, run);

describe("renderCalls", () => {
  it("says how many there were, how many that is a row, and how few would have done", () => {
    expect(render()).to.equal("calls to the bank: 2,210, 1.10 a row; these rows need only 2,200");
  });

  it("says that no fewer would have done", () => {
    expect(render({ reads: 2_000 })).to.equal("calls to the bank: 2,200, 1.10 a row; as few as these rows need");
  });

  it("says none for a run that asked the bank for nothing, also one without rows", () => {
    const none = { reads: 0, writes: 0, leastReads: 0, leastWrites: 0 };
    expect(render(none)).to.equal("calls to the bank: none");
    expect(render(none, { rows: 0, final: true })).to.equal("calls to the bank: none");
  });

  it("says what a run that is not finished has made so far, since only some of its rows had their turn", () => {
    expect(render({}, { rows: 90_000, final: false })).to.equal("calls to the bank so far: 2,210");
    expect(render({ reads: 0, writes: 0 }, { rows: 9, final: false })).to.equal("calls to the bank so far: none");
  });

  it("draws no conclusion where the calls of a process are missing", () => {
    expect(render({ complete: false })).to.equal(
      "calls to the bank: 2,210, apart from those of a process that did not end in order",
    );
  });
});
