/**
 * docs/shapes.md against the code: its job is that of samples/shapes, which a test runs, and its tables name what there is.
 */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { DATE_TOKENS } from "../src/read/shape/date-text.ts";
import { shapeSettings } from "../src/shape-settings.ts";
import { firstCells, section, tableLines } from "./support/markdown.ts";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const page = read("docs/shapes.md");
/** However it is broken into lines. */
const plain = (text: string) => text.replace(/\s+/g, "").replaceAll(",}", "}");

describe("docs/shapes.md", () => {
  it("shows the job of samples/shapes", () => {
    const [, shown = ""] = /```ts\n([^`]*)```/.exec(page) ?? [];
    expect(shown.length).to.be.above(200);
    expect(plain(read("samples/shapes/job.ts"))).to.contain(plain(shown).replace(/,$/, ""));
  });

  it("names every setting", () => {
    const [whole = ""] = page.split("\n## ");
    expect(firstCells(tableLines(whole))).to.have.members(["columns", ...Object.keys(shapeSettings)]);
  });

  it("names every token of a format", () => {
    expect(firstCells(tableLines(section(page, "## Dates")))).to.include.members([...DATE_TOKENS]);
  });
});
