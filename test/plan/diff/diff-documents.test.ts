/**
 * Desired documents against those at the bank: what the whole list to send is, what counts as a difference, and which
 * documents of the bank's own stand in the way.
 */
import { expect } from "chai";
import { type AccountDocument, CONSENT_DOCUMENT_TYPES, DISCLOSURE_DOCUMENT_TYPES } from "../../../src/account.ts";
import { diffDocuments } from "../../../src/plan/diff/diff-documents.ts";
import type { Difference } from "../../../src/plan/operation.ts";

const AT = "2026-01-31T09:30:00Z";
const LATER = "2026-02-01T09:30:00Z";
/** AT in another zone. */
const SAME_AT = "2026-01-31T03:30:00.000-06:00";

const aan = (document_id: string, over: Partial<AccountDocument> = {}): AccountDocument => ({
  document_id,
  type: "aan",
  displayed_at: AT,
  ...over,
});
const esign = (document_id: string, over: Partial<AccountDocument> = {}): AccountDocument => ({
  document_id,
  type: "esign_agreement",
  consented_at: AT,
  ...over,
});

const TWICE = [aan("a", { version: "1" }), aan("a", { version: "2" })];

/** What, the row's, the bank's. */
const EQUAL: readonly [string, readonly AccountDocument[] | undefined, readonly AccountDocument[]][] = [
  ["no column", undefined, [aan("a")]],
  ["nothing on either side", [], []],
  ["the same documents in another order", [esign("b"), aan("a")], [aan("a"), esign("b")]],
  ["one moment in two zones", [aan("a", { displayed_at: SAME_AT })], [aan("a")]],
  [
    "one file under two types, in another order",
    [aan("a"), esign("a")],
    [esign("a", { version: "1" }), aan("b"), aan("a", { displayed_at: SAME_AT })],
  ],
  ["a document that the bank has twice, in one of its versions", [aan("a", { version: "1" })], TWICE],
  ["members in another order", [{ displayed_at: AT, type: "aan", document_id: "a" }], [aan("a")]],
  ["a version that only the bank has", [aan("a")], [aan("a", { version: "2" })]],
  ["an instant that only the bank has", [aan("a")], [aan("a", { consented_at: LATER })]],
  ["fewer than the bank has", [aan("b")], [aan("a"), aan("b"), esign("c")]],
  ["documents beside one that could not be sent back", [aan("b")], [{ document_id: "a", type: "aan" }, aan("b")]],
];

/** What, the row's, the bank's, the list to send, the ids that differ. */
const LISTS: readonly [
  string,
  readonly AccountDocument[],
  readonly AccountDocument[],
  readonly AccountDocument[],
  readonly string[],
][] = [
  ["a first document", [aan("a")], [], [aan("a")], ["a"]],
  ["a new one after those that are there", [esign("b")], [aan("a")], [aan("a"), esign("b")], ["b"]],
  [
    "a changed one in its place",
    [aan("a", { displayed_at: LATER })],
    [aan("a"), aan("b")],
    [aan("a", { displayed_at: LATER }), aan("b")],
    ["a"],
  ],
  [
    "changed and new ones together",
    [aan("c"), aan("a", { version: "2" })],
    [aan("a"), esign("b")],
    [aan("a", { version: "2" }), esign("b"), aan("c")],
    ["c", "a"],
  ],
  [
    "an equal one beside a new one as the bank has it",
    [aan("a", { displayed_at: SAME_AT }), aan("b")],
    [aan("a")],
    [aan("a"), aan("b")],
    ["b"],
  ],
  [
    "the bank's version, which the row does not give",
    [aan("a", { displayed_at: LATER })],
    [aan("a", { version: "1" })],
    [aan("a", { displayed_at: LATER, version: "1" })],
    ["a"],
  ],
  ["another version", [aan("a", { version: "2" })], [aan("a", { version: "1" })], [aan("a", { version: "2" })], ["a"]],
  [
    "a new version, with the moment it was displayed",
    [aan("terms v3.pdf", { version: "4", displayed_at: LATER })],
    [aan("b"), aan("terms v3.pdf", { version: "3" })],
    [aan("b"), aan("terms v3.pdf", { version: "4", displayed_at: LATER })],
    ["terms v3.pdf"],
  ],
  [
    "one file under another type beside the one that is there",
    [aan("a", { type: "terms_of_use" })],
    [aan("a", { version: "1" }), aan("b")],
    [aan("a", { version: "1" }), aan("b"), aan("a", { type: "terms_of_use" })],
    ["a"],
  ],
  [
    "a consent beside the disclosure of the same file",
    [esign("a")],
    [aan("a", { version: "1" })],
    [aan("a", { version: "1" }), esign("a")],
    ["a"],
  ],
  [
    "of one file under two types the one that has changed",
    [aan("a"), esign("a", { version: "2" })],
    [esign("a", { version: "1" }), aan("a")],
    [esign("a", { version: "2" }), aan("a")],
    ["a"],
  ],
  [
    "both, when both have changed",
    [aan("a", { version: "3" }), esign("a", { version: "2" })],
    [esign("a", { version: "1" }), aan("a")],
    [esign("a", { version: "2" }), aan("a", { version: "3" })],
    ["a", "a"],
  ],
  [
    "a third version in the place of the last of two",
    [aan("a", { version: "3" })],
    TWICE,
    [aan("a", { version: "1" }), aan("a", { version: "3" })],
    ["a"],
  ],
  [
    "one that lacked its instant, completed by the row",
    [aan("a")],
    [{ document_id: "a", type: "aan" }],
    [aan("a")],
    ["a"],
  ],
];

