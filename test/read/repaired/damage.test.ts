/**
 * What Excel, LibreOffice and Google Sheets make of cells, as a table with the rule behind each line, and edits that look like it
 * and are none. What LibreOffice does is also tried on LibreOffice itself (test/scenarios/libre-office.test.ts).
 */
import { expect } from "chai";
import { damageOf } from "../../../src/read/repaired/damage.ts";

/** Rule, the kind of damage, the cell as it was, and what comes back. */
const MADE: readonly (readonly [rule: string, damage: string, had: string, given: readonly string[]])[] = [
  ["Excel, number format General: zeros in front are no part of a number", "number", "0001700", ["1700"]],
  [
    "Excel keeps 15 digits and writes zeros after them (specifications and limits)",
    "number",
    "12345678901234567890",
    ["12345678901234500000"],
  ],
  [
    "Excel, General: more than 11 digits are shown as a power of ten",
    "number",
    "89123456789012345678",
    ["8.91235E+19", "8,91235E+19", "8.9E+19"],
  ],
  ["LibreOffice writes a power of ten with three digits", "number", "12345678901234567890", ["1.23456789012346E+019"]],
  ["Excel, General: 1E5 in an id is a number", "number", "1E5", ["100000", "1.00E+05"]],
  [
    "a number without its zeros behind the point, with the country's separators",
    "number",
    "1250.00",
    ["1250", "1,250", "1.250", "1250,00", "1 250,00", "1\u202f250,0", "1'250.00"],
  ],
  ["a separator that the country has for groups", "number", "1,250", ["1250", "1.25"]],
  ["percent and currency are formats of a number", "number", "5%", ["0.05", "5.00%", "0,05"]],
  ["brackets are a format of what is below zero", "number", "(12.50)", ["-12.5", "-12,50"]],
  ["a cell of 11 characters rounds decimals", "number", "0.1234567890123456", ["0.123456789", "0,123456789012346"]],
  [
    "a day in each country's short form",
    "date",
    "2026-01-02",
    ["1/2/2026", "01/02/2026", "02/01/2026", "1/2/26", "02.01.2026", "2.1.26", "02-01-2026", "2026/1/2", "2026. 1. 2."],
  ],
  [
    "a day with the name of its month",
    "date",
    "2026-01-02",
    [
      "2-Jan-26",
      "2-Jan-2026",
      "02 janv. 2026",
      "2. Januar 2026",
      "January 2, 2026",
      "Friday, January 2, 2026",
      "2026年1月2日",
      "2 de enero de 2026",
    ],
  ],
  [
    "a day as the count of days since 1899-12-30, or 1904-01-01 (Excel, date systems)",
    "date",
    "2026-01-02",
    ["46024", "44562"],
  ],
  [
    "an instant without seconds, without its zone, and in two halves of a day",
    "date",
    "2026-01-31T09:30:00Z",
    [
      "1/31/2026 9:30",
      "31.01.2026 09:30:00",
      "2026-01-31 09:30",
      "1/31/26 9:30 AM",
      "31/01/2026 9:30:00",
      "46053.3958333333",
      "46053,39583",
    ],
  ],
  [
    "an instant in the afternoon",
    "date",
    "2026-01-31T21:30:15.750-06:00",
    ["1/31/2026 9:30:15 PM", "31.01.2026 21:30", "2026/1/31 21:30:16"],
  ],
  [
    "two numbers with a mark between them are a day of this year",
    "date",
    "1-2",
    ["2-Jan", "1-Feb", "02. Jan", "2026-01-02", "1/2/2026", "2 janv.", "1月2日", "46024"],
  ],
  [
    "a month with a number (Ziemann et al., Gene name errors, 2016)",
    "date",
    "MARCH1",
    ["1-Mar", "1. Mrz", "01-mars", "3/1/2026"],
  ],
  ["a month with a year becomes its first day", "date", "Mar-26", ["2026-03-01", "3/26/2026"]],
  ["a time alone", "date", "12:30", ["12:30:00", "12:30:00 PM", "12시 30분 0초", "۱۲:۳۰:۰۰"]],
  ["a time gets two digits each", "date", "1:2:3", ["01:02:03", "1:02:03", "1시 2분 3초"]],
  ["a whole number and a fraction are a number", "number", "1 1/2", ["1.5", "1,5"]],
  ["such a number is rounded", "number", "-2 2/3", ["-2.66666666666667", "-2,666666667"]],
  ["each country's digits and separator", "number", "3.4", ["3٫4", "٣٫٤", "۳٫۴"]],
  ["a power of ten in such digits", "number", "12345678901234567", ["1٫23456789012346E+016"]],
  ["a boolean in the program's language", "boolean", "true", ["TRUE", "WAHR", "VRAI", "VERDADERO", "VERO"]],
  ["the other one", "boolean", "False", ["FALSE", "FALSCH", "FAUX", "FALSO"]],
  ["Excel and LibreOffice keep an apostrophe of the file as text", "apostrophe", "0017", ["'0017"]],
  ["Google Sheets takes it for the sign of text", "apostrophe", "'0017", ["0017"]],
  [
    "blanks around a cell, and the program's line ends in it",
    "blanks",
    " Gold\r\nCard ",
    ["Gold\nCard", "Gold\r\nCard"],
  ],
  ["UTF-8 opened as Windows-1252, and saved as UTF-8", "letters", "Zürich", ["ZÃ¼rich"]],
  ["saved in an encoding without the letter", "letters", "Łódź €", ["?ód? €".replace("ó", "?").replace("€", "?")]],
  ["saved by a Mac, read as Windows-1252", "letters", "Zürich", ["ZŸrich"]],
  ["the same letters in another form of Unicode", "letters", "Zoë", ["Zoe\u0308"]],
];

