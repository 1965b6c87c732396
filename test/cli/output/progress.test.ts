/**
 * Progress on a terminal, as plain lines and in JSON: what is written, how often, and what of it is cleared again.
 */
import { expect } from "chai";
import { jsonProgress } from "../../../src/cli/output/json-progress.ts";
import { lineProgress } from "../../../src/cli/output/line-progress.ts";
import { liveProgress } from "../../../src/cli/output/live-progress.ts";
import type { RunView } from "../../../src/report/progress.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { linesShown } from "../../support/screen.ts";
import { aView } from "./a-view.ts";

/** A terminal that keeps what is written to it. */
class Paper {
  columns = 80;
  rows = 24;
  written = "";
  #resized = () => {};

  write(text: string): void {
    this.written += text;
  }
  getWindowSize(): [number, number] {
    return [this.columns, this.rows];
  }
  on(_: "resize", act: () => void): void {
    this.#resized = act;
  }
  resize(columns: number): void {
    this.columns = columns;
    this.#resized();
  }
  /** Without the empty line that the cursor is on. */
  get lines(): string[] {
    const lines = linesShown(this.written);
    return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
  }
}

const withDone = (done: number, changes: Partial<RunView> = {}) => aView({ done, ...changes });

describe("liveProgress", () => {
  function open() {
    const paper = new Paper();
    const clock = new FakeClock();
    return { paper, clock, progress: liveProgress(paper, (_, text) => text, clock) };
  }
  const stagesOn = ({ lines }: Paper) => lines.filter((line) => line.includes("apply "));

  it("draws the run over itself, five times a second, and asks for it only then", async () => {
    const { paper, clock, progress } = open();
    let asked = 0;
    progress.watch(() => {
      asked += 1;
      return withDone(asked);
    });
    await clock.advance(199);
    expect([asked, stagesOn(paper)[0]]).to.deep.equal([1, paper.lines[2]]);
    await clock.advance(1);
    expect(asked).to.equal(2);
    expect(stagesOn(paper)).to.have.length(1);
    expect(stagesOn(paper)[0]).to.match(/ apply 2 of 40,000$/);
    expect(paper.lines).to.have.length(6);
    progress.end();
  });

  it("keeps notes above it", async () => {
    const { paper, clock, progress } = open();
    progress.note("before");
    progress.watch(() => withDone(1));
    progress.note("between");
    expect(paper.lines.slice(0, 3)).to.deep.equal([
      "before",
      "between",
      "nightly-sync · run 20261129-021500-a1b2c3 · file 2 of 3",
    ]);
    await clock.advance(1_000);
    expect(paper.lines).to.have.length(8);
    progress.end();
    expect(paper.lines).to.deep.equal(["before", "between"]);
  });

  it("gives way to other lines, and comes back below them", async () => {
    const { paper, clock, progress } = open();
    progress.watch(() => withDone(1));
    progress.clear();
    paper.write("warn: something\n");
    expect(paper.lines).to.deep.equal(["warn: something"]);
    await clock.advance(200);
    expect(paper.lines).to.have.length(7);
    expect(paper.lines[0]).to.equal("warn: something");
    progress.end();
    expect(paper.lines).to.deep.equal(["warn: something"]);
  });

  it("shows what a person has asked, until that is over", async () => {
    const { paper, clock, progress } = open();
    progress.watch(() => withDone(1));
    progress.steer("paused by ann");
    await clock.advance(200);
    expect(paper.lines.at(-1)).to.equal("paused by ann");
    expect(paper.lines.join()).to.match(/done 02:58/);
    progress.steer("paused by ann", true);
    await clock.advance(200);
    expect(paper.lines.join(), "nobody knows when a run ends that stands still").to.not.match(/done/);
    progress.steer(null);
    await clock.advance(200);
    expect(paper.lines.at(-1)).to.match(/done 02:58$/);
    progress.steer("paused by ann");
    progress.end();
    progress.watch(() => withDone(1));
    await clock.advance(200);
    expect(paper.lines.at(-1), "of another run").to.match(/done 02:58$/);
    progress.end();
  });

  it("takes away what a narrower screen has broken, and draws anew", () => {
    const { paper, progress } = open();
    progress.watch(() => withDone(1));
    paper.written = "";
    paper.resize(40);
    // Of six lines four are wider than 40 columns.
    expect(paper.written.startsWith(`${"\u001b[1A\u001b[2K".repeat(9)}\r`), paper.written).to.equal(true);
    expect(paper.lines).to.include("nightly-sync");
    progress.end();
    paper.written = "";
    paper.resize(80);
    expect(paper.written).to.equal("");
  });

  it("leaves what others have written below it, and draws anew", () => {
    const { paper, progress } = open();
    progress.watch(() => withDone(1));
    paper.write("[1]+  Stopped\n");
    progress.leave();
    expect(paper.lines.slice(6)).to.deep.equal(["[1]+  Stopped", ...paper.lines.slice(0, 6)]);
    progress.end();
    expect(paper.lines).to.have.length(7);
  });

  it("never hides the cursor, so that no end of the process can leave it hidden", async () => {
    const { paper, clock, progress } = open();
    progress.watch(() => withDone(1));
    await clock.advance(400);
    progress.end();
    expect(paper.written).not.to.contain("\u001b[?25l");
  });

  it("draws nothing after its end, and begins again when another run is watched", async () => {
    const { paper, clock, progress } = open();
    progress.watch(() => withDone(1));
    progress.end();
    await clock.advance(1_000);
    expect([paper.lines, clock.sleeping]).to.deep.equal([[], 0]);
    progress.watch(() => withDone(7));
    expect(stagesOn(paper)[0]).to.match(/ apply 7 of 40,000$/);
    progress.end();
  });
});

