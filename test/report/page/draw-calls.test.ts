/**
 * The calls of the report page: how long the bank took, and bars that show a steady pace as one, however long the run was.
 */
import { expect } from "chai";
import { CallTimes } from "../../../src/bank/call-times.ts";
import { drawCalls } from "../../../src/report/page/draw-calls.ts";
import { sampleSummary } from "./sample-page.ts";

const START_MS = Date.UTC(2026, 10, 24, 2);

/** Calls at a steady pace of two a second for so long, the last of a hundred slow. */
function draw(seconds: number): string {
  const times = new CallTimes();
  for (let call = 0; call < 2 * seconds; call += 1) times.add(START_MS + call * 500, call % 100 === 99 ? 900 : 100);
  return drawCalls(sampleSummary(), times.list("reads"))?.html ?? "";
}

describe("the calls of the report page", () => {
  it("say within which time which share was answered", () => {
    expect(draw(500)).to.match(/<th scope="row">reads<\/th>(<td class="figure">[^<]*<\/td>)+/);
    const [row = ""] = /<th scope="row">reads<.*/.exec(draw(500)) ?? [];
    expect(row.match(/>[^<]+(?=<\/td>)/g)).to.deep.equal([">1,000", ">108 ms", ">108 ms", ">108 ms", ">1.0 s"]);
  });

  for (const seconds of [1, 5, 89, 90, 91, 179, 181, 361, 1_441, 20_000])
    it(`are bars without gaps for a steady pace of ${seconds} s`, () => {
      const bars = draw(seconds).match(/<rect class="reads" x="\d+"/g) ?? [];
      const [, count = ""] = /viewBox="0 0 (\d+) 100"/.exec(draw(seconds)) ?? [];
      expect(bars).to.have.length(Number(count));
      expect(bars.length).to.be.within(Math.min(seconds, 40), 91);
    });

  it("are none of a validation", () => expect(drawCalls(sampleSummary({ calls: null }), [])).to.equal(null));
});
