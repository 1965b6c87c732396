/** The equations of a run: what holds, what doesn't, and the line that tells. And the sum over rows and keys. */
import { expect } from "chai";
import fc from "fast-check";
import { emptyCounts } from "../../src/errors/words.ts";
import { KeySum } from "../../src/read/key-sum.ts";
import { drawCertificate, findImbalance, renderCertificate, type Sides } from "../../src/report/certificate.ts";

const SIDES: Sides = {
  rowsRead: 5_000,
  keysRead: "00ff",
  keysWritten: "00ff",
  tally: {
    words: { ...emptyCounts(), applied: 4_990, invalid: 10 },
    rows: 5_000,
    reasons: [],
    operations: {},
    lastAtMs: 0,
  },
  operations: { applied: 5_208, appliedAndSent: 5_208, leftInDone: 0, made: 3, linked: 3 },
};

const brokenBy = (over: Partial<Sides>) => findImbalance(drawCertificate({ ...SIDES, ...over }))?.left;

describe("certificate", () => {
  it("holds when everything agrees, and says so in a line", () => {
    const certificate = drawCertificate(SIDES);
    expect(findImbalance(certificate)).to.equal(undefined);
    expect(renderCertificate(certificate)).to.equal(
      "balanced: 5,000 rows in, 5,000 out; 5,208 operations applied; the same accounts in and out (00ff…)",
    );
  });

  it("leaves the accounts out where no sum was kept of the reading", () => {
    const certificate = drawCertificate({ ...SIDES, keysRead: null });
    expect(findImbalance(certificate)).to.equal(undefined);
    expect(renderCertificate(certificate)).to.equal("balanced: 5,000 rows in, 5,000 out; 5,208 operations applied");
  });

  const broken: readonly [string, Partial<Sides>][] = [
    ["rows read", { rowsRead: 5_001 }],
    ["rows written", { tally: { ...SIDES.tally, words: emptyCounts() } }],
    ["accounts read", { keysWritten: "00fe" }],
    ["operations applied", { operations: { ...SIDES.operations, appliedAndSent: 5_207 } }],
    ["operations left open in rows that are done", { operations: { ...SIDES.operations, leftInDone: 1 } }],
    ["accounts made", { operations: { ...SIDES.operations, linked: 2 } }],
  ];
  for (const [left, over] of broken) it(`does not hold for ${left}`, () => expect(brokenBy(over)).to.equal(left));
});

describe("KeySum", () => {
  const READING = { columns: ["client_account_id", null, "account_id"] };
  const row = fc.record({
    row: fc.integer({ min: 1, max: 1_000_000 }),
    cells: fc.option(fc.tuple(fc.string(), fc.string(), fc.string())),
  });
  const rows = fc.uniqueArray(row, { selector: ({ row: number }) => number, minLength: 2, maxLength: 20 });
  const sumOf = (all: readonly { row: number; cells: readonly string[] | null }[]) => {
    const sum = new KeySum(READING);
    for (const one of all) sum.add(one);
    return String(sum);
  };

  it("is the same in any order, and whatever stands in other cells", () => {
    fc.assert(
      fc.property(rows, (all) => {
        expect(sumOf(all.toReversed())).to.equal(sumOf(all));
        const others = all.map(({ row: number, cells }) => ({
          row: number,
          cells: cells && [cells[0], "x", cells[2]],
        }));
        expect(sumOf(others)).to.equal(sumOf(all));
      }),
    );
  });

  it("is another when a row is lost, doubled, or has the keys of the next", () => {
    fc.assert(
      fc.property(rows, (all) => {
        const [first, second, ...rest] = all;
        if (first === undefined || second === undefined) return;
        expect(sumOf([second, ...rest])).to.not.equal(sumOf(all));
        expect(sumOf([first, ...all])).to.not.equal(sumOf(all));
        const keysOf = ({ cells }: typeof first) => JSON.stringify(cells && [cells[0], cells[2]]);
        fc.pre(keysOf(first) !== keysOf(second));
        const swapped = [{ ...first, cells: second.cells }, { ...second, cells: first.cells }, ...rest];
        expect(sumOf(swapped)).to.not.equal(sumOf(all));
      }),
    );
  });
});
