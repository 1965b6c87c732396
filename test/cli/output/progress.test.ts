/**
 * Progress in text and in JSON: what is written, how often, and what of it is cleared again.
 */
import { expect } from "chai";
import { jsonProgress } from "../../../src/cli/output/json-progress.ts";
import { textProgress } from "../../../src/cli/output/text-progress.ts";
import type { Progress } from "../../../src/report/progress.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const CLEAR = "\r\u001b[2K";

function follow(make: (stream: { write(text: string): void }, clock: FakeClock) => Progress) {
  const written: string[] = [];
  const clock = new FakeClock();
  return { written, clock, progress: make({ write: (text) => written.push(text) }, clock) };
}

const terminal = () => follow((stream, clock) => textProgress(stream, () => clock.nowMs()));
const json = () => follow((stream, clock) => jsonProgress(stream, () => clock.nowMs()));

describe("textProgress", () => {
  it("writes the count over itself on a terminal", async () => {
    const { written, clock, progress } = terminal();
    progress.count("read", 1_000);
    await clock.advance(200);
    progress.count("read", 1_234_567);
    expect(written).to.deep.equal([`${CLEAR}read: 1,000`, `${CLEAR}read: 1,234,567`]);
  });

  it("says how many there are and how long the rest takes, and asks for it only when it is written", async () => {
    const { written, clock, progress } = terminal();
    let asked = 0;
    const look = () => {
      asked += 1;
      return {
        of: 40_000,
        forecast: { calls: 38_400, perSecond: 12.06, seconds: 3_180 },
        nowMs: new Date(2026, 10, 24, 2, 5).getTime(),
      };
    };
    progress.count("apply", 1_600, look);
    progress.count("apply", 1_601, look);
    expect(asked).to.equal(1);
    expect(written).to.have.length(1);
    expect(written[0]).to.match(/apply: 1,600 of 40,000; 38,400 calls at 12 a second ≈ 53 min, done 02:58$/);
    await clock.advance(200);
    progress.count("apply", 40_000, () => ({
      of: 40_000,
      forecast: { calls: 0, perSecond: 12, seconds: 0 },
      nowMs: 0,
    }));
    expect(written[1]).to.equal(`${CLEAR}apply: 40,000 of 40,000`);
  });

  it("leaves out counts that come sooner than 200 ms after the last that was shown", async () => {
    const { written, clock, progress } = terminal();
    progress.count("read", 1);
    await clock.advance(199);
    progress.count("read", 2);
    await clock.advance(1);
    progress.count("read", 3);
    progress.count("plan", 4);
    expect(written).to.deep.equal([`${CLEAR}read: 1`, `${CLEAR}read: 3`]);
  });

  it("clears the count before a note and at the end, once", async () => {
    const { written, clock, progress } = terminal();
    progress.count("read", 1);
    progress.note("one");
    progress.note("two");
    await clock.advance(200);
    progress.count("read", 2);
    progress.end();
    progress.end();
    expect(written).to.deep.equal([`${CLEAR}read: 1`, CLEAR, "one\n", "two\n", `${CLEAR}read: 2`, CLEAR]);
  });
});

describe("jsonProgress", () => {
  it("writes one object on a line, whatever the note holds", () => {
    const { written, progress } = json();
    progress.note('found "a.csv"\nand\u2028 \u009b2J\u{e0001} b.csv');
    const forecast = { calls: 28, perSecond: 14, seconds: 2 };
    progress.count("apply", 12, () => ({ of: 40, forecast, nowMs: 0 }));
    progress.end();
    for (const line of written) expect(line).to.match(/^[ -~]+\n$/);
    expect(written.map((line) => JSON.parse(line))).to.deep.equal([
      { format: 1, event: "note", text: 'found "a.csv"\nand\u2028 \u009b2J\u{e0001} b.csv' },
      { format: 1, event: "progress", stage: "apply", done: 12, of: 40, forecast },
    ]);
  });

  it("writes counts at most once a second, and every note", async () => {
    const { written, clock, progress } = json();
    progress.count("read", 1);
    await clock.advance(999);
    progress.count("read", 2);
    progress.note("still here");
    await clock.advance(1);
    progress.count("read", 3);
    expect(written.map((line) => JSON.parse(line).done ?? "note")).to.deep.equal([1, "note", 3]);
  });
});