/** What the bank has and would not take back. */
const UNSENDABLE: readonly [string, AccountDocument][] = [
  ["a disclosure without displayed_at", { document_id: "x", type: "aan" }],
  ["a disclosure with consented_at only", { document_id: "x", type: "aan", consented_at: AT }],
  ["a consent without consented_at", { document_id: "x", type: "esign_agreement" }],
  ["a consent with displayed_at only", { document_id: "x", type: "esign_agreement", displayed_at: AT }],
  ["a type that is not known", { document_id: "x", type: "paper_slip", displayed_at: AT, consented_at: AT }],
  ["no id", { type: "aan", displayed_at: AT } as AccountDocument],
];

/** With every document that differs sent. */
function diff(desired: readonly AccountDocument[] | undefined, actual: readonly AccountDocument[]) {
  const differences: Difference[] = [];
  const { list, issues } = diffDocuments(desired, actual, (difference) => differences.push(difference) > 0);
  return { list, differences, issues };
}

describe("diffDocuments", () => {
  for (const [what, desired, actual] of EQUAL) {
    it(`finds no difference for ${what}`, () => {
      expect(diff(desired, actual)).to.deep.equal({ list: null, differences: [], issues: [] });
    });
  }

  for (const [what, desired, actual, list, ids] of LISTS) {
    it(`sends ${what}`, () => {
      const made = diff(desired, actual);
      expect(made.list).to.deep.equal(list);
      expect(made.differences.map(({ field }) => field.replace(/ \(\w+\)$/, ""))).to.deep.equal(
        ids.map((id) => `documents.${id}`),
      );
      expect(new Set(made.differences.map(({ field }) => field)), "names").to.have.property("size", ids.length);
      expect(made.issues).to.deep.equal([]);
      expect(diff(desired, made.list ?? []).list, "once more").to.equal(null);
    });
  }

  it("removes all for an empty list, those too that could not be sent back", () => {
    const odd = { document_id: "x", type: "paper_slip" };
    expect(diff([], [aan("a", { version: "1" }), odd])).to.deep.equal({
      list: [],
      differences: [
        { field: "documents.a (aan)", actual: `aan 1 ${AT}`, desired: "" },
        { field: "documents.x (paper_slip)", actual: "paper_slip", desired: "" },
      ],
      issues: [],
    });
  });

  for (const [what, document] of UNSENDABLE) {
    it(`refuses a change beside ${what}`, () => {
      const { issues } = diff([aan("new")], [document]);
      expect(issues.map(({ code, column }) => [code, column])).to.deep.equal([
        ["document_not_resendable", "documents"],
      ]);
    });
  }

  it("names each document that stands in the way", () => {
    const { issues } = diff(
      [aan("c")],
      [
        { document_id: "a", type: "aan" },
        { document_id: "b", type: "x" },
      ],
    );
    expect(issues.map(({ message }) => /document ([ab]) /.exec(message)?.[1])).to.deep.equal(["a", "b"]);
  });

  it("sends back every type that the contract names, with the instant it needs", () => {
    const held = [
      ...CONSENT_DOCUMENT_TYPES.map((type) => esign(type, { type })),
      ...DISCLOSURE_DOCUMENT_TYPES.map((type) => aan(type, { type })),
    ];
    const made = diff([aan("new")], held);
    expect(made).to.deep.include({ list: [...held, aan("new")], issues: [] });
  });

  it("tells both sides of a difference", () => {
    const { differences } = diff([aan("a", { version: "2" }), esign("b")], [aan("a", { version: "1" })]);
    expect(differences).to.deep.equal([
      { field: "documents.a (aan)", actual: `aan 1 ${AT}`, desired: `aan 2 ${AT}` },
      { field: "documents.b (esign_agreement)", actual: "", desired: `esign_agreement ${AT}` },
    ]);
  });
});
