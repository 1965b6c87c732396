/**
 * Cells of the spreadsheet copy: which get an apostrophe and which do not, and that nothing else is ever done to one.
 */
import { expect } from "chai";
import fc from "fast-check";
import { formatKeptCell, formatSpreadsheetCell } from "../../src/report/spreadsheet-cell.ts";
import { hasDangerousBeginning } from "./dangerous-beginning.ts";

const show = (cell: string) =>
  JSON.stringify(cell).replace(/[^\x20-\x7e]/gu, (sign) => `<${sign.codePointAt(0)?.toString(16)}>`);

describe("formatSpreadsheetCell", () => {
  const quoted: readonly (readonly [why: string, cells: readonly string[]])[] = [
    ["a formula", ["=1+1", "=", "+1+1", "+4915112345", "-2+3", "-", "@SUM(A1:A9)", '=HYPERLINK("http://x.test","x")']],
    ["a control", ["\tx", "\rx", "\nx", "\r\nx", "\0x", "\u000bx", "\u001bx", "\u0085x", "\t"]],
    ["another form of a sign", ["＝1", "＋1", "－1", "＠SUM(A1)", "﹦1", "﹢1", "﹣1", "﹫x", "⁼1", "₊1", "⩵1"]],
    ["another dash", ["−1", "–1", "—1", "‑1", "－5"]],
    ["behind blanks", [" =1", "   @x", "\u00a0=1", "\u3000=1", "\u2028=1", "\u2003+1", " \t=1", "\u1680-1+1"]],
    [
      "behind what nobody sees",
      ["\ufeff=1", "\u200b=1", "\u00ad=1", "\u202e=1", "\u2060+1", "\ue000=1", "\u{e0020}=1"],
    ],
    ["behind marks and fillers", ["\u0301=1", "\ufe0f=1", "\u034f=1", "\u3164=1", "\u115f=1", "\uffa0=1", "\u2800=1"]],
    ["under a combining slash", ["=\u03381", "\u2260"]],
    ["in quotes or braces", ['"=1"', "'=1", "''=1", "' =1", "{=1+1}", "{=SUM(A1)}", '"\u200b=1']],
    ["nearly a number", ["-1e5", "-.5", "-5.", "-1,250.00", "-1-1", "--1", " -5", "-5 ", "-5\n", "+5", "-$1.00", "-٣"]],
    [
      "a link",
      ["http://x.test", "HTTPS://x.test", "file:///etc/x", "\\\\host\\share", "www.x.test", "mailto:a@x.test"],
    ],
    ["a call of another program", ["cmd|'/C calc'!A0", "DDE|x!y", "＝cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"]],
  ];
  for (const [why, cells] of quoted) {
    for (const cell of cells)
      it(`${show(cell)} gets an apostrophe: ${why}`, () => {
        expect(formatSpreadsheetCell(cell)).to.equal(`'${cell}`);
      });
  }

  const plain: readonly string[] = [
    "",
    " ",
    "-0.02",
    "-5",
    "-0",
    "-125000",
    "-9007199254740993.10",
    "1250.00",
    "0042",
    "account_1",
    "Card = Credit",
    "a=1",
    "1-2",
    "O'Neil",
    "'t Hooft",
    '"Gold" card',
    '["entity_1","entity_2"]',
    "[]",
    '{"document_id":"d1"}',
    "Zoë",
    "\u0301e",
    "Ünïcode ✓",
    "2025-01-15T12:00:00.000Z",
    "patch=applied; close=refused",
    "limit: none → -5",
    "guard | lookup_unproven",
    "a|b",
    "see http://x.test",
    "note: x",
    "two\nlines",
  ];
  for (const cell of plain) {
    it(`${show(cell)} stays as it is`, () => expect(formatSpreadsheetCell(cell)).to.equal(cell));
  }

  const cover = fc.constantFrom(
    ..." \t\r\n\0'\"{\u00a0\u00ad\u0301\u034f\u200b\u200d\u2028\u2060\u2800\u3000\u3164\ufe0f\ufeff",
  );
  const sign = fc.constantFrom(..."=+-@＝＋－＠−﹣");
  const anything = fc.string({ unit: "binary" });
  const hostile = fc
    .tuple(fc.array(cover), fc.option(sign, { nil: "" }), anything)
    .map(([covers, first, rest]) => covers.join("") + first + rest);
  const cells = fc.oneof(anything, hostile);

  it("never lets a dangerous beginning through", () => {
    fc.assert(
      fc.property(cells, (cell) => {
        expect(hasDangerousBeginning(formatSpreadsheetCell(cell))).to.equal(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it("adds one apostrophe or nothing, and taking it off gives the original back", () => {
    const original = (cell: string) => {
      const rest = cell.slice(1);
      return cell.startsWith("'") && formatSpreadsheetCell(rest) === cell ? rest : cell;
    };
    fc.assert(
      fc.property(cells, (cell) => {
        const formatted = formatSpreadsheetCell(cell);
        expect([cell, `'${cell}`]).to.include(formatted);
        expect(original(formatted)).to.equal(cell);
      }),
      { numRuns: 2_000 },
    );
  });

  it("gives two different cells two different copies, apostrophes of their own included", () => {
    const nearby = fc.tuple(hostile, fc.nat(3)).map(([cell, count]) => [cell, "'".repeat(count + 1) + cell] as const);
    fc.assert(
      fc.property(nearby, ([one, other]) => {
        expect(formatSpreadsheetCell(one)).to.not.equal(formatSpreadsheetCell(other));
      }),
      { numRuns: 2_000 },
    );
  });

  it("leaves numbers untouched", () => {
    const fraction = fc.option(fc.stringMatching(/^\d{1,12}$/), { nil: null });
    const number = fc
      .tuple(fc.constantFrom("", "-"), fc.bigInt({ min: 0n }), fraction)
      .map(([minus, whole, part]) => `${minus}${whole}${part === null ? "" : `.${part}`}`);
    fc.assert(
      fc.property(number, (cell) => {
        expect(formatSpreadsheetCell(cell)).to.equal(cell);
      }),
    );
  });

  it("looks through a long run of what nobody sees", () => {
    const cell = "\u200b".repeat(1_000_000);
    expect(formatSpreadsheetCell(`${cell}x`)).to.equal(`${cell}x`);
    expect(formatSpreadsheetCell(`${cell}=`)).to.equal(`'${cell}=`);
  });
});

describe("formatKeptCell", () => {
  const changed: readonly (readonly [why: string, cells: readonly string[]])[] = [
    ["zeros in front", ["0017", "000", "00.5"]],
    ["more digits than are shown", ["123456789012", "12345678901234567890", "-12345678901"]],
    ["decimals and separators", ["1250.00", "1,250", "1.5", "-0.02", ".5", "5%", "1E5", "8.9E+19"]],
    [
      "days and times",
      ["2026-01-02", "2026-01-02T09:30:00Z", "1-2", "1/2", "2.1.26", "12:30", "MARCH1", "Sep 2", "2-Jan", "Mai 2026"],
    ],
    ["booleans in any language", ["true", "FALSE", "wahr", "Vrai"]],
    ["blanks in front of a number", [" 17", "\u00a017"]],
    ["a beginning that acts", ["=1+1", "@x", "+49", "https://x.test"]],
    ["an apostrophe, which stays one more", ["'0017", "'t Hooft", "''"]],
  ];
  for (const [why, cells] of changed) {
    for (const cell of cells)
      it(`${show(cell)} gets an apostrophe: ${why}`, () => expect(formatKeptCell(cell)).to.equal(`'${cell}`));
  }

  for (const cell of [
    "",
    "0",
    "7",
    "-5",
    "720",
    "125000",
    "9999999999",
    "account_1",
    "Gold",
    "entity_a;entity_b",
    "[]",
    "Zoë",
    "A1",
  ])
    it(`${show(cell)} stays as it is`, () => expect(formatKeptCell(cell)).to.equal(cell));

  it("is undone by taking one apostrophe off, whatever the cell", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (cell) => formatKeptCell(cell).replace(/^'/, "") === cell));
    fc.assert(
      fc.property(
        fc.stringMatching(/^['=+@0-9A-Za-z ,.:-]{0,12}$/),
        (cell) => formatKeptCell(cell).replace(/^'/, "") === cell,
      ),
    );
  });
});
