/** What a job says of trailers: each figure has a cell of its own. */
import { expect } from "chai";
import { defineJob, type JobInput } from "../src/job.ts";

type Trailer = NonNullable<NonNullable<JobInput["completeness"]>["trailer"]>;

/** What is wrong, setting by setting. */
function wrongOf(trailer: Omit<Trailer, "marker">): string {
  try {
    const completeness = { trailer: { marker: "END", ...trailer } };
    defineJob({ name: "j", source: { folder: "in" }, results: { folder: "out" }, completeness });
    return "";
  } catch (error) {
    return (error as Error).message.replace("the job is not valid: completeness.trailer.", "");
  }
}

describe("the places of a trailer", () => {
  it("are one for each figure", () => {
    const counts = { status: { active: 5, inactive: 6 } };
    expect(wrongOf({ sums: { limit: 3 }, hashTotals: { account_id: 4 }, counts, dateAt: 7, sequenceAt: 8 })).to.equal(
      "",
    );
  });

  for (const [what, trailer, says] of [
    [
      "a sum where the number of rows is, as it is when nothing is said",
      { sums: { limit: 2 } },
      "sums.limit: cell 2 of the trailer is that of rowsAt already",
    ],
    [
      "two counts in one cell",
      { counts: { status: { active: 3, inactive: 3 } } },
      "counts.status.inactive: cell 3 of the trailer is that of counts.status.active already",
    ],
    [
      "a hash total where the date is",
      { dateAt: 4, hashTotals: { account_id: { at: 4, digits: 6 } } },
      "hashTotals.account_id: cell 4 of the trailer is that of dateAt already",
    ],
    [
      "a sum where the marker is",
      { sums: { limit: 1 } },
      "sums.limit: give the place of a cell behind the marker, which is cell 1",
    ],
  ] as const)
    it(`are refused with ${what}`, () => expect(wrongOf(trailer)).to.equal(says));
});
