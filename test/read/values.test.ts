/**
 * The parsers of simple values, lists and documents, each as a table of what it takes and what it refuses.
 */
import { expect } from "chai";
import { parseDocuments } from "../../src/read/documents.ts";
import { Faults, mask } from "../../src/read/faults.ts";
import { parseAccountId } from "../../src/read/ids.ts";
import { parseCapabilities, parseEntityIds } from "../../src/read/lists.ts";
import { parseBoolean, parseCurrency, parseInteger, parseText, parseWord } from "../../src/read/values.ts";

type Parse = (text: string) => unknown;

/** Cases are [text, value], or [text, code, …] for one fault after another. */
function table(
  name: string,
  parse: Parse,
  takes: readonly [string, unknown][],
  refuses: readonly [string, ...string[]][],
) {
  describe(name, () => {
    for (const [text, value] of takes) {
      it(`takes ${JSON.stringify(text)}`, () => expect(parse(text)).to.deep.equal(value));
    }
    for (const [text, ...codes] of refuses) {
      it(`refuses ${JSON.stringify(text)}: ${codes.join(", ")}`, () => {
        const refused = parse(text);
        expect(refused).to.be.instanceOf(Faults);
        expect((refused as Faults).all.map(({ code }) => code)).to.deep.equal(codes);
      });
    }
  });
}

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
  "parseEntityIds",
  parseEntityIds,
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
  "parseCapabilities",
  parseCapabilities,
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

const aan = { document_id: "d1", type: "aan", displayed_at: "2026-01-31T09:30:00Z" };
const esign = { document_id: "d2", type: "esign_agreement", version: "v1", consented_at: "2026-01-31T09:30:00+01:00" };
const json = (...documents: unknown[]) => JSON.stringify(documents);

table(
  "parseDocuments",
  parseDocuments,
  [
    ["[]", []],
    [json(aan, esign), [aan, esign]],
    [JSON.stringify(aan), [aan]],
    [JSON.stringify(aan, null, 2), [aan]],
    [json(aan, { ...esign, document_id: "d1" }), [aan, { ...esign, document_id: "d1" }]],
    [
      json({ ...aan, document_id: "Loan  Agreement (final).pdf" }),
      [{ ...aan, document_id: "Loan  Agreement (final).pdf" }],
    ],
  ],
  [
    ...each(
      "documents_malformed",
      "d1",
      "[1]",
      "[null]",
      "[[]]",
      "null",
      '"d1"',
      '[{"document_id":',
      '{"a":1},{"b":2}',
    ),
    ["{}", "documents_malformed", "documents_malformed"],
    ['{"document":"d1"}', "documents_malformed", "documents_malformed", "documents_malformed"],
    ...each(
      "documents_malformed",
      json({ ...aan, note: "x" }),
      json({ ...aan, version: 1 }),
      json({ ...aan, version: "" }),
    ),
    [json({ ...aan, consented_at: aan.displayed_at }), "documents_malformed"],
    [json({ type: "aan", displayed_at: aan.displayed_at }), "documents_malformed"],
    ['[{"__proto__":{}}]', "documents_malformed", "documents_malformed", "documents_malformed"],
    [json({ ...aan, type: "aaan" }), "value_not_allowed"],
    [json({ document_id: "d", type: "aan" }), "document_date_missing"],
    [json({ document_id: "d", type: "business_license" }), "document_date_missing"],
    [json({ ...esign, consented_at: "2026-01-31" }), "instant_malformed"],
    ...each("id_malformed", json({ ...aan, document_id: "a\u0001" }), json({ ...aan, document_id: '="d1"' })),
    [json({ ...aan, version: "v\u0001" }), "control_character"],
    [json({ ...aan, version: "NULL" }), "null_marker"],
    [
      '[{"document_id":"d","type":"aan","displayed_at":"2026-01-31T09:30:00Z","version":"\\ud83d"}]',
      "replacement_character",
    ],
    [json(aan, { ...aan, version: "2", displayed_at: "2027-01-31T09:30:00Z" }), "document_duplicate"],
    [json(aan, { ...esign, document_id: "d1" }, aan, aan), "document_duplicate", "document_duplicate"],
    [json({ ...esign, consented_at: undefined, displayed_at: "x" }), "instant_malformed", "document_date_missing"],
  ],
);

describe("quotes of a web page", () => {
  const [terms, named] = [
    json(aan),
    (text: unknown) => (text as Faults).all.map(({ code, message }) => [code, message]),
  ];
  const lists: readonly [string, string, string][] = [
    ["[“entity_1”,“entity_2”]", "list_malformed", "a curly quote (“ U+201C)"],
    ["“entity_1”,“entity_2”", "list_malformed", "a curly quote (“ U+201C)"],
    ["[‘entity_1’]", "list_malformed", "a curly quote (‘ U+2018)"],
    ['["entity_1″,"entity_2″]', "list_malformed", "a prime (″ U+2033)"],
    ['"entity_1″', "list_malformed", "a prime (″ U+2033)"],
    ["[«entity_1», «entity_2»]", "list_malformed", "an angle quote (« U+00AB)"],
    ["[`entity_1`]", "list_malformed", "a backtick (` U+0060)"],
    ["“entity_1”", "id_malformed", "a curly quote (“ U+201C)"],
    ["“entity_1”;“entity_1”", "id_malformed", "a curly quote (“ U+201C)"],
    ['["“entity_1”"]', "id_malformed", "a curly quote (“ U+201C)"],
  ];
  for (const [list, code, name] of lists) {
    it(`is named in ${list}`, () => {
      const [[found, message = ""] = []] = named(parseEntityIds(list));
      expect(found).to.equal(code);
      expect(message)
        .to.contain(name)
        .and.to.match(/use straight (double quotes \("\)|quotes) or none/);
    });
  }

  for (const [odd, name] of [
    [terms.replaceAll('"', "“"), "a curly quote (“ U+201C)"],
    [terms.replace('"aan"', "“aan”"), "a curly quote (“ U+201C)"],
    [terms.replace('"aan"', '"aan″'), "a prime (″ U+2033)"],
    [JSON.stringify(aan).replace('"d1"', "‘d1’"), "a curly quote (‘ U+2018)"],
  ] as const) {
    it(`is named in ${odd}`, () =>
      expect(named(parseDocuments(odd))).to.deep.equal([
        ["documents_malformed", `the JSON has ${name}: use straight double quotes (")`],
      ]));
  }

  it("is not blamed for what has other reasons", () => {
    for (const list of ["entity_a“b”c,entity_2", '["entity_1"', "entity_1,"]) {
      expect(named(parseEntityIds(list)).join()).to.contain("neither a JSON array of ids");
    }
    expect(named(parseDocuments('[{"document_id":"Terms “final” v3"]')).join()).to.contain("not JSON");
  });

  it("is named in a list of capabilities", () => {
    expect(named(parseCapabilities("[“deposit”]")).join()).to.match(/^list_malformed,.*curly quote/);
  });
});

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
    const message = (text: string) => (parseWord(text, ["active", "closed"]) as Faults).all[0]?.message;
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
      parseEntityIds,
      parseDocuments,
    ];
    for (const parse of parsers) {
      const { all } = parse(secret) as Faults;
      expect(all.map(({ message }) => message).join()).not.to.contain("Margaret");
    }
  });
});