describe("lineProgress", () => {
  it("writes a plain line every ten seconds, and every note", async () => {
    const lines: (readonly [string, string | undefined])[] = [];
    const clock = new FakeClock();
    const progress = lineProgress((line, view) => lines.push([line, view?.run]), clock);
    progress.note("a note");
    progress.watch(() => withDone(1));
    await clock.advance(9_999);
    progress.watch(() => withDone(1_200));
    expect(lines).to.deep.equal([["a note", undefined]]);
    await clock.advance(1);
    progress.steer("paused by ann");
    await clock.advance(10_000);
    progress.end();
    await clock.advance(60_000);
    const said =
      "nightly-sync, run 20261129-021500-a1b2c3; apply 1,200 of 40,000 (47 %); file 2 of 3, accounts-2026-11-29.csv; 19,700 unchanged, 1,150 applied, 214 held, 12 invalid, 38,924 open; calls: 12 a second, of 12, 16 in flight; 38,400 calls left, ≈ 53 min, done 02:58";
    expect(lines.slice(1)).to.deep.equal([
      [said, "20261129-021500-a1b2c3"],
      [`${said}; paused by ann`, "20261129-021500-a1b2c3"],
    ]);
  });
});

describe("jsonProgress", () => {
  const open = () => {
    const written: string[] = [];
    const clock = new FakeClock();
    return { written, clock, progress: jsonProgress({ write: (text) => written.push(text) }, clock) };
  };

  it("writes one object on a line, whatever the note holds", () => {
    const { written, progress } = open();
    progress.note('found "a.csv"\nand\u2028 \u009b2J\u{e0001} b.csv');
    progress.watch(() => withDone(12, { deadlineMs: 1_700_000_000_000 }));
    progress.end();
    for (const line of written) expect(line).to.match(/^[ -~]+\n$/);
    const { nowMs: _, ...view } = withDone(12, { deadlineMs: 1_700_000_000_000 });
    expect(written.map((line) => JSON.parse(line))).to.deep.equal([
      { format: 1, event: "note", text: 'found "a.csv"\nand\u2028 \u009b2J\u{e0001} b.csv' },
      { format: 1, event: "progress", ...view, steering: null },
    ]);
  });

  it("writes how far it is at most once a second, and every note", async () => {
    const { written, clock, progress } = open();
    progress.watch(() => withDone(1));
    await clock.advance(999);
    progress.watch(() => withDone(2, { of: null, forecast: null }));
    progress.note("still here");
    await clock.advance(1);
    progress.end();
    progress.watch(() => withDone(3));
    progress.end();
    const messages = written.map((line) => JSON.parse(line));
    expect(messages.map(({ done }) => done ?? "note")).to.deep.equal([1, "note", 2]);
    expect(messages[2]).not.to.have.any.keys("of", "forecast");
  });
});
