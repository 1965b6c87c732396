/**
 * Ids as people may write them: what each kind of id takes, what it refuses, which program the message blames, and what a
 * job may allow.
 */
import { expect } from "chai";
import { Faults } from "../../src/read/faults.ts";
import {
  type IdRules,
  parseAccountId,
  parseApplicationId,
  parseClientAccountId,
  parseDocumentId,
  parseEntityId,
} from "../../src/read/ids.ts";

type Parse = (text: string, rules?: IdRules) => string | Faults;

const KINDS: readonly [string, Parse, readonly string[], readonly string[]][] = [
  [
    "account_id",
    parseAccountId,
    ["account_1", "account_aB_9"],
    ["account_", "account_1-2", "Account_1", "account_1\n", "entity_1", "1", "'account_1", "account_1\u200b"],
  ],
  ["application_id", parseApplicationId, ["application_x"], ["application_", "app_1", "application_é", "NULL"]],
  [
    "an entity's id",
    parseEntityId,
    ["entity_1", "entity_a-b.c", `entity_${"x".repeat(33)}`],
    [
      "entity_",
      `entity_${"x".repeat(34)}`,
      "entity_a b",
      "entity_a\u0000",
      "entity_a\u200b",
      "entity_\u2800",
      "account_1",
    ],
  ],
  [
    "client_account_id",
    parseClientAccountId,
    [
      ...["0001", "9007199254740993", "A B", "A B C", "kontö-7", "x".repeat(255), "口座-7", "core-1001", "-1", "+1"],
      ...[
        "1E5",
        "12E10",
        "1e5",
        "1001.0",
        "1.5",
        "1,001",
        "NULL-1",
        "None7",
        "#7",
        "##",
        "x=1",
        "O'Brien",
        "@7",
        "N",
        "\\",
      ],
    ],
    ["x".repeat(256), "a\nb", " a", "a ", "a  b", "\t1", "\ud83d"],
  ],
  [
    "a document's id",
    parseDocumentId,
    ["document_1", "Terms of use.pdf"],
    ["\u00a0", "NULL", "a\u0001", "é".normalize("NFD")],
  ],
];

describe("ids", () => {
  for (const [name, parse, takes, refuses] of KINDS) {
    for (const text of takes) {
      it(`${name} takes ${JSON.stringify(text)}`, () => expect(parse(text)).to.equal(text));
    }
    for (const text of refuses)
      it(`${name} refuses ${JSON.stringify(text)}`, () => expect(codeOf(parse(text))).to.equal("id_malformed"));
  }

  /** No-break, line and ideographic spaces; joiners, marks, tags and fillers; private use; and blanks with a glyph. */
  const unseen = [
    ...[
      "00A0",
      "0085",
      "2003",
      "2028",
      "3000",
      "1680",
      "200B",
      "200D",
      "200E",
      "2060",
      "FEFF",
      "00AD",
      "FE0F",
      "E0041",
    ],
    ...["034F", "115F", "1160", "3164", "FFA0", "2800", "1D159", "E000", "F0000", "0378", "0007", "FFFD", "FFFC"],
  ];
  for (const name of unseen) {
    it(`names U+${name}, wherever it is, and no job can allow it`, () => {
      const character = String.fromCodePoint(Number.parseInt(name, 16));
      for (const [place, text] of [`${character}core-1`, `co${character}re-1`, `core-1${character}`].entries()) {
        const rules = { allow: /.*/s, decimals: false };
        const said = messageOf(parseClientAccountId(text, rules));
        expect(said).to.contain(`character ${[1, 3, 7][place]} of the id is U+${name}`);
      }
    });
  }

  it("are in the Unicode form NFC, whatever the job allows", () => {
    const [composed, taken] = ["Müller-9".normalize("NFC"), "Müller-9".normalize("NFD")];
    expect(parseClientAccountId(composed)).to.equal(composed);
    expect(messageOf(parseClientAccountId(taken, { allow: /.*/s, decimals: false }))).to.match(
      /another Unicode form than NFC/,
    );
  });

  /** What made them, and what it made. */
  const made: readonly [RegExp, ...string[]][] = [
    [/formula that a spreadsheet wraps/, '="core-1001"', "=1001", '=T("1001")', "=HYPERLINK(1)"],
    [/apostrophe that a spreadsheet puts/, "'core-1001", "'0001"],
    [/in quotes that an export has added/, '"core-1001"'],
    [
      /number that a spreadsheet has shortened/,
      "8.91117E+19",
      "4.00123E+15",
      "4,00123E+15",
      "1.5e10",
      "-1.5E-7",
      "1E+05",
      "12e-3",
    ],
    [
      /database export or a program writes for no value/,
      "NULL",
      "\\N",
      "null",
      "None",
      "NaN",
      "N/A",
      "nil",
      "n/a",
      "NIL",
      "nan",
    ],
    [/database export or a program/, "undefined", "<null>", "(null)", "NaT"],
    [
      /error of a spreadsheet formula/,
      "#N/A",
      "#REF!",
      "#VALUE!",
      "#NAME?",
      "#DIV/0!",
      "#NUM!",
      "#NULL!",
      "#n/a",
      "#####",
    ],
    [/error of a spreadsheet formula/, "#SPILL!", "#CALC!", "#GETTING_DATA", "Err:502", "#WERT!"],
  ];
  for (const [says, ...texts] of made) {
    for (const text of texts) {
      it(`say of ${text}: ${says.source}; a job may allow it`, () => {
        expect(messageOf(parseClientAccountId(text))).to.match(says);
        const allowed = new RegExp(`^${text.replace(/[^\w ]/g, "\\$&")}$`);
        expect(parseClientAccountId(text, { allow: allowed, decimals: false })).to.equal(text);
        expect(codeOf(parseClientAccountId(text, { allow: /^other$/, decimals: false }))).to.equal("id_malformed");
      });
    }
  }

  it("that end in .0 are none only where the whole column does", () => {
    expect(parseClientAccountId("1001.0")).to.equal("1001.0");
    expect(messageOf(parseClientAccountId("1001.0", { allow: null, decimals: true }))).to.match(/ends in .0/);
    expect(parseClientAccountId("1001.0", { allow: /\.0$/, decimals: true })).to.equal("1001.0");
  });
});

function codeOf(parsed: string | Faults): string {
  return parsed instanceof Faults ? parsed.all.map(({ code }) => code).join() : "";
}

function messageOf(parsed: string | Faults): string {
  expect(codeOf(parsed)).to.equal("id_malformed");
  return parsed instanceof Faults ? (parsed.all[0]?.message ?? "") : "";
}
