/**
 * Which differences are of form alone: those of blanks, letter case, Unicode form and precision, and no others.
 */
import { expect } from "chai";
import { sameMoment, sameText } from "../../../src/plan/diff/same-text.ts";

const TEXTS: readonly [string, string, boolean][] = [
  ["Card", "Card", true],
  [" Holiday  Plus ", "Holiday Plus", true],
  ["Holiday Plus", "HolidayPlus", true],
  ["Holiday\u00A0Plus", "Holiday Plus", true],
  ["Holiday", "HOLIDAY", true],
  ["Straße", "STRASSE", true],
  ["Cafe\u0301", "Caf\u00E9", true],
  ["ｃａｒｄ", "card", true],
  ["  ", "", true],
  ["Card", "Cards", false],
  ["Card 1", "Card 2", false],
  ["Caf\u00E9", "Cafe", false],
  ["Card", "", false],
  ["a-b", "ab", false],
];

const MOMENTS: readonly [string, string, boolean][] = [
  ["2026-01-31T09:30:00.123456789Z", "2026-01-31T09:30:00Z", true],
  ["2026-01-31T09:30:00.123456789Z", "2026-01-31T09:30:00.123Z", true],
  ["2026-01-31T09:30:00.9Z", "2026-01-31T10:30:01+01:00", true],
  ["2026-01-31T09:30:00.5Z", "2026-01-31T09:30:00.500000Z", true],
  ["2026-01-31T09:30:00Z", "2026-01-31T09:30:00.5Z", true],
  ["1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z", true],
  ["2026-01-31T09:30:00.4Z", "2026-01-31T09:30:01Z", false],
  ["2026-01-31T09:30:00.000100Z", "2026-01-31T09:30:00.000900Z", false],
  ["2026-01-31T09:30:00.12Z", "2026-01-31T09:30:00.13Z", false],
  ["2026-01-31T09:30:59Z", "2026-01-31T09:30:00Z", false],
  ["2026-01-31T09:30:00Z", "2026-01-31", false],
  ["2026-01-31T09:30:00Z", "", false],
];

describe("sameText", () => {
  for (const [one, other, same] of TEXTS) {
    it(`takes ${JSON.stringify(one)} and ${JSON.stringify(other)} for ${same ? "one" : "two"}`, () => {
      expect([sameText(one, other), sameText(other, one)]).to.deep.equal([same, same]);
    });
  }
});

describe("sameMoment", () => {
  for (const [one, other, same] of MOMENTS) {
    it(`takes ${one} and ${other || "nothing"} for ${same ? "one" : "two"}`, () => {
      expect([sameMoment(one, other), sameMoment(other, one)]).to.deep.equal([same, same]);
    });
  }
});
