/** The block on screens of several widths: what it says, that it fits, and what has which colour. */
import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { heightOf, renderBlock } from "../../../src/cli/output/render-block.ts";
import { aView, CALLS } from "./a-view.ts";

const plain = (_: string, text: string) => text;
const draw = (columns: number, view = aView(), steering: string | null = null) =>
  renderBlock(view, steering, { columns, paint: plain });

describe("renderBlock", () => {
  it("says on 80 columns which run it is, how far it is, and how long the rest takes", () => {
    expect(draw(80)).to.deep.equal([
      "nightly-sync · run 20261129-021500-a1b2c3 · file 2 of 3",
      "accounts-2026-11-29.csv",
      `${"█".repeat(22)}${"░".repeat(25)}   47 % · apply 1,200 of 40,000`,
      "19,700 unchanged · 1,150 applied · 214 held · 12 invalid · 38,924 open",
      "calls: 12 a second, of 12 · 16 in flight",
      "38,400 calls left · ≈ 53 min, done 02:58",
    ]);
  });

  it("is shown as it is by docs/operating.md", async () => {
    const page = await readFile(new URL("../../../docs/operating.md", import.meta.url), "utf8");
    expect(page).to.contain(draw(80).join("\n"));
  });

  it("breaks between what it says on 40 columns, and has fewer lines on 200", () => {
    expect(draw(40)).to.deep.equal([
      "nightly-sync",
      "run 20261129-021500-a1b2c3",
      "file 2 of 3 · accounts-2026-11-29.csv",
      `${"█".repeat(15)}${"░".repeat(17)}   47 %`,
      "apply 1,200 of 40,000",
      "19,700 unchanged · 1,150 applied",
      "214 held · 12 invalid · 38,924 open",
      "calls: 12 a second, of 12",
      "16 in flight",
      "38,400 calls left",
      "≈ 53 min, done 02:58",
    ]);
    const wide = draw(200);
    expect(wide).to.have.length(5);
    expect(wide[1]).to.equal(`${"█".repeat(28)}${"░".repeat(32)}   47 % · apply 1,200 of 40,000`);
  });

  it("is narrower than the screen, whatever the file is called", () => {
    const names = ["x".repeat(300), "口座".repeat(60), "🏦".repeat(80), "a\u0301".repeat(90)];
    for (const key of names)
      for (const columns of [20, 40, 80, 200]) {
        const lines = draw(columns, aView({ file: { key, no: 1, of: 1 } }));
        expect(heightOf(lines, columns - 1), `${columns}`).to.equal(lines.length);
      }
  });

  it("says what slows the calls down, and what a person has asked", () => {
    const slow = { ...CALLS, perSecond: 0, pace: 1.5, slowDowns: 3, pausedMs: 12_400 };
    const lines = draw(200, aView({ calls: slow }), "paused by ann").slice(3);
    expect(lines).to.deep.equal([
      "calls: 0 a second, of 1.5 · 16 in flight · slowed by the bank: 3 · calls wait 13 s",
      "38,400 calls left · ≈ 53 min, done 02:58",
      "paused by ann",
    ]);
    const down = draw(200, aView({ calls: { ...slow, isDown: true } }))[3];
    expect(down).to.match(/the bank does not answer, so calls wait$/);
    const several = draw(200, aView({ calls: { ...CALLS, isShared: true } }))[3];
    expect(several).to.equal("calls: 12 a second here, of 12 for all · 16 in flight");
  });

  it("says of which rows a run is that is not of a whole file", () => {
    const rerun = aView({ rerunOf: "20261128-020000-ffffff", rows: 40, file: { key: "a.csv", no: 1, of: 1 } });
    expect(draw(200, rerun)[0]).to.match(/a1b2c3 · 40 rows of 20261128-020000-ffffff$/);
    expect(draw(200, aView({ limit: 100 }))[0]).to.match(
      /accounts-2026-11-29.csv · the first 100 of 60,000 \(--limit\)$/,
    );
  });

  it("says whether the run is done before it has to stop", () => {
    const at = (hour: number, minute: number) => new Date(2026, 10, 24, hour, minute).getTime();
    const last = (deadlineMs: number) => draw(80, aView({ deadlineMs })).at(-1);
    expect(last(at(6, 0))).to.equal("38,400 calls left · ≈ 53 min, done 02:58 · the 06:00 deadline holds");
    expect(last(at(2, 46))).to.equal("38,400 calls left · ≈ 53 min, done 02:58 · misses the 02:46 deadline by 12 min");
    const paint = (tone: string, text: string) => `<${tone}>${text}</>`;
    const painted = renderBlock(aView({ deadlineMs: at(2, 46) }), null, { columns: 200, paint }).at(-1);
    expect(painted).to.match(/ · <care>misses the 02:46 deadline by 12 min<\/>$/);
  });

  it("leaves out what nobody knows", () => {
    const nothing = { of: null, rows: null, words: null, calls: null, forecast: null, share: null };
    const lines = draw(80, aView({ stage: "read", done: 12_000, ...nothing }));
    expect(lines.slice(1)).to.deep.equal(["accounts-2026-11-29.csv", "read 12,000 rows"]);
    const followed = aView({ calls: { ...CALLS, pace: null, inFlight: null, slowDowns: null } });
    expect(draw(80, followed)).to.include("calls: 12 a second");
  });

  it("has good words, quiet ones, those that need care and bad ones each in their colour", () => {
    const paint = (tone: string, text: string) => `<${tone}>${text}</>`;
    const [line = ""] = renderBlock(aView(), null, { columns: 200, paint }).filter((one) => one.includes("applied"));
    expect(line).to.equal(
      "<quiet>19,700 unchanged</> · <good>1,150 applied</> · <care>214 held</> · <bad>12 invalid</> · 38,924 open",
    );
  });

  it("takes as many lines as a screen breaks it into that has become narrower", () => {
    expect(heightOf(["x".repeat(79), "", "\u001b[32mxx\u001b[39m"], 40)).to.equal(4);
  });
});
