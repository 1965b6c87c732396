/**
 * The parsers of simple values and lists, each as a table of what it takes and what it refuses.
 */
import { expect } from "chai";
import type { CellFaults } from "../../../src/read/cell-fault.ts";
import { parseDocuments } from "../../../src/read/row/documents.ts";
import { parseAccountId } from "../../../src/read/row/ids.ts";
import { parseCapabilityList, parseEntityList } from "../../../src/read/row/lists.ts";
import { parseBoolean, parseCurrency, parseInteger, parseText, parseWord } from "../../../src/read/row/values.ts";
import { mask } from "../../../src/text/show-id.ts";
import { type Parse, table } from "./value-table.ts";

const same = (...texts: string[]): [string, string][] => texts.map((text) => [text, text]);
const each = (code: string, ...texts: string[]): [string, string][] => texts.map((text) => [text, code]);

table(
  "parseBoolean",
  parseBoolean,
  [
    ["true", true],
    ["FALSE", false],
    ["True", true],
  ],
  each("boolean_malformed", "yes", "1", "t", "truee", "true "),
);
table(
  "parseInteger",
  parseInteger,
  [
    ["0", 0],
    ["007", 7],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
  ],
  each("integer_malformed", "-1", "+1", "1.0", "1e3", "0x10", "٣", "9007199254740993", "1 000"),
);
table("parseCurrency", parseCurrency, same("USD", "JPY", "KWD"), each("currency_unknown", "usd", "US", "XAU", "ZZZ"));
table(
  "parseText",
  parseText,
  same(
    ...[
      " verbatim ",
      "   ",
      "two\r\nlines\tand a tab",
      "😀",
      "👩\u200d🚀",
      "e\u0301",
      "\ue000",
      "a\u00a0b",
      "\u200f12",
    ],
    ...[
      "None",
      "N/A",
      "n/a",
      "null",
      "nil",
      "NaN",
      "Null",
      "-",
      "",
      "NULLA",
      "a NULL",
      "\\n",
      "#1",
      "##",
      "#value!",
      "=1+1",
    ],
  ),
  [
    ...each("control_character", "a\u0000b", "bell\u0007", "del\u007f", "next line\u0085"),
    ...each("replacement_character", "a \ufffd", "\ufffd", "Caf\ufffd", "half \ud83d", "\ude00 half"),
    ...each("null_marker", "NULL", "\\N", " NULL ", "\\N\r\n"),
    ...each(
      "spreadsheet_error",
      "#N/A",
      "#REF!",
      "#VALUE!",
      "#NAME?",
      "#DIV/0!",
      "#NUM!",
      "#NULL!",
      "#SPILL!",
      "#CALC!",
    ),
    ...each("spreadsheet_error", "#GETTING_DATA", "#####", "Err:502", " #N/A", "#WERT!", "#BEZUG!", "#NOM?"),
  ],
);
table(
  "parseWord",
  (text) => parseWord(text, ["active", "inactive", "closed"]),
  same("active", "closed"),
  each("value_not_allowed", "Active", "actve", "Smith"),
);
table(
  "parseEntityList",
  parseEntityList,
  [
    ['["entity_1","entity_2"]', ["entity_1", "entity_2"]],
    ["entity_1;entity_2", ["entity_1", "entity_2"]],
    ["entity_1 ; entity_2", ["entity_1", "entity_2"]],
    ['"entity_1","entity_2"', ["entity_1", "entity_2"]],
    ["entity_1", ["entity_1"]],
    ["[]", []],
    [
      Array.from({ length: 20 }, (_, n) => `entity_${n}`).join(";"),
      Array.from({ length: 20 }, (_, n) => `entity_${n}`),
    ],
  ],
  [
    ...each(
      "list_malformed",
      "entity_1,entity_2",
      "entity_1;;entity_2",
      "entity_1;",
      '["entity_1"',
      "[1]",
      "[null]",
      "[[]]",
    ),
    ...each("list_malformed", '"entity_1",', "[entity_1]", '"entity_1";"entity_2"', '{"a":1}'),
    ["entity_1;Entity_2", "id_malformed"],
    ["entity_1;entity_2;entity_1", "list_duplicate"],
    ["x;entity_1;y;entity_1", "id_malformed", "id_malformed", "list_duplicate"],
    [Array.from({ length: 21 }, (_, n) => `entity_${n}`).join(";"), "list_too_long"],
    ['["entity_1",""]', "id_malformed"],
  ],
);
table(
  "parseCapabilityList",
  parseCapabilityList,
  [
    ["deposit", ["deposit"]],
    ['["credit_with_underwriting","deposit"]', ["credit_with_underwriting", "deposit"]],
    ["[]", []],
  ],
  [
    ["deposits", "value_not_allowed"],
    ["deposit;deposit", "list_duplicate"],
    ["deposit,credit_with_underwriting", "list_malformed"],
  ],
);

describe("messages", () => {
  const cases: readonly [string, string][] = [
    ["account_123456", '"account_…"'],
    ["entity_42", '"entity_…"'],
    ["Margaret", '"Ma…"'],
    ["ab", '"a…"'],
    ["😀😀😀", '"😀😀…"'],
    ["\u0000|x", '"??…"'],
  ];
  for (const [value, shown] of cases) {
    it(`show ${JSON.stringify(value)} as ${shown}`, () => expect(mask(value)).to.equal(shown));
  }

  it("show a misspelt word with the nearest, and mask any other", () => {
    const message = (text: string) => (parseWord(text, ["active", "closed"]) as CellFaults).all[0]?.message;
    expect(message("actve")).to.contain('"actve"').and.to.contain("did you mean active?");
    expect(message("Margaret")).to.contain('"Ma…"').and.not.to.contain("Margaret");
  });

  it("never hold the rest of a value", () => {
    const secret = "Margaret-Hamilton-42";
    const parsers: Parse[] = [
      parseAccountId,
      parseBoolean,
      parseInteger,
      parseCurrency,
      parseEntityList,
      parseDocuments,
    ];
    for (const parse of parsers) {
      const { all } = parse(secret) as CellFaults;
      expect(all.map(({ message }) => message).join()).not.to.contain("Margaret");
    }
  });
});
