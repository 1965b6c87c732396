/**
 * Ids as people may write them: what each kind of id takes, what it refuses, which program the message blames, and what a
 * job may allow.
 */
import { expect } from "chai";
import { type CellFaults, isFaults } from "../../../src/read/cell-fault.ts";
import {
  type IdRules,
  parseAccountId,
  parseApplicationId,
  parseClientAccountId,
  parseDocumentId,
  parseEntityId,
} from "../../../src/read/row/ids.ts";

type Parse = (text: string, rules?: IdRules) => string | CellFaults;

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
    [
      ...["document_1", "Terms of use.pdf", "terms v3.pdf", "Loan Agreement (final).pdf", "Loan  Agreement.pdf"],
      ...["null.pdf", "NaN.png", "#N-A.html", "1.5e10", "12e-3", "2024.00", "1001.0", "-1.pdf", "+1", "=terms.pdf"],
      ...["'24 terms.pdf", "Terms “final”.pdf", "Terms “final”", "‘24 terms.pdf", 'an "old" one.jpg', "5″"],
      ...[
        "Müller & Söhne, 100 %.JPEG",
        "契約書.pdf",
        "a;b,c|d.pdf",
        "statements/2026/01.pdf",
        "C:\\terms.pdf",
        "@~.html",
      ],
    ],
    [
      ...["\u00a0", "NULL", "null", "#N/A", "a\u0001", "é".normalize("NFD"), "terms\u00a0v3.pdf", "terms\u200b.pdf"],
      ...["terms\tv3.pdf", "terms\n.pdf", " terms.pdf", "terms.pdf ", "ter\ufffdms.pdf", "", '="terms.pdf"'],
      ...['"terms.pdf"', "'terms.pdf'", "“terms.pdf”", '"terms.pdf″', "`terms.pdf`"],
    ],
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

  /** The quotes around an id, and the name of the one that is shown. */
  const quoted: readonly [string, string, string][] = [
    ["“", "”", "a curly quote (“ U+201C)"],
    ["‘", "’", "a curly quote (‘ U+2018)"],
    ["„", "“", "a curly quote („ U+201E)"],
    ["«", "»", "an angle quote (« U+00AB)"],
    ['"', "″", "a prime (″ U+2033)"],
    ["`", "`", "a backtick (` U+0060)"],
    ["´", "´", "an acute accent (´ U+00B4)"],
    ["＂", "＂", "a wide quote (＂ U+FF02)"],
    ["", "”", "a curly quote (” U+201D)"],
    ["“", "", "a curly quote (“ U+201C)"],
  ];
  for (const [opening, closing, name] of quoted) {
    it(`say which quotes are around ${opening}id${closing}, and that straight ones or none are meant`, () => {
      const ids: readonly [Parse, string][] = [
        [parseEntityId, "entity_1"],
        [parseAccountId, "account_1"],
        [parseApplicationId, "application_1"],
        [parseClientAccountId, "core-1001"],
      ];
      for (const [parse, id] of ids)
        expect(messageOf(parse(opening + id + closing)), id).to.contain(`${name}: use straight quotes or none`);
    });
  }

  it("may have such quotes within, and a job may allow them around client_account_ids", () => {
    for (const id of ["O’Brien-7", "a`b", "5″-pipe"]) expect(parseClientAccountId(id)).to.equal(id);
    expect(parseClientAccountId("`7`", { allow: /^`\d`$/, decimals: false })).to.equal("`7`");
    expect(parseEntityId("entity_o’brien")).to.equal("entity_o’brien");
  });

  it("of documents are no numbers, whatever the file's other ids are", () => {
    expect(parseDocumentId("3.0", { allow: null, decimals: true })).to.equal("3.0");
  });

  it("that end in .0 are none only where the whole column does", () => {
    expect(parseClientAccountId("1001.0")).to.equal("1001.0");
    expect(messageOf(parseClientAccountId("1001.0", { allow: null, decimals: true }))).to.match(/ends in .0/);
    expect(parseClientAccountId("1001.0", { allow: /\.0$/, decimals: true })).to.equal("1001.0");
  });
});

function codeOf(parsed: string | CellFaults): string {
  return isFaults(parsed) ? parsed.all.map(({ code }) => code).join() : "";
}

function messageOf(parsed: string | CellFaults): string {
  expect(codeOf(parsed)).to.equal("id_malformed");
  return isFaults(parsed) ? (parsed.all[0]?.message ?? "") : "";
}
