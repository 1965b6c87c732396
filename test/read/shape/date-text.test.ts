/**
 * Dates in the form that a job states: what fits, what does not, formats that say too little or too much, and clocks that are changed.
 */
import { expect } from "chai";
import fc from "fast-check";
import { isFaults } from "../../../src/read/cell-fault.ts";
import { type DateKind, dateText } from "../../../src/read/shape/date-text.ts";
import type { DateForm } from "../../../src/read/shapes.ts";

function read(form: DateForm, kind: DateKind, cell: string): string {
  const made = dateText(form, kind);
  if (made.kind === "problem") return `problem: ${made.message}`;
  const text = made.textOf(cell);
  return isFaults(text) ? (text.all[0]?.code ?? "") : text;
}

const CHICAGO = { zone: "America/Chicago" } as const;
const US: DateForm = { format: "MM/DD/YYYY HH:mm", ...CHICAGO };

const CASES: readonly (readonly [form: DateForm, kind: DateKind, cell: string, comes: string])[] = [
  [{ format: "DD/MM/YYYY" }, "date", "31/01/2026", "2026-01-31"],
  [{ format: "MM/DD/YYYY" }, "date", "31/01/2026", "date_malformed"],
  [{ format: "DD/MM/YYYY" }, "date", "1/2/2026", "date_malformed"],
  [{ format: "DD/MM/YYYY" }, "date", "29/02/2025", "date_malformed"],
  [{ format: "DD/MM/YYYY" }, "date", "29/02/2024", "2024-02-29"],
  [{ format: "DD/MM/YYYY" }, "date", "31/01/2026 ", "date_malformed"],
  [{ format: "DD/MM/YYYY" }, "date", "2026-01-31", "date_malformed"],
  [{ format: "D/M/YYYY" }, "date", "1/2/2026", "2026-02-01"],
  [{ format: "D/M/YYYY" }, "date", "01/2/2026", "date_malformed"],
  [{ format: "YYYYMMDD" }, "date", "20260131", "2026-01-31"],
  [{ format: "DD-MMM-YYYY" }, "date", "31-JAN-2026", "2026-01-31"],
  [{ format: "DD-MMM-YYYY" }, "date", "31-Jam-2026", "date_malformed"],
  [{ format: "MM/DD/YY", century: 20 }, "date", "01/31/26", "2026-01-31"],
  [{ format: "YYYY-MM-DD[ 00:00:00]" }, "date", "2026-01-31 00:00:00", "2026-01-31"],
  [{ format: "YYYY-MM-DD[ 00:00:00]" }, "date", "2026-01-31 00:00:01", "date_malformed"],
  [US, "instant", "01/31/2026 09:30", "2026-01-31T09:30:00-06:00"],
  [US, "instant", "07/31/2026 09:30", "2026-07-31T09:30:00-05:00"],
  [US, "instant", "01/31/2026 24:00", "instant_malformed"],
  [US, "instant", "01/31/2026 23:60", "instant_malformed"],
  [US, "instant", "01/31/2026 25:00", "instant_malformed"],
  [US, "instant", "01/31/2026", "instant_malformed"],
  [US, "instant", "03/08/2026 01:59", "2026-03-08T01:59:00-06:00"],
  [US, "instant", "03/08/2026 02:00", "instant_not_once"],
  [US, "instant", "03/08/2026 02:59", "instant_not_once"],
  [US, "instant", "03/08/2026 03:00", "2026-03-08T03:00:00-05:00"],
  [US, "instant", "11/01/2026 00:59", "2026-11-01T00:59:00-05:00"],
  [US, "instant", "11/01/2026 01:00", "instant_not_once"],
  [US, "instant", "11/01/2026 02:00", "2026-11-01T02:00:00-06:00"],
  [{ ...US, repeated: "earlier" }, "instant", "11/01/2026 01:30", "2026-11-01T01:30:00-05:00"],
  [{ ...US, repeated: "later" }, "instant", "11/01/2026 01:30", "2026-11-01T01:30:00-06:00"],
  [{ ...US, repeated: "later" }, "instant", "03/08/2026 02:30", "instant_not_once"],
  // Before standard time a clock in Chicago was no whole number of minutes from UTC.
  [US, "instant", "01/31/1850 09:30", "instant_not_once"],
  [{ ...US, zone: "-06:00" }, "instant", "03/08/2026 02:30", "2026-03-08T02:30:00-06:00"],
  [{ ...US, zone: "UTC" }, "instant", "03/08/2026 02:30", "2026-03-08T02:30:00Z"],
  [{ format: "YYYY-MM-DD hh:mm:ss A", ...CHICAGO }, "instant", "2026-01-31 12:05:09 AM", "2026-01-31T00:05:09-06:00"],
  [{ format: "YYYY-MM-DD hh:mm:ss A", ...CHICAGO }, "instant", "2026-01-31 12:05:09 pm", "2026-01-31T12:05:09-06:00"],
  [{ format: "YYYY-MM-DD hh:mm:ss A", ...CHICAGO }, "instant", "2026-01-31 13:05:09 PM", "instant_malformed"],
  [{ format: "YYYY-MM-DDTHH:mm:ss.SSSZ" }, "instant", "2026-01-31T09:30:00.250-0600", "2026-01-31T09:30:00.250-06:00"],
  [{ format: "YYYY-MM-DD HH:mm:ssZ" }, "instant", "2026-01-31 09:30:00Z", "2026-01-31T09:30:00Z"],
  [{ format: "MM/DD/YYYY", time: "17:00", ...CHICAGO }, "instant", "01/31/2026", "2026-01-31T17:00:00-06:00"],
];

