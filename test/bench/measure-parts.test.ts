/** The parts of the bench in their report, a broken one among them. */
import { expect } from "chai";
import { atLeast, atMost, type Part } from "./figures.ts";
import { measureParts } from "./measure-parts.ts";
import { renderReport } from "./table.ts";

const PART: Part = {
  title: "1. Sound",
  text: "It is measured.",
  columns: ["", "rows/s"],
  rows: [["Tieout", "2 000"]],
  bars: [atLeast("rows/s ÷ those of the script", 1.5, 1.4), atMost("CPU a row", 160, 150, "µs")],
};

const machine = { processor: "a", cores: 2, memoryBytes: 2 ** 30, system: "b", node: "24", load: [0, 1] } as const;
const render = (parts: readonly Part[]) =>
  renderReport({ quick: false, startedAt: "2026-11-29", minutes: 1, machine, parts });

describe("the parts of the bench", () => {
  it("are all measured when one of them breaks, and the report says which and why", async () => {
    const measured: Part[] = [];
    const parts = measureParts(["1", "2", "3"], async (name) => {
      if (name === "2") throw new Error("no such table: rows");
      return PART;
    });
    for await (const part of parts) measured.push(part);
    expect(measured.map(({ title }) => title)).to.deep.equal(["1. Sound", "Part 2 broke", "1. Sound"]);
    const report = render(measured);
    expect(report).to.include("**Part 2 broke, and its bars are missing.**").and.to.include("no such table: rows");
  });

  it("show each bar in its unit, with what it misses", () => {
    const report = render([PART]);
    expect(report).to.include("| rows/s ÷ those of the script | ≥ 1.40 × | 1.50 × | met |");
    expect(report).to.include("| CPU a row | ≤ 150 µs | 160 µs | **missed by 7 %** |");
  });
});
