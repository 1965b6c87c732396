/**
 * Amounts: exact conversion in both forms, against BigInt arithmetic, and every way an amount can be refused.
 */
import { expect } from "chai";
import fc from "fast-check";
import { type CellFaults, isFaults } from "../../../src/read/cell-fault.ts";
import { CURRENCY_DECIMALS } from "../../../src/read/row/currency-decimals.ts";
import { parseDecimalMoney, parseMinorMoney } from "../../../src/read/row/money.ts";

const codeOf = (value: number | CellFaults) => (isFaults(value) ? value.all[0]?.code : value);

describe("parseMinorMoney", () => {
  const cases: readonly [string, boolean, number | string][] = [
    ["0", false, 0],
    ["125000", false, 125000],
    ["0042", false, 42],
    ["-5", true, -5],
    ["-0", true, 0],
    ["-5", false, "money_malformed"],
    ["12.00", false, "money_malformed"],
    ["1e3", false, "money_malformed"],
    ["+1", false, "money_malformed"],
    ["1 000", false, "money_malformed"],
    ["1,000", false, "money_malformed"],
    ["NaN", false, "money_malformed"],
    ["9007199254740991", false, 9007199254740991],
    ["9007199254740992", false, "money_too_large"],
    ["-9007199254740991", true, -9007199254740991],
    ["9".repeat(400), false, "money_too_large"],
  ];
  for (const [text, mayBeNegative, expected] of cases) {
    it(`${text.slice(0, 20)} → ${expected}`, () =>
      expect(codeOf(parseMinorMoney(text, mayBeNegative))).to.equal(expected));
  }
});

describe("parseDecimalMoney", () => {
  const cases: readonly [string, number, number | string][] = [
    ["12.50", 2, 1250],
    ["12.5", 2, 1250],
    ["12", 2, 1200],
    ["0.07", 2, 7],
    ["1.005", 3, 1005],
    ["1500", 0, 1500],
    ["1500.0", 0, "money_too_precise"],
    ["12.500", 2, "money_too_precise"],
    ["0.29", 2, 29],
    ["1.15", 2, 115],
    ["90071992547409.91", 2, 9007199254740991],
    ["90071992547409.92", 2, "money_too_large"],
    ["12.", 2, "money_malformed"],
    [".5", 2, "money_malformed"],
    ["12,50", 2, "money_malformed"],
    ["1,250.00", 2, "money_malformed"],
    ["1.250,00", 2, "money_malformed"],
    ["1e2", 2, "money_malformed"],
    ["$5", 2, "money_malformed"],
    ["+5", 2, "money_malformed"],
    ["-0.01", 2, "money_malformed"],
  ];
  for (const [text, decimals, expected] of cases) {
    it(`${text} with ${decimals} decimals → ${expected}`, () =>
      expect(codeOf(parseDecimalMoney(text, decimals, false))).to.equal(expected));
  }

  it("may be below zero where that is said, and never minus zero", () => {
    expect(parseDecimalMoney("-12.5", 2, true)).to.equal(-1250);
    expect(Object.is(parseDecimalMoney("-0.00", 2, true), 0)).to.equal(true);
  });

  it("gives every safe amount back exactly, in every currency", () => {
    const decimals = fc.constantFrom(...new Set(CURRENCY_DECIMALS.values()));
    fc.assert(
      fc.property(fc.maxSafeInteger(), decimals, (minor, count) => {
        const digits = String(Math.abs(minor)).padStart(count + 1, "0");
        const point = digits.length - count;
        const text = `${minor < 0 ? "-" : ""}${digits.slice(0, point)}${count > 0 ? "." : ""}${digits.slice(point)}`;
        return Object.is(parseDecimalMoney(text, count, true), minor === 0 ? 0 : minor);
      }),
    );
  });

  it("agrees with exact arithmetic on any digits", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 18n), fc.integer({ min: 0, max: 99 }), (whole, cents) => {
        const exact = whole * 100n + BigInt(cents);
        const parsed = parseDecimalMoney(`${whole}.${String(cents).padStart(2, "0")}`, 2, false);
        return exact > Number.MAX_SAFE_INTEGER ? isFaults(parsed) : BigInt(parsed as number) === exact;
      }),
    );
  });
});

describe("CURRENCY_DECIMALS", () => {
  it("has three-letter codes, each once, and the exceptions of ISO 4217", () => {
    expect([...CURRENCY_DECIMALS.keys()].every((code) => /^[A-Z]{3}$/.test(code))).to.equal(true);
    expect(CURRENCY_DECIMALS.size).to.equal(17 + 140 + 7 + 2);
    const cases = { USD: 2, EUR: 2, JPY: 0, KRW: 0, ISK: 0, KWD: 3, BHD: 3, CLF: 4 };
    for (const [code, decimals] of Object.entries(cases)) expect(CURRENCY_DECIMALS.get(code)).to.equal(decimals);
  });
});
