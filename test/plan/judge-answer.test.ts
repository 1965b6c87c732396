/**
 * What an answer says of what was sent: differences of form, other differences, and silence.
 */
import { expect } from "chai";
import type { Account } from "../../src/account.ts";
import type { Kept } from "../../src/plan/diff/kept.ts";
import { judgeAnswer } from "../../src/plan/judge-answer.ts";
import { planChange } from "../../src/plan/plan-change.ts";
import type { Desired } from "../../src/read/change.ts";

const AT = "2026-01-02T03:04:05.678Z";
const WHOLE_AT = "2026-01-02T03:04:05Z";
const BEFORE: Account = {
  id: "account_1",
  status: "active",
  capabilities: ["deposit"],
  details: { product_name: "Old", credit: { limit: 1, max_limit: 9 } },
  metadata: { branch: "12" },
  documents: [{ document_id: "d0", type: "aan", displayed_at: WHOLE_AT }],
};
const NOTICE: Desired = { aan_delivered_at: AT, aan_reason: "late", aan_delivery_method: "email" };
const DOCUMENT = { document_id: "d1", type: "aan", displayed_at: AT };

/** What is planned for the row, and its PATCH answered with `answer`: field and whether it differs in form alone. */
function judge(desired: Desired, answer: Account, memory: readonly Kept[] = []) {
  const plan = planChange(
    desired,
    { account: BEFORE, relationships: null },
    { removeRelationships: false, defaults: {} },
  );
  const [operation] = plan.kind === "operations" ? plan.operations : [];
  if (operation === undefined) throw new Error("nothing is planned");
  return judgeAnswer(operation, desired, answer, memory);
}

const cases: readonly [string, Desired, Partial<Account>, readonly [string, boolean][]][] = [
  ["what it was sent", { limit: 2 }, { details: { credit: { limit: 2 } } }, []],
  ["nothing but the id", { limit: 2, product_name: "New", metadata: { a: "1" }, ...NOTICE }, {}, []],
  ["details without credit", { limit: 2 }, { details: {} }, []],
  ["credit without the member", { limit: 2 }, { details: { credit: {} } }, []],
  ["a notice without its reason", NOTICE, { details: { adverse_action_notice: { delivery_method: "email" } } }, []],
  ["another amount", { limit: 2 }, { details: { credit: { limit: 3 } } }, [["limit", false]]],
  ["a product in capitals", { product_name: "New" }, { details: { product_name: "NEW" } }, [["product_name", true]]],
  ["another product", { product_name: "New" }, { details: { product_name: "Newer" } }, [["product_name", false]]],
  [
    "an instant without its fraction",
    NOTICE,
    { details: { adverse_action_notice: { delivered_at: WHOLE_AT, reason: "late", delivery_method: "email" } } },
    [["aan_delivered_at", true]],
  ],
  ["a metadata value trimmed", { metadata: { a: " x" } }, { metadata: { a: "x" } }, [["metadata.a", true]]],
  ["metadata without the key", { metadata: { a: "x" } }, { metadata: { branch: "12" } }, [["metadata.a", false]]],
  [
    "a document without its fraction",
    { documents: [DOCUMENT] },
    { documents: [{ ...DOCUMENT, displayed_at: WHOLE_AT }] },
    [["documents.d1 (aan)", true]],
  ],
  ["documents without the one", { documents: [DOCUMENT] }, { documents: [] }, [["documents.d1 (aan)", false]]],
  [
    "a document of another type",
    { documents: [DOCUMENT] },
    { documents: [{ ...DOCUMENT, type: "x" }] },
    [["documents.d1 (aan)", false]],
  ],
  ["no document left", { documents: [] }, { documents: [] }, []],
  [
    "a document that was to go",
    { documents: [] },
    { documents: BEFORE.documents ?? [] },
    [["documents.d0 (aan)", false]],
  ],
  [
    "two documents of one id, one without its fraction",
    { documents: [DOCUMENT, { ...DOCUMENT, type: "terms_of_use" }] },
    { documents: [DOCUMENT, { ...DOCUMENT, type: "terms_of_use", displayed_at: WHOLE_AT }] },
    [["documents.d1 (terms_of_use)", true]],
  ],
  [
    "a list that lacks one",
    { capabilities: ["deposit", "credit_without_underwriting"] },
    { capabilities: ["deposit"] },
    [["capabilities", false]],
  ],
  [
    "a value that somebody else has changed meanwhile, and that was not sent",
    { limit: 2, max_limit: 9, product_name: "Old" },
    { details: { product_name: "Theirs", credit: { limit: 2, max_limit: 7 } } },
    [],
  ],
];

describe("judgeAnswer", () => {
  for (const [what, desired, answer, expected] of cases) {
    it(`judges an answer with ${what}`, () => {
      const { remember, issue } = judge(desired, { id: "account_1", ...answer });
      expect(remember.map(({ field, isForm }) => [field, isForm])).to.deep.equal(expected);
      const isDifferent = expected.some(([, isForm]) => !isForm);
      const code = expected.length === 0 ? undefined : isDifferent ? "bank_kept_different" : "bank_keeps_other";
      expect(issue?.code).to.equal(code);
    });
  }

  it("forgets what was remembered of a value that the bank has now taken, and nothing else", () => {
    const memory = ["limit", "max_limit", "product_name"].map((field) => ({
      field,
      wanted: field === "limit" ? "2" : "9",
      held: "1",
      isForm: false,
    }));
    expect(judge({ limit: 2 }, { id: "account_1", details: { credit: { limit: 2 } } }, memory).forget).to.deep.equal([
      "limit",
    ]);
  });

  it("forgets of two documents with one id the one that the bank has taken", () => {
    const other = { ...DOCUMENT, type: "terms_of_use" };
    const memory = ["aan", "terms_of_use"].map((type) => ({
      field: `documents.d1 (${type})`,
      wanted: `${type} ${AT}`,
      held: `${type} ${WHOLE_AT}`,
      isForm: true,
    }));
    const answer = { id: "account_1", documents: [DOCUMENT, { ...other, displayed_at: WHOLE_AT }] };
    const judged = judge({ documents: [DOCUMENT, other] }, answer, memory);
    expect(judged.forget).to.deep.equal(["documents.d1 (aan)"]);
  });

  it("remembers a status that a transition did not bring about, and takes none for silence", () => {
    const close = { kind: "close", body: '{"status_reason":"paid_off"}' } as const;
    const of = (status?: Account["status"]) =>
      judgeAnswer(close, { status: "closed" }, { id: "account_1", ...(status && { status }) }, []).remember;
    expect([of(), of("closed")]).to.deep.equal([[], []]);
    expect(of("inactive")).to.deep.equal([{ field: "status", wanted: "closed", held: "inactive", isForm: false }]);
  });
});
