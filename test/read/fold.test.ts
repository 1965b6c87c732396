/**
 * Several rows of one account: when they agree, which cell wins by time, what is superseded, and what contradicts.
 */
import { expect } from "chai";
import fc from "fast-check";
import type { Desired, DesiredRow } from "../../src/read/change.ts";
import { foldRows } from "./fold-rows.ts";

/** Rows 2, 3, … with those values; client_account_id "c1" unless given. */
const rows = (...all: Desired[]): DesiredRow[] =>
  all.map((desired, index) => ({
    kind: "desired",
    source: { row: index + 2, byteOffset: 0, cells: [] },
    key: "client:c1",
    desired: { client_account_id: "c1", ...desired },
  }));

const at = (day: number) => `2026-01-0${day}T00:00:00Z`;

const folds: readonly [string, Desired[], Desired, number[]][] = [
  ["one row, as it is", [{ limit: 1 }], { limit: 1 }, []],
  ["rows that agree, to their union", [{ limit: 1 }, { max_limit: 2, limit: 1 }], { limit: 1, max_limit: 2 }, []],
  ["metadata by key", [{ metadata: { a: "1" } }, { metadata: { b: "2" } }], { metadata: { a: "1", b: "2" } }, []],
  [
    "one instant in two zones",
    [{ aan_delivered_at: at(1) }, { aan_delivered_at: "2026-01-01T01:00:00+01:00" }],
    { aan_delivered_at: at(1) },
    [],
  ],
  [
    "capabilities and ids in another order",
    [
      { capabilities: ["deposit", "credit_with_underwriting"], account_holders: ["entity_1", "entity_2"] },
      { capabilities: ["credit_with_underwriting", "deposit"], account_holders: ["entity_2", "entity_1"] },
    ],
    { capabilities: ["deposit", "credit_with_underwriting"], account_holders: ["entity_1", "entity_2"] },
    [],
  ],
  [
    "documents in another order",
    [
      {
        documents: [
          { document_id: "a", type: "aan", displayed_at: at(1) },
          { document_id: "b", type: "aan", displayed_at: at(2) },
        ],
      },
      {
        documents: [
          { document_id: "b", type: "aan", displayed_at: at(2) },
          { type: "aan", document_id: "a", displayed_at: "2026-01-01T00:00:00.000Z" },
        ],
      },
    ],
    {
      documents: [
        { document_id: "a", type: "aan", displayed_at: at(1) },
        { document_id: "b", type: "aan", displayed_at: at(2) },
      ],
    },
    [],
  ],
  [
    "rows that agree, with the latest effective_at",
    [{ limit: 1, effective_at: at(3) }, { effective_at: at(2) }],
    { limit: 1, effective_at: at(3) },
    [],
  ],
  [
    "active with its reason and without",
    [{ status: "active" }, { status: "active", status_reason: "active" }],
    { status: "active" },
    [],
  ],
  [
    "both ids, found over two rows",
    [{ account_id: "account_1" }, { limit: 1 }],
    { account_id: "account_1", limit: 1 },
    [],
  ],
  [
    "rows of two exports",
    [
      { limit: 1, generated_at: at(2) },
      { limit: 1, generated_at: at(1) },
    ],
    { limit: 1, generated_at: at(2) },
    [],
  ],
  [
    "disagreeing rows by time, not by place",
    [
      { limit: 5, product_name: "new", effective_at: at(2) },
      { limit: 1, max_limit: 9, effective_at: at(1) },
    ],
    { limit: 5, product_name: "new", max_limit: 9, effective_at: at(2) },
    [],
  ],
  [
    "a row of which nothing is left",
    [
      { limit: 1, effective_at: at(1) },
      { limit: 2, effective_at: at(2) },
      { limit: 3, effective_at: at(3) },
    ],
    { limit: 3, effective_at: at(3) },
    [2, 3],
  ],
  [
    "a row whose only other value a later row repeats",
    [
      { limit: 1, product_name: "x", effective_at: at(1) },
      { limit: 2, product_name: "x", effective_at: at(2) },
    ],
    { limit: 2, product_name: "x", effective_at: at(2) },
    [2],
  ],
  [
    "a reason only with its own status",
    [
      { status: "closed", status_reason: "client_closed", effective_at: at(1) },
      { status: "active", effective_at: at(2) },
    ],
    { status: "active", effective_at: at(2) },
    [2],
  ],
  [
    "one metadata key by time, the others kept",
    [
      { metadata: { a: "1", b: "1" }, effective_at: at(1) },
      { metadata: { a: "2" }, effective_at: at(2) },
    ],
    { metadata: { a: "2", b: "1" }, effective_at: at(2) },
    [],
  ],
  [
    "an emptied list over a full one",
    [
      { authorized_users: ["entity_1"], effective_at: at(1) },
      { authorized_users: [], effective_at: at(2) },
    ],
    { authorized_users: [], effective_at: at(2) },
    [2],
  ],
  [
    "a row that gives only its key, without superseding it",
    [{ limit: 1, effective_at: at(1) }, { limit: 2, effective_at: at(2) }, { effective_at: at(3) }],
    { limit: 2, effective_at: at(3) },
    [2],
  ],
];

