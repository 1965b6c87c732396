/** Days on which a file is expected, against the lists that the Federal Reserve has published. */
import { expect } from "chai";
import { type Calendar, dayAfter, federalReserveHolidays, isExpectedDay } from "../src/calendar.ts";

const NONE = { add: [], leaveOut: [] };
const FEDERAL_RESERVE: Calendar = { days: "federal-reserve-business-days", holidays: NONE };

/**
 * K.8, Holidays Observed by the Federal Reserve System, of 31 December 2025 for 2026 to 2030, and the Reserve Banks' schedule for 2025. Without
 * those on a Saturday, on which nobody works anyway; those on a Sunday at their Monday.
 */
const PUBLISHED: Readonly<Record<number, string>> = {
  2025: "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25",
  2026: "01-01 01-19 02-16 05-25 06-19 09-07 10-12 11-11 11-26 12-25",
  2027: "01-01 01-18 02-15 05-31 07-05 09-06 10-11 11-11 11-25",
  2028: "01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-23 12-25",
  2029: "01-01 01-15 02-19 05-28 06-19 07-04 09-03 10-08 11-12 11-22 12-25",
  2030: "01-01 01-21 02-18 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25",
};

describe("business days of the Federal Reserve", () => {
  for (const [year, days] of Object.entries(PUBLISHED))
    it(`are those of the published list in ${year}`, () => {
      const published = days.split(" ").map((day) => `${year}-${day}`);
      expect([...federalReserveHolidays(Number(year)).keys()]).to.deep.equal(published);
    });

  it("are the Friday before a holiday on a Saturday, and not the Monday after one on a Sunday", () => {
    expect(isExpectedDay("2026-07-03", FEDERAL_RESERVE), "the Banks are open").to.equal(true);
    expect(isExpectedDay("2027-12-24", FEDERAL_RESERVE)).to.equal(true);
    expect(isExpectedDay("2028-12-29", FEDERAL_RESERVE)).to.equal(true);
    expect(isExpectedDay("2027-07-05", FEDERAL_RESERVE)).to.equal(false);
    expect(isExpectedDay("2029-11-12", FEDERAL_RESERVE)).to.equal(false);
    expect(isExpectedDay("2026-11-28", FEDERAL_RESERVE), "a Saturday").to.equal(false);
  });

  it("are overruled by the job, in both directions", () => {
    const calendar = { ...FEDERAL_RESERVE, holidays: { add: ["2026-12-24"], leaveOut: ["2026-11-11", "2026-11-29"] } };
    expect(
      ["2026-12-24", "2026-11-11", "2026-11-29", "2026-11-26"].map((day) => isExpectedDay(day, calendar)),
    ).to.deep.equal([...[false, true, true, false]]);
  });
});

describe("other days", () => {
  it("are every day, or all from Monday to Friday", () => {
    const week = Array.from({ length: 7 }, (_, days) => dayAfter("2026-11-23", days));
    const expected = (days: Calendar["days"]) =>
      week.map((day) => Number(isExpectedDay(day, { days, holidays: NONE })));
    expect(expected("every-day")).to.deep.equal([1, 1, 1, 1, 1, 1, 1]);
    expect(expected("weekdays"), "Thanksgiving is one").to.deep.equal([1, 1, 1, 1, 1, 0, 0]);
  });
});
