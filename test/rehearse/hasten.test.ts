/**
 * The waits of a rehearsal: never longer than the job's, and as long as its faults make a request take.
 */
import { expect } from "chai";
import { defineJob, type JobInput } from "../../src/job.ts";
import { describeWaits, hasten } from "../../src/rehearse/hasten.ts";
import type { FaultOrder } from "../../src/sandbox/server/faults.ts";

const job = (settings: Partial<JobInput> = {}) =>
  defineJob({ name: "nightly", source: { folder: "in" }, results: { folder: "out" }, ...settings });
const fault = (name: "slow" | "late" | "429", ms?: number) => ({ fault: name, ms }) as FaultOrder;
const waits = (settings: Partial<JobInput>, ...faults: FaultOrder[]) => {
  const { callTimeoutMs, settleAfterMs } = hasten(job(settings), faults);
  return [callTimeoutMs, settleAfterMs];
};

describe("hasten", () => {
  it("leaves a request the time of an answer, plus all slow faults, or the latest one", () => {
    expect(waits({})).to.deep.equal([3_000, 3_000]);
    expect(waits({}, fault("429"), fault("slow", 500), fault("slow", 700))).to.deep.equal([4_200, 3_000]);
    expect(waits({}, fault("late", 500), fault("late", 700))).to.deep.equal([3_000, 3_700]);
  });

  it("never makes a wait longer than the job's", () => {
    expect(waits({ callTimeoutMs: 300, settleAfterMs: 200 }, fault("late", 3_600_000))).to.deep.equal([300, 200]);
  });

  it("says which waits are shorter", () => {
    const own = job({ callTimeoutMs: 300 });
    expect(describeWaits(own, hasten(own, []))).to.equal("shorter waits: settleAfterMs 3000 instead of 900000");
    expect(describeWaits(own, own)).to.equal("all waits as in the job");
  });
});