const contradictions: readonly [string, Desired[], string, string][] = [
  ["without effective_at", [{ limit: 1 }, { limit: 2 }], "contradiction", "limit"],
  ["with one effective_at missing", [{ limit: 1, effective_at: at(1) }, { limit: 2 }], "contradiction", "limit"],
  [
    "with one effective_at twice",
    [
      { limit: 1, effective_at: at(1) },
      { limit: 2, effective_at: "2026-01-01T01:00:00+01:00" },
    ],
    "effective_at_repeated",
    "effective_at",
  ],
  [
    "in account_id, whatever the time",
    [
      { account_id: "account_1", limit: 1, effective_at: at(1) },
      { account_id: "account_2", limit: 2, effective_at: at(2) },
    ],
    "contradiction",
    "account_id",
  ],
  [
    "in client_account_id",
    [
      { client_account_id: "x", effective_at: at(1) },
      { client_account_id: "y", effective_at: at(2) },
    ],
    "contradiction",
    "client_account_id",
  ],
  ["in one metadata key", [{ metadata: { a: "1" } }, { metadata: { a: "2" } }], "contradiction", "metadata.a"],
  [
    "in the reason",
    [
      { status: "inactive", status_reason: "frozen" },
      { status: "inactive", status_reason: "dormant" },
    ],
    "contradiction",
    "status",
  ],
  [
    "in a document's date",
    [
      { documents: [{ document_id: "a", type: "aan", displayed_at: at(1) }] },
      { documents: [{ document_id: "a", type: "aan", displayed_at: at(2) }] },
    ],
    "contradiction",
    "documents",
  ],
  [
    "in an emptied list",
    [{ authorized_users: [] }, { authorized_users: ["entity_1"] }],
    "contradiction",
    "authorized_users",
  ],
];

describe("Fold", () => {
  for (const [what, given, expected, superseded] of folds) {
    it(`folds ${what}`, () => {
      const desired = { client_account_id: "c1", ...expected };
      expect(foldRows(rows(...given))).to.deep.equal({ kind: "change", desired, superseded });
    });
  }

  for (const [what, given, code, column] of contradictions) {
    it(`finds a contradiction ${what}`, () => {
      const folded = foldRows(rows(...given));
      expect(folded.kind).to.equal("contradiction");
      expect(folded.kind === "contradiction" && folded.issue).to.include({ code, column });
      expect(folded.kind === "contradiction" && folded.issue.message).to.contain("rows 2, 3 ");
    });
  }

  it("names a few of many rows", () => {
    const folded = foldRows(rows(...Array.from({ length: 8 }, (_, limit) => ({ limit }))));
    expect(folded.kind === "contradiction" && folded.issue.message).to.contain("rows 2, 3, 4, 5, 6 and 3 more are");
  });

  it("leaves its rows as they were", () => {
    const given = rows({ metadata: { a: "1" }, effective_at: at(1) }, { metadata: { a: "2" }, effective_at: at(2) });
    const before = structuredClone(given);
    foldRows(given);
    expect(given).to.deep.equal(before);
  });

  it("does not depend on the order of rows that have distinct times", () => {
    const cell = fc.option(fc.constantFrom(1, 2, 3), { nil: undefined });
    const desired = fc.record({ limit: cell, max_limit: cell, available_credit: cell });
    fc.assert(
      fc.property(fc.array(desired, { minLength: 2, maxLength: 6 }), fc.infiniteStream(fc.nat()), (all, random) => {
        const given = rows(
          ...all.map((values, index) => ({
            ...(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Desired),
            effective_at: at(index + 1),
          })),
        );
        const shuffled = given
          .map((row) => ({ row, place: random.next().value ?? 0 }))
          .sort((one, other) => one.place - other.place)
          .map(({ row }) => row);
        expect(foldRows(shuffled)).to.deep.equal(foldRows(given));
      }),
    );
  });
});
