/** The equations of a run: what holds, what doesn't, and the line that tells. And the sum over rows and keys. */
import { expect } from "chai";
import fc from "fast-check";
import { emptyCounts } from "../../src/errors/words.ts";
import { KeySum } from "../../src/read/row/key-sum.ts";
import {
  drawCertificate,
  findImbalance,
  renderCertificate,
  renderEquation,
  type Sides,
} from "../../src/report/certificate.ts";

const STATES = { planned: 0, sending: 0, applied: 5_208, refused: 0, failed: 0, unknown: 2, skipped: 0 };

const SIDES: Sides = {
  rowsRead: 5_000,
  keysRead: "00ff",
  keysWritten: "00ff",
  tally: {
    words: { ...emptyCounts(), applied: 4_990, invalid: 10 },
    rows: 5_000,
    causes: [],
    notes: [],
    operations: { "patch=applied": 5_208, "create=unknown": 4 },
    operationsShown: 5_212,
    repairs: null,
    lastAtMs: 0,
  },
  isFinal: true,
  ledger: {
    rows: 5_000,
    changesWithoutWord: 0,
    operations: 5_210,
    operationsByState: STATES,
    operationsOfRows: 5_212,
    appliedAndSent: 5_208,
    leftInDone: 0,
    made: 3,
    linked: 3,
  },
};

const withLedger = (over: Partial<Sides["ledger"]>): Partial<Sides> => ({ ledger: { ...SIDES.ledger, ...over } });
const draw = (over: Partial<Sides> = {}) => drawCertificate({ ...SIDES, ...over });

describe("certificate", () => {
  it("holds when everything agrees, and says so in a line", () => {
    expect(findImbalance(draw())).to.equal(undefined);
    expect(renderCertificate(draw())).to.equal(
      "balanced: 5,000 rows in, 5,000 out; 5,210 operations planned, 5,208 applied, 2 unknown; " +
        "the same accounts in and out (00ff…)",
    );
  });

  it("leaves the accounts out where no sum was kept of the reading, and the ends where there are no operations", () => {
    const none = { ...STATES, applied: 0, unknown: 0 };
    const idle = {
      ...withLedger({ rows: 1, operations: 0, operationsByState: none, operationsOfRows: 0, appliedAndSent: 0 }),
      rowsRead: 1,
      tally: { ...SIDES.tally, rows: 1, words: { ...emptyCounts(), invalid: 1 }, operations: {}, operationsShown: 0 },
      keysRead: null,
    };
    expect(findImbalance(draw(idle))).to.equal(undefined);
    expect(renderCertificate(draw(idle))).to.equal("balanced: 1 row in, 1 out; 0 operations planned");
  });

  it("lets a run that is not at its end have open changes and an operation that is being sent", () => {
    const states = { ...STATES, sending: 1, planned: 1 };
    const open = withLedger({ changesWithoutWord: 1, operations: 5_212, operationsByState: states });
    expect(findImbalance(draw({ ...open, isFinal: false }))).to.equal(undefined);
    expect(renderCertificate(draw({ ...open, isFinal: false }))).to.contain(
      "5,212 operations planned, 5,208 applied, 2 unknown, 1 not sent yet, 1 being sent",
    );
    expect(findImbalance(draw(open))?.left).to.equal("operations being sent at the end");
  });

  const broken: readonly [string, Partial<Sides>][] = [
    ["rows read: 5,001, rows in the ledger: 5,000", { rowsRead: 5_001 }],
    ["rows in the ledger: 5,000, rows written: 4,999", { tally: { ...SIDES.tally, rows: 4_999 } }],
    ["rows written: 5,000, the eight words together: 0", { tally: { ...SIDES.tally, words: emptyCounts() } }],
    ["accounts read: 00ff, accounts written: 00fe", { keysWritten: "00fe" }],
    ["operations planned: 5,211, 5,208 applied, 2 unknown: 5,210", withLedger({ operations: 5_211 })],
    ["operations of the rows: 5,212, operations written: 5,208", { tally: { ...SIDES.tally, operationsShown: 5_208 } }],
    ["operations applied: 5,208, of them sent: 5,207", withLedger({ appliedAndSent: 5_207 })],
    ["operations left open in finished rows: 1, none: 0", withLedger({ leftInDone: 1 })],
    ["accounts made: 3, accounts linked: 2", withLedger({ linked: 2 })],
    ["changes without a word at the end: 1, none: 0", withLedger({ changesWithoutWord: 1 })],
  ];
  for (const [told, over] of broken) {
    it(`does not hold for ${told}`, () => {
      const wrong = findImbalance(draw(over));
      expect(wrong && renderEquation(wrong)).to.equal(told);
    });
  }
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
