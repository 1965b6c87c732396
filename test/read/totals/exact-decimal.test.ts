/** Decimals as text: exact whatever their length, and the same again when they are printed. */
import { expect } from "chai";
import fc from "fast-check";
import {
  addDecimals,
  type ExactDecimal,
  isSameDecimal,
  parseDecimal,
  printDecimal,
} from "../../../src/read/totals/exact-decimal.ts";

const decimal = fc.record({ units: fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), scale: fc.nat(12) });
const parsed = (text: string): ExactDecimal => parseDecimal(text) ?? expect.fail(`${text} is no decimal`);

describe("an exact decimal", () => {
  const written: readonly [string, string][] = [
    ["0", "0"],
    ["12.50", "12.50"],
    ["-0.05", "-0.05"],
    ["+7", "7"],
    ["007.10", "7.10"],
    [".5", "0.5"],
    ["5.", "5"],
    ["-0", "0"],
    ["99999999999999999999.99", "99999999999999999999.99"],
  ];
  for (const [text, printed] of written) {
    it(`is ${text}, printed as ${printed}`, () => {
      expect(printDecimal(parsed(text))).to.equal(printed);
    });
  }

  for (const text of ["", ".", "-", "1,000.00", "1e3", "12a", "1.2.3", "--1", "0x10", "１"]) {
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(parseDecimal(text)).to.equal(undefined);
    });
  }

  it("is the same when it is printed and parsed, with its decimals", () => {
    fc.assert(
      fc.property(decimal, (one) => {
        const again = parsed(printDecimal(one));
        expect(again).to.deep.equal(one);
      }),
    );
  });

  it("adds up as whole numbers of the smallest unit do, in any order", () => {
    fc.assert(
      fc.property(fc.array(decimal, { maxLength: 30 }), (all) => {
        const sum = (of: readonly ExactDecimal[]) => of.reduce(addDecimals, { units: 0n, scale: 0 });
        const units = all.reduce((so, { units: one, scale }) => so + one * 10n ** BigInt(12 - scale), 0n);
        expect(isSameDecimal(sum(all), { units, scale: 12 })).to.equal(true);
        expect(isSameDecimal(sum(all), sum(all.toReversed()))).to.equal(true);
      }),
    );
  });
});
