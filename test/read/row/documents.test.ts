/**
 * The documents column: what it takes and what it refuses; and the quotes of web pages, which it and lists name.
 */
import { expect } from "chai";
import type { CellFaults } from "../../../src/read/cell-fault.ts";
import { parseDocuments } from "../../../src/read/row/documents.ts";
import { parseCapabilityList, parseEntityList } from "../../../src/read/row/lists.ts";
import { table } from "./value-table.ts";

const each = (code: string, ...texts: string[]): [string, string][] => texts.map((text) => [text, code]);

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
    (text: unknown) => (text as CellFaults).all.map(({ code, message }) => [code, message]),
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
      const [[found, message = ""] = []] = named(parseEntityList(list));
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
      expect(named(parseEntityList(list)).join()).to.contain("neither a JSON array of ids");
    }
    expect(named(parseDocuments('[{"document_id":"Terms “final” v3"]')).join()).to.contain("not JSON");
  });

  it("is named in a list of capabilities", () => {
    expect(named(parseCapabilityList("[“deposit”]")).join()).to.match(/^list_malformed,.*curly quote/);
  });
});
