/**
 * Instants and dates: which cells name a real moment or day.
 */
import { expect } from "chai";
import fc from "fast-check";
import type { CellFaults } from "../../../src/read/cell-fault.ts";
import { parseDate, parseInstant } from "../../../src/read/row/instants.ts";

describe("parseInstant", () => {
  const takes = [
    "2026-01-31T09:30:00Z",
    "2026-01-31T09:30:00.5Z",
    "2026-01-31T09:30:00.123456789+05:30",
    "2024-02-29T23:59:59-06:00",
    "2000-02-29T00:00:00-00:00",
  ];
  for (const text of takes) it(`takes ${text}`, () => expect(parseInstant(text)).to.equal(text));

  const refuses = [
    "2026-01-31",
    "2026-01-31T09:30Z",
    "2026-01-31T09:30:00",
    "2026-01-31 09:30:00Z",
    "2026-01-31t09:30:00z",
    "2026-02-30T09:30:00Z",
    "2025-02-29T09:30:00Z",
    "1900-02-29T09:30:00Z",
    "2026-13-01T09:30:00Z",
    "2026-00-01T09:30:00Z",
    "2026-01-00T09:30:00Z",
    "2026-01-31T24:00:00Z",
    "2026-01-31T09:60:00Z",
    "2026-01-31T09:30:60Z",
    "2026-01-31T09:30:00.Z",
    "2026-01-31T09:30:00.1234567890Z",
    "2026-01-31T09:30:00+0100",
    "2026-01-31T09:30:00+24:00",
    "2026-01-31T09:30:00+01:00 ",
    "2026-01-31T09:30:00Zjunk",
    "0000-01-31T09:30:00Z",
    "1769851800000",
    "31/01/2026 09:30:00Z",
  ];
  for (const text of refuses) {
    it(`refuses ${text}`, () => expect((parseInstant(text) as CellFaults).all[0]?.code).to.equal("instant_malformed"));
  }

  it("takes every moment that a Date can write, and no day that the calendar lacks", () => {
    const date = fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
    fc.assert(fc.property(date, (moment) => parseInstant(moment.toISOString()) === moment.toISOString()));
    const day = fc.tuple(
      fc.integer({ min: 1, max: 9999 }),
      fc.integer({ min: 0, max: 99 }),
      fc.integer({ min: 0, max: 99 }),
    );
    fc.assert(
      fc.property(day, ([year, month, dayOfMonth]) => {
        const text = [
          String(year).padStart(4, "0"),
          ...[month, dayOfMonth].map((n) => String(n).padStart(2, "0")),
        ].join("-");
        const moment = new Date(`${text}T00:00:00Z`);
        const isReal = !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text);
        return (parseDate(text) === text) === isReal;
      }),
    );
  });
});

describe("parseDate", () => {
  for (const text of ["2026-01-31", "2024-02-29"]) it(`takes ${text}`, () => expect(parseDate(text)).to.equal(text));
  for (const text of ["2026-1-31", "2026-02-29", "20260131", "2026-01-31T00:00:00Z", "31.01.2026", "2026-01-31x"]) {
    it(`refuses ${text}`, () => expect((parseDate(text) as CellFaults).all[0]?.code).to.equal("date_malformed"));
  }
});
