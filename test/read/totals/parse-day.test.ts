/** Days in the form that a job says: nothing is guessed, and no day is made up. */
import { expect } from "chai";
import fc from "fast-check";
import { dayInName, isDayFormat, parseDay } from "../../../src/read/totals/parse-day.ts";

const FORMATS = ["YYYYMMDD", "YYYY-MM-DD", "DD/MM/YYYY", "MM/DD/YYYY", "DD.MM.YYYY"];

describe("a business date", () => {
  const read: readonly [string, string, string | undefined][] = [
    ["20261128", "YYYYMMDD", "2026-11-28"],
    ["28/11/2026", "DD/MM/YYYY", "2026-11-28"],
    ["11/28/2026", "MM/DD/YYYY", "2026-11-28"],
    ["28.11.2026", "DD.MM.YYYY", "2026-11-28"],
    ["28x11x2026", "DD.MM.YYYY", undefined],
    ["20260230", "YYYYMMDD", undefined],
    ["20261128 ", "YYYYMMDD", undefined],
    ["2026-11-28", "YYYYMMDD", undefined],
    ["261128", "YYYYMMDD", undefined],
  ];
  for (const [text, format, day] of read) {
    it(`${JSON.stringify(text)} as ${format} is ${day ?? "none"}`, () => {
      expect(parseDay(text, format)).to.equal(day);
    });
  }

  it("is the same day when it is printed in its form and parsed", () => {
    const days = fc.date({ min: new Date("1900-01-01"), max: new Date("2199-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(days, fc.constantFrom(...FORMATS), (date, format) => {
        const day = date.toISOString().slice(0, 10);
        const [year = "", month = "", of = ""] = day.split("-");
        const text = format.replace("YYYY", year).replace("MM", month).replace("DD", of);
        expect(parseDay(text, format)).to.equal(day);
      }),
    );
  });

  it("has a form with each of its three parts once", () => {
    for (const format of [...FORMATS, "DD MMM YYYY"]) expect(isDayFormat(format), format).to.equal(true);
    for (const format of ["", "YYYYMM", "YYYYMMMM", "YYMMDD", "YYYYMMDDhh", "YYYYMMDDDD", "yyyymmdd"])
      expect(isDayFormat(format), format).to.equal(false);
  });

  it("is in a name with or without hyphens", () => {
    expect(dayInName("20261128")).to.equal("2026-11-28");
    expect(dayInName("2026-11-28")).to.equal("2026-11-28");
    expect(dayInName("28112026")).to.equal(undefined);
  });
});
