/**
 * Which texts name the same moment, and which of two is the later, to the nanosecond.
 */
import { expect } from "chai";
import fc from "fast-check";
import { instantNs, isLater, sameInstant } from "../src/instant.ts";

describe("instantNs", () => {
  it("is equal for one moment in two zones, and tells nanoseconds apart", () => {
    expect(instantNs("2026-01-31T09:30:00Z")).to.equal(instantNs("2026-01-31T10:30:00.000+01:00"));
    expect(instantNs("2026-01-31T09:30:00.000000001Z")).to.equal((instantNs("2026-01-31T09:30:00Z") ?? 0n) + 1n);
    expect(instantNs("1969-12-31T23:59:59.5Z")).to.equal(-500_000_000n);
    expect(instantNs("0001-01-01T00:00:00Z")).to.equal(-62_135_596_800_000_000_000n);
  });

  const none = [
    "",
    "2026-01-31",
    "2026-01-31T09:30:00",
    "2026-02-30T09:30:00Z",
    "2026-01-31T24:00:01Z",
    "2026-01-31T24:00:00.000000001Z",
    "2026-01-31T23:59:60Z",
    "2026-01-31T09:30:00+24:00",
    "2026-01-31T09:30:00Zjunk",
    "1769851800000",
  ];
  for (const text of none) it(`finds none in "${text}"`, () => expect(instantNs(text)).to.equal(undefined));

  it("agrees with Date, for every moment that one can write and in every zone", () => {
    const date = fc.date({ min: new Date("0002-01-01"), max: new Date("9998-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(date, fc.integer({ min: -1439, max: 1439 }), (moment, minutes) => {
        const local = new Date(moment.getTime() + minutes * 60_000).toISOString().slice(0, -1);
        const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60].map((part) =>
          String(part).padStart(2, "0"),
        );
        const text = `${local}${minutes < 0 ? "-" : "+"}${hours}:${rest}`;
        expect(instantNs(text), text).to.equal(BigInt(moment.getTime()) * 1_000_000n);
      }),
    );
  });
});

describe("sameInstant", () => {
  const same: readonly [string, string][] = [
    ["2026-01-31T09:30:00Z", "2026-01-31T03:30:00-06:00"],
    ["2026-01-31T09:30:00Z", "2026-01-31t09:30:00.000z"],
    ["2026-01-31T09:30:00Z", "2026-01-31 09:30:00+00:00"],
    ["2026-01-31T09:30:00Z", "2026-01-31T09:30Z"],
    ["2026-01-31T09:30:00Z", "2026-01-31T10:30:00+0100"],
    ["2026-02-01T00:00:00Z", "2026-01-31T24:00:00Z"],
    ["2026-01-31T09:30:00.5Z", "2026-01-31T09:30:00.500000000000Z"],
    ["2026-01-31T09:30:00.000000001Z", "2026-01-31T09:30:00.0000000012Z"],
  ];
  for (const [one, other] of same) {
    it(`takes ${one} and ${other} for one`, () => expect(sameInstant(one, other)).to.equal(true));
  }

  const different: readonly [string, unknown][] = [
    ["2026-01-31T09:30:00.000100Z", "2026-01-31T09:30:00.000900Z"],
    ["2026-01-31T09:30:00.1234Z", "2026-01-31T09:30:00.123Z"],
    ["2026-01-31T09:30:00Z", "2026-01-31T09:30:00"],
    ["2026-01-31T09:30:00Z", undefined],
    ["2026-01-31T09:30:00Z", Date.parse("2026-01-31T09:30:00Z")],
    ["never", "ever"],
  ];
  for (const [one, other] of different) {
    it(`tells ${one} from ${other}`, () => expect(sameInstant(one, other)).to.equal(false));
  }
});

describe("isLater", () => {
  const inOrder = [
    "",
    "2026-01-31T09:29:59.999999999Z",
    "2026-01-31T10:30:00+01:00",
    "2026-01-31T09:30:00.0001Z",
    "2026-01-31T09:30:00.000500Z",
    "2026-01-31T09:30:00.0009Z",
    "2026-01-31T09:30:00.000900001Z",
    "2026-01-31T09:30:00.001Z",
    "2026-01-31T03:30:01-06:00",
  ];
  it("orders moments, not texts", () => {
    for (const [place, one] of inOrder.entries()) {
      const before = inOrder.filter((other) => isLater(one, other));
      expect(before, `before ${one}`).to.deep.equal(inOrder.slice(0, place));
    }
  });
});
