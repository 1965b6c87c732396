/**
 * Times of day: when a zone's clock shows one next, and which rate is in force until when.
 */
import { expect } from "chai";
import { nextTimeMs, parseRates, ratesAhead } from "../src/time-of-day.ts";

const iso = (ms: number) => new Date(ms).toISOString().replace(":00.000Z", "");
const ms = (text: string) => Date.parse(`${text}:00Z`);

describe("a time of day", () => {
  for (const [time, zone, after, next] of [
    ["06:00", "UTC", "2026-11-29T05:59", "2026-11-29T06:00"],
    ["06:00", "UTC", "2026-11-29T06:00", "2026-11-30T06:00"],
    ["06:00", "UTC", "2026-12-31T23:00", "2027-01-01T06:00"],
    ["06:00", "America/Chicago", "2026-11-29T05:59", "2026-11-29T12:00"],
    ["23:30", "Pacific/Kiritimati", "2026-11-29T09:29", "2026-11-29T09:30"],
    ["06:00", "America/Chicago", "2026-07-01T11:30", "2026-07-02T11:00"],
    // Daylight saving ends on November 1, and begins on March 14.
    ["06:00", "America/Chicago", "2026-10-31T12:00", "2026-11-01T12:00"],
    ["02:30", "America/Chicago", "2027-03-14T07:00", "2027-03-14T08:30"],
  ] as const) {
    it(`${time} in ${zone} is next at ${next}, after ${after}`, () => {
      expect(iso(nextTimeMs(time, zone, ms(after)))).to.equal(next);
    });
  }
});

describe("rates", () => {
  it("are read from a text, and nothing else is", () => {
    expect(parseRates("08:00 5/s, 20:00 50/s")).to.deep.equal([
      { time: "08:00", perSecond: 5 },
      { time: "20:00", perSecond: 50 },
    ]);
    for (const text of [
      "",
      "5/s",
      "08:00 5",
      "8:00 5/s",
      "24:00 5/s",
      "08:00 0/s",
      "08:00 5/s,",
      "08:00 5/s, 08:00 6/s",
    ])
      expect(parseRates(text), text).to.equal(undefined);
  });

  it("come in the order in which they begin, the one in force last", () => {
    const rates = parseRates("08:00 5/s, 20:00 50/s") ?? [];
    const ahead = (after: string) =>
      ratesAhead(rates, "UTC", ms(after)).map(({ atMs, perSecond }) => `${iso(atMs)} ${perSecond}`);
    expect(ahead("2026-11-29T07:59")).to.deep.equal(["2026-11-29T08:00 5", "2026-11-29T20:00 50"]);
    expect(ahead("2026-11-29T08:00")).to.deep.equal(["2026-11-29T20:00 50", "2026-11-30T08:00 5"]);
  });
});
