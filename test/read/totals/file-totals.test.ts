/** Totals over the rows of a file: exact in any order, and never the same after a digit has changed. */
import { expect } from "chai";
import fc from "fast-check";
import type { Reading, StatedTotals } from "../../../src/read/reading.ts";
import type { NumberForm } from "../../../src/read/shapes.ts";
import { describeTotal, FileTotals, type WantedTotals } from "../../../src/read/totals/file-totals.ts";

const READING: Reading = {
  layout: "bank",
  money: "decimal",
  delimiter: ",",
  header: ["Acct", "credit_limit", "status"],
  columns: ["client_account_id", "limit", "status"],
  forms: { leaveAlone: ["NULL"], text: [] },
};

function totalsOf(rows: readonly (readonly string[] | null)[], wanted: WantedTotals, reading = READING): FileTotals {
  const opened = FileTotals.open(reading, wanted);
  if (opened.kind === "rejected") return expect.fail(opened.rejection.message);
  for (const [at, cells] of rows.entries()) opened.totals.add({ row: at + 2, cells });
  return opened.totals;
}

const stating = (stated: Omit<StatedTotals, "by">): StatedTotals => ({ by: "trailer", ...stated });
const ROWS = [
  ["core-3001", "1250.00", "active"],
  ["core-3002", "0.1", "closed"],
  ["core-3003", "", "active"],
  ["core-3004", "NULL", " active "],
  ["core-3005", "-0.30", ""],
];

