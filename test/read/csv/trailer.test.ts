/**
 * Files that count their own rows: whole, cut, miscounted, or without the trailer that the job demands.
 */
import { expect } from "chai";
import { cellsOf, limits, type ReadOptions, readBytes } from "../read-bytes.ts";

const HEAD = "client_account_id|limit\n";
const trailer = (sequenceAt?: number): ReadOptions => ({
  completeness: { trailer: { marker: "T", rowsAt: 2, ...(sequenceAt && { sequenceAt }) } },
});

describe("readCsv with a trailer", () => {
  const whole: readonly [string, string, number][] = [
    ["after rows", `${HEAD}a|1\nb|2\nT|2\n`, 2],
    ["without a line end", `${HEAD}a|1\nT|1`, 1],
    ["before blank lines", `${HEAD}a|1\nT|1\n\n  \n`, 1],
    ["after blank lines, which are at the end of the rows", `${HEAD}a|1\n\n\nT|1\n`, 1],
    ["with more cells than the header", `${HEAD}a|1\nT|1|x|y|z\n`, 1],
    ["with zeros and spaces around the count", `${HEAD}a|1\nT| 0001 \n`, 1],
    ["after a blank line among rows and a ragged row, which count", `${HEAD}\na\nT|2\n`, 2],
    ["alone", `${HEAD}T|0\n`, 0],
    ["with spaces around its marker", `${HEAD}a|1\n T  |1\n`, 1],
    ["before the sign that ends a file", `${HEAD}a|1\nT|1\n\u001a`, 1],
  ];
  for (const [what, file, rows] of whole) {
    it(`takes the trailer ${what} for no row`, async () => {
      for (const chunkBytes of [1, 65536]) {
        const seen = await readBytes(file, { ...trailer(), chunkBytes });
        expect(seen.rejection).to.equal(undefined);
        expect(seen.end).to.deep.equal({ rows });
        expect(cellsOf(seen).every((cells) => cells?.[0] !== "T")).to.equal(true);
      }
    });
  }

  it("takes what the job says that the trailer counts beside the rows", async () => {
    const read = (file: string, ...rowsInclude: ("header" | "trailer")[]) =>
      readBytes(file, { completeness: { trailer: { marker: "T", rowsAt: 2, rowsInclude } } });
    expect((await read(`${HEAD}a|1\nT|2\n`, "header")).end).to.deep.equal({ rows: 1 });
    expect((await read(`${HEAD}a|1\nT|3\n`, "header", "trailer")).end).to.deep.equal({ rows: 1 });
    expect((await read(`${HEAD}a|1\nT|1\n`, "trailer")).rejection?.message).to.match(
      /counts 1 row, and the file has 2 with the trailer$/,
    );
    expect((await read(`${HEAD}a|1\nT|3\n`)).rejection?.hint).to.match(/say so as rowsInclude in the job$/);
    expect((await read(`${HEAD}a|1\nT|4\n`)).rejection?.hint).to.match(/its own trailer$/);
  });

  it("tells the sequence", async () => {
    const seen = await readBytes(`${HEAD}a|1\nT|1|0042\n`, trailer(3));
    expect(seen.end).to.deep.equal({ rows: 1, sequence: "0042" });
  });

  const TOTALS = {
    sums: { limit: 3 },
    hashTotals: { client_account_id: { at: 4, digits: 3 } },
    counts: { status: { active: 5 } },
    dateAt: 6,
    dateFormat: "DD/MM/YYYY",
  };
  const withTotals: ReadOptions = { completeness: { trailer: { marker: "T", rowsAt: 2, ...TOTALS } } };

  it("tells the totals as they are written", async () => {
    const seen = await readBytes(`${HEAD}a|1\nT|1| 0001.50 |007|3|28/11/2026\n`, withTotals);
    expect(seen.rejection).to.equal(undefined);
    expect(seen.stated).to.deep.equal({
      by: "trailer",
      rows: 1,
      sums: { limit: "0001.50" },
      hashTotals: { client_account_id: { total: "007", digits: 3 } },
      counts: { status: { active: 3 } },
      businessDate: "2026-11-28",
    });
  });

  const unread: readonly [string, string, RegExp][] = [
    ["a sum with a separator", "T|0|1,000|7|3|28/11/2026", /has "1,…" in cell 3, where the sum of limit should be$/],
    [
      "a hash total with letters",
      "T|0|1|seven|3|28/11/2026",
      /in cell 4, where the hash total of client_account_id should be$/,
    ],
    ["a count with a sign", "T|0|1|7|-3|28/11/2026", /in cell 5, where the count of status active should be$/],
    [
      "a date in another form",
      "T|0|1|7|3|11/28/2026",
      /in cell 6, where the business date \(DD\/MM\/YYYY\) should be$/,
    ],
    ["no date", "T|0|1|7|3", /ends before cell 6, where the business date/],
  ];
  for (const [what, line, message] of unread) {
    it(`rejects a trailer with ${what}`, async () => {
      const { rejection } = await readBytes(`${HEAD}${line}\n`, withTotals);
      expect(rejection?.code).to.equal("trailer_missing");
      expect(rejection?.message).to.match(message);
    });
  }

  it("does not count the trailer among the rows that the limit allows", async () => {
    const seen = await readBytes(`${HEAD}a|1\nT|1\n`, { ...trailer(), ...limits({ rows: 1 }) });
    expect(seen.end).to.deep.equal({ rows: 1 });
  });

  const rejected: readonly [string, string, ReadOptions, string, RegExp][] = [
    ["no trailer", `${HEAD}alpha|1\nbravo|2\n`, trailer(), "trailer_missing", /row, 3, begins with "br…"/],
    ["no row at all", HEAD, trailer(), "trailer_missing", /without any row/],
    [
      "a trailer with another sign between its cells",
      `${HEAD}a|1\nT,1\n`,
      trailer(),
      "trailer_missing",
      /row, 3, has more than the trailer's "T" in its first cell; the trailer's cells are to be separated as/,
    ],
    ["a count that is no number", `${HEAD}T|many\n`, trailer(), "trailer_missing", /row 2, has "ma…" in cell 2/],
    ["a count with a sign", `${HEAD}T|+0\n`, trailer(), "trailer_missing", /in cell 2/],
    ["an empty count", `${HEAD}T|\n`, trailer(), "trailer_missing", /has nothing in cell 2/],
    ["no count", `${HEAD}T\n`, trailer(), "trailer_missing", /ends before cell 2, where the number of rows/],
    ["no sequence", `${HEAD}T|0\n`, trailer(3), "trailer_missing", /ends before cell 3, where the sequence/],
    ["a row after it", `${HEAD}T|0\na|1\n`, trailer(), "trailer_missing", /row 2 is a trailer, and more rows follow/],
    ["a row after it and a blank line", `${HEAD}T|0\n\na|1\n`, trailer(), "trailer_missing", /more rows follow/],
    ["two of them", `${HEAD}T|0\nT|0\n`, trailer(), "trailer_missing", /more rows follow/],
    ["a marker in other letters", `${HEAD}t|0\n`, trailer(), "trailer_missing", /begins with/],
    ["too few rows", `${HEAD}a|1\nT|2\n`, trailer(), "file_incomplete", /counts 2 rows, and the file has 1$/],
    ["too many rows", `${HEAD}a|1\nb|1\nT|1\n`, trailer(), "file_incomplete", /counts 1 row, and the file has 2$/],
    ["none where rows must be", `${HEAD}T|0\n`, { ...trailer(), headerOnly: "reject" }, "file_without_rows", /no rows/],
  ];
  for (const [what, file, options, code, message] of rejected) {
    it(`rejects ${what}: ${code}`, async () => {
      for (const chunkBytes of [1, 65536]) {
        const { rejection, rows } = await readBytes(file, { ...options, chunkBytes });
        expect(rejection?.code).to.equal(code);
        expect(rejection?.message).to.match(message);
        expect(rows.every(({ source }) => source.cells?.[0] !== "T")).to.equal(true);
      }
    });
  }

  it("gives no last row away before it knows that the trailer is there", async () => {
    const seen = await readBytes(`${HEAD}a|1\nb|2\n`, trailer());
    expect(cellsOf(seen)).to.deep.equal([["a", "1"]]);
  });

  it("takes sums in the form in which the job says that amounts are written, and no other", async () => {
    const options: ReadOptions = {
      numbers: { decimal: ",", group: ".", negative: "after" },
      defaults: { currency: "USD" },
      completeness: { trailer: { marker: "T", rowsAt: 2, sums: { available_credit: 3 } } },
    };
    const head = "client_account_id|available_credit|x\n";
    const ignoring = { ...options, unknownColumns: "ignore" as const };
    const rows = "a|1.250,50|\nb|250|\nc|0,50-|\n";
    for (const [written, read] of [
      ["1.500,50", "1500.50"],
      ["1500", "1500"],
      ["1.500", "1500"],
      ["12,00-", "-12.00"],
      ["1500.00", "trailer_missing"],
      ["-12,00", "trailer_missing"],
    ] as const) {
      const { rejection, stated } = await readBytes(`${head}${rows}T|3|${written}\n`, ignoring);
      expect(rejection?.code ?? stated?.sums?.available_credit, written).to.equal(read);
    }
  });
});