/** What no rule leads to: somebody has typed it. */
const TYPED: readonly (readonly [had: string, given: string])[] = [
  ["0001700", "0001701"],
  ["0001700", "17"],
  ["0001700", ""],
  ["", "1700"],
  ["12345678901234567890", "12345678901234567891"],
  ["12345678901234567890", "1.24E+19"],
  ["8.9E+19", "89"],
  ["1250.00", "1251"],
  ["1250.00", "-1250"],
  ["1250.00", "12500"],
  ["2026-01-02", "2026-01-03"],
  ["2026-01-02", "1/3/2026"],
  ["2026-01-02", "1/2/2027"],
  ["2026-01-02", "46025"],
  ["2026-01-31T09:30:00Z", "2026-01-31 09:31"],
  ["2026-01-31T09:30:00Z", "2026-01-31T09:30:00+02:00"],
  ["2026-01-31T09:30:00Z", "2026-01-31"],
  ["1-2", "3-Feb"],
  ["1:2:3", "01:02:04"],
  ["2026-01-31T09:30:00Z", "2026-01-31 09:30:01"],
  ["1 1/2", "1.6"],
  ["1 1/2", "11/2"],
  ["3.4", "٣٫٥"],
  ["Room 5", "Room ٥"],
  ["1-2", "12"],
  ["true", "FALSE"],
  ["true", "yes"],
  ["Gold", "gold"],
  ["Gold Card", "Gold  Card"],
  ["Gold", "'Silver"],
  ["Zürich", "Zurich"],
  ["Zürich", "Z?ric?"],
  ["account_1", "account_2"],
  ["on 2 Jan", "2-Jan"],
];

describe("a cell that comes back from a spreadsheet program", () => {
  for (const [rule, damage, had, given] of MADE)
    for (const cell of given)
      it(`${JSON.stringify(had)} may be ${JSON.stringify(cell)}: ${rule}`, () =>
        expect(damageOf(had, cell)).to.equal(damage));
  for (const [had, given] of TYPED)
    it(`${JSON.stringify(had)} is never ${JSON.stringify(given)}`, () => expect(damageOf(had, given)).to.equal(null));
  it("is not damaged where it is the same", () => {
    for (const cell of ["", "0017", "2026-01-02", "Zoë"]) expect(damageOf(cell, cell)).to.equal(null);
  });
});