describe("totals of a file", () => {
  const fits: readonly [string, Omit<StatedTotals, "by">][] = [
    ["a sum by the layout's name", { sums: { limit: "1249.80" } }],
    ["a sum by the bank's name", { sums: { credit_limit: "1249.8" } }],
    ["a sum with zeros and a sign", { sums: { limit: "+0001249.800" } }],
    ["a hash total by the file's name", { hashTotals: { Acct: { total: "15015" } } }],
    ["the last digits of a hash total", { hashTotals: { Acct: { total: "015", digits: 3 } } }],
    ["counts of values, also of an empty one", { counts: { status: { active: 3, closed: 1, "": 1, frozen: 0 } } }],
    ["the number of rows", { rows: 5 }],
  ];
  for (const [what, stated] of fits) {
    it(`fit ${what}`, () => {
      const totals = totalsOf(ROWS, stated);
      expect(totals.judge(stating(stated))).to.equal(null);
      expect(totals.compare(stating(stated)).every((one) => one.found === one.stated)).to.equal(true);
    });
  }

  it("add up amounts in the form that the job says, and take no other", () => {
    const shapes = { numbers: { decimal: ",", group: ".", negative: "after" } } as const;
    const reading: Reading = { ...READING, forms: { leaveAlone: ["NULL"], text: [], shapes } };
    const rows = ["1.250,50", "250", "0,50-", "NULL"].map((limit) => ["core-1", limit, ""]);
    const stated = { sums: { limit: "1500.00" } };
    expect(totalsOf(rows, stated, reading).judge(stating(stated))).to.equal(null);
    const wrong = totalsOf([...rows, ["core-1", "1250.50", ""]], stated, reading).judge(stating(stated));
    expect(wrong?.code).to.equal("total_unprovable");
    const implied: Reading = { ...READING, forms: { leaveAlone: [], text: [], shapes: { numbers: { implied: 2 } } } };
    const units = ["000125050", "25000"].map((limit) => ["core-1", limit, ""]);
    const sum = { sums: { limit: "000150050" } };
    expect(totalsOf(units, sum, implied).judge(stating(sum))).to.equal(null);
  });

  it("name all that differ, with both figures", () => {
    const stated = {
      sums: { limit: "12490.80" },
      hashTotals: { Acct: { total: "15016" } },
      counts: { status: { active: 2 } },
    };
    expect(totalsOf(ROWS, stated).judge(stating(stated))).to.include({
      code: "total_differs",
      message:
        "the sum of limit is 1,249.80, and its trailer has 12,490.80; the hash total of Acct is 15,015, and its trailer has 15,016; the count of status active is 3, and its trailer has 2",
    });
  });

  it("show no figure where so few rows would show a cell", () => {
    const stated = { sums: { limit: "7" }, hashTotals: { Acct: { total: "1" } } };
    expect(totalsOf(ROWS.slice(0, 2), stated).judge(stating(stated))?.message).to.equal(
      "the sum of limit is not that of its trailer; the hash total of Acct is not that of its trailer",
    );
  });

  it("are described with the figure, unless that may be a cell's", () => {
    const sum = { what: "sum of limit", found: "918273642.50" };
    expect([1, 2, 3].map((rows) => describeTotal(sum, rows))).to.deep.equal([
      "sum of limit",
      "sum of limit",
      "sum of limit 918,273,642.50",
    ]);
    expect(describeTotal({ what: "number of rows", found: 1 }, 1)).to.equal("number of rows 1");
  });

  const unprovable: readonly [string, readonly (readonly string[] | null)[], WantedTotals, RegExp][] = [
    [
      "a cell that is no number",
      [...ROWS, ["core-3006", "1,250.00", ""]],
      { sums: { limit: 2 } },
      /^row 7 has "1,…" in limit, which is no number, so the total of limit/,
    ],
    [
      "a row without cells",
      [...ROWS, null],
      { hashTotals: { Acct: 2 } },
      /^row 7 cannot be read as the header has its columns, so the total of Acct/,
    ],
    [
      "a row without cells, for a count",
      [null, ...ROWS],
      { counts: { status: { active: 2 } } },
      /^row 2 cannot be read/,
    ],
  ];
  for (const [what, rows, wanted, message] of unprovable) {
    it(`cannot be compared after ${what}`, () => {
      const rejection = totalsOf(rows, wanted).judge(stating({ sums: { limit: "1249.80" } }));
      expect(rejection?.code).to.equal("total_unprovable");
      expect(rejection?.message).to.match(message);
    });
  }

  const forms: readonly [string, NumberForm, readonly string[], string][] = [
    ["a decimal comma", { decimal: ",", group: "." }, ["1.250,00", "0,10", "-1.000.000,05"], "-998749.95"],
    ["a sign behind", { negative: "after" }, ["12.50", "0.75-"], "11.75"],
    ["decimals that are implied, in rows and total alike", { implied: 2 }, ["125000", "10"], "125010"],
  ];
  for (const [what, numbers, amounts, sum] of forms) {
    it(`are read with ${what}, where the job says that amounts are so`, () => {
      const reading: Reading = { ...READING, forms: { leaveAlone: [], text: [], shapes: { numbers } } };
      const rows = amounts.map((amount) => ["core-1", amount, "active"]);
      expect(totalsOf(rows, { sums: { limit: 2 } }, reading).judge(stating({ sums: { limit: sum } }))).to.equal(null);
      const plain = totalsOf([["core-1", "1 2", ""]], { sums: { limit: 2 } }, reading).judge(stating({}));
      expect(plain?.code).to.equal("total_unprovable");
    });
  }

  it("need no cell of a column that is not asked for", () => {
    expect(totalsOf([...ROWS, ["x", "no number", "active"], null], {}).judge(stating({}))).to.equal(null);
  });

  it("cannot be made of a column that the file lacks", () => {
    const opened = FileTotals.open(READING, { sums: { max_limit: 3 } });
    expect(opened.kind === "rejected" && opened.rejection).to.include({ code: "total_unprovable" });
  });

  const amount = fc
    .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 25n }), fc.nat(4))
    .map(([isBelow, units, scale]) => {
      const digits = String(units).padStart(scale + 1, "0");
      const fraction = scale === 0 ? "" : `.${digits.slice(-scale)}`;
      return `${isBelow ? "-" : ""}${digits.slice(0, digits.length - scale)}${fraction}`;
    });
  const file = fc.array(amount, { minLength: 1, maxLength: 40 });
  const rowsOf = (amounts: readonly string[]) => amounts.map((one, at) => [`core-${at}`, one, ""]);
  const sumOf = (amounts: readonly string[]) =>
    String(totalsOf(rowsOf(amounts), { sums: { limit: 2 } }).compare(stating({ sums: { limit: "0" } }))[0]?.found);
  const fitsSum = (amounts: readonly string[], sum: string) =>
    totalsOf(rowsOf(amounts), { sums: { limit: 2 } }).judge(stating({ sums: { limit: sum } })) === null;

  it("fit what they print, in any order of the rows", () => {
    fc.assert(
      fc.property(file, fc.nat(), (amounts, seed) => {
        const turned = [...amounts.slice(seed % amounts.length), ...amounts.slice(0, seed % amounts.length)];
        expect(fitsSum(amounts, sumOf(amounts))).to.equal(true);
        expect(fitsSum(turned, sumOf(amounts))).to.equal(true);
        expect(fitsSum(turned.toReversed(), sumOf(amounts))).to.equal(true);
      }),
    );
  });

  it("never fit after one digit has changed, whichever it is", () => {
    fc.assert(
      fc.property(file, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 9 }), (amounts, row, place, by) => {
        const cell = amounts[row % amounts.length] ?? "";
        const digits = [...cell.matchAll(/\d/g)].map(({ index }) => index);
        const at = digits[place % digits.length] ?? 0;
        const changed = cell.slice(0, at) + String((Number(cell[at]) + by) % 10) + cell.slice(at + 1);
        const others = amounts.with(row % amounts.length, changed);
        expect(fitsSum(others, sumOf(amounts))).to.equal(false);
        const ids = (of: readonly string[]) => of.map((one) => [one.replace(/\D/g, ""), "", ""]);
        const hashed = (of: readonly string[]) => totalsOf(ids(of), { hashTotals: { Acct: 2 } });
        const [one] = hashed(amounts).compare(stating({}));
        const stated = stating({ hashTotals: { Acct: { total: String(one?.found) } } });
        expect(hashed(amounts).judge(stated)).to.equal(null);
        expect(hashed(others).judge(stated)?.code).to.equal("total_differs");
      }),
    );
  });
});