const PROBLEMS: readonly (readonly [form: DateForm, kind: DateKind, says: RegExp])[] = [
  [{ format: "DD/MM" }, "date", /has no year/],
  [{ format: "YYYY/MM" }, "date", /has no day/],
  [{ format: "DD/MM/YYYY HH:mm" }, "date", /has a time, and the column holds dates/],
  [{ format: "DD/MM/YYYY", zone: "UTC" }, "date", /a date has no zone/],
  [{ format: "DD/MM/YY" }, "date", /years of two digits: say which are meant/],
  [{ format: "DD/MM/YYYY", century: 20 }, "date", /four digits, so century says nothing/],
  [{ format: "dd/MM/YYYY" }, "date", /has "d", which is none of YYYY YY/],
  [{ format: "DD/MM/YYYY DD" }, "date", /gives the day twice/],
  [{ format: "DMYYYY" }, "date", /digits right after D, which has one digit or two: write DD/],
  [{ format: "DD/MM/YYYY" }, "instant", /has no time: say which is meant/],
  [{ format: "DD/MM/YYYY HH:mm" }, "instant", /say in which zone/],
  [{ format: "DD/MM/YYYY HH:mmZ", zone: "UTC" }, "instant", /has the zone in each cell/],
  [{ format: "DD/MM/YYYY HH", zone: "UTC" }, "instant", /hours without minutes/],
  [{ format: "DD/MM/YYYY hh:mm", zone: "UTC" }, "instant", /has h without A/],
  [{ format: "DD/MM/YYYY HH:mm A", zone: "UTC" }, "instant", /has A without h/],
  [{ format: "DD/MM/YYYY HH:mm", time: "17:00", zone: "UTC" }, "instant", /time says nothing/],
];

describe("dates in a stated form", () => {
  for (const [form, kind, cell, comes] of CASES) {
    it(`${JSON.stringify(form)}: ${cell} → ${comes}`, () => expect(read(form, kind, cell)).to.equal(comes));
  }
  for (const [form, kind, says] of PROBLEMS) {
    it(`${JSON.stringify(form)} is no form of a ${kind}`, () => expect(read(form, kind, "")).to.match(says));
  }

  const ZONES = Intl.supportedValuesOf("timeZone");
  const local = (zone: string, at: Date) =>
    Object.fromEntries(
      new Intl.DateTimeFormat("en-US", {
        timeZone: zone,
        hourCycle: "h23",
        ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" },
      })
        .formatToParts(at)
        .map(({ type, value }) => [type, value]),
    );

  it("come back from any zone as the moment that a clock there was set to, or as one of its two", () => {
    const moments = fc.date({ min: new Date("1975-01-01"), max: new Date("2037-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), moments, (zone, given) => {
        const at = new Date(Math.floor(given.getTime() / 1000) * 1000);
        const { year, month, day, hour, minute, second } = local(zone, at);
        const cell = `${day}.${month}.${year} ${hour}:${minute}:${second}`;
        const format = "DD.MM.YYYY HH:mm:ss";
        const one = read({ format, zone }, "instant", cell);
        if (one !== "instant_not_once") return Date.parse(one) === at.getTime();
        const both = (["earlier", "later"] as const).map((repeated) =>
          Date.parse(read({ format, zone, repeated }, "instant", cell)),
        );
        // A zone whose clock was no whole number of minutes from UTC then has neither.
        return both.includes(at.getTime()) || both.every(Number.isNaN);
      }),
      { numRuns: 500 },
    );
  });

  const SEPARATORS = fc.constantFrom("/", ".", "-", " ", "");
  it("come back from any order and sign of a date, and nothing else fits", () => {
    const orders = fc.shuffledSubarray(["YYYY", "MM", "DD"], { minLength: 3, maxLength: 3 });
    const days = fc.date({ min: new Date("1900-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(orders, SEPARATORS, days, fc.string(), (order, sign, given, other) => {
        const day = given.toISOString().slice(0, 10);
        const parts = { YYYY: day.slice(0, 4), MM: day.slice(5, 7), DD: day.slice(8) };
        const cell = order.map((token) => parts[token as keyof typeof parts]).join(sign);
        const form = { format: order.join(sign) };
        expect(read(form, "date", cell)).to.equal(day);
        const isForm = new RegExp(`^\\d+${RegExp.escape(sign)}\\d+${RegExp.escape(sign)}\\d+$`).test(other);
        if (!isForm) expect(read(form, "date", other)).to.equal("date_malformed");
        expect(read(form, "date", `${cell}0`)).to.equal("date_malformed");
      }),
    );
  });
});
