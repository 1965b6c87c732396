/**
 * Desired fields against an account: the exact body of the patch, what counts as equal, and which differences no patch
 * can close.
 */
import { expect } from "chai";
import type { Account, Capability, Credit } from "../../../src/account.ts";
import { diffFields } from "../../../src/plan/diff/diff-fields.ts";
import type { Desired } from "../../../src/read/change.ts";
import { accountWith, NOTICE, NOTICE_COLUMNS, REPORT } from "../builders.ts";

const CREDIT: Credit = {
  is_secured: false,
  is_mla: false,
  underwriting_grade: "A",
  currency: "USD",
  available_credit: 0,
  limit: 100,
  max_limit: 500,
};
const REPORT_COLUMNS: Desired = {
  credit_score: REPORT.score,
  credit_pulled_at: REPORT.pulled_at,
  credit_report_source: REPORT.source,
};
/** The one moment of NOTICE and REPORT, in another zone. */
const SAME_AT = "2026-01-31T03:30:00.000-06:00";
const UNDERWRITTEN: readonly Capability[] = ["deposit", "credit_with_underwriting"];

const withCredit = (credit: Credit = {}, over: Partial<Account> = {}) =>
  accountWith({ details: { product_name: "A", credit: { ...CREDIT, ...credit } }, ...over });
const withNotice = accountWith({ details: { product_name: "A", adverse_action_notice: NOTICE } });
const onlyId: Account = { id: "account_1" };

const EQUAL: readonly [string, Desired, Account][] = [
  ["no column at all", {}, accountWith()],
  [
    "the same values",
    { product_name: "A", application_id: "application_1" },
    accountWith({ application_id: "application_1" }),
  ],
  [
    "capabilities in another order",
    { capabilities: ["credit_without_underwriting", "deposit"] },
    accountWith({ capabilities: ["deposit", "credit_without_underwriting"] }),
  ],
  ["zero and false", { available_credit: 0, is_secured: false, is_mla: false }, withCredit()],
  [
    "a report of the same moment in another zone",
    { ...REPORT_COLUMNS, credit_pulled_at: SAME_AT },
    withCredit({ report: REPORT }),
  ],
  ["a notice of the same moment in another zone", { ...NOTICE_COLUMNS, aan_delivered_at: SAME_AT }, withNotice],
  [
    "one end of the SCRA's two",
    { scra_end_date: "2026-06-30" },
    withCredit({ scra: { start_date: "2026-01-01", end_date: "2026-06-30" } }),
  ],
  [
    "some keys of the metadata",
    { metadata: { branch: "7" } },
    accountWith({ metadata: { branch: "7", region: "north" } }),
  ],
  ["empty metadata", { metadata: {} }, accountWith({ metadata: { region: "north" } })],
  [
    "what is not managed",
    {
      account_id: "account_1",
      effective_at: SAME_AT,
      created_at: SAME_AT,
      closed_at: SAME_AT,
      generated_at: SAME_AT,
      correction: true,
    },
    onlyId,
  ],
  [
    "status and lists, which have calls of their own",
    { status: "closed", status_reason: "paid_off", account_holders: ["entity_9"] },
    accountWith(),
  ],
  [
    "the capability with underwriting, without an application, where the bank has it so",
    { capabilities: UNDERWRITTEN },
    accountWith({ capabilities: UNDERWRITTEN }),
  ],
];

const BODIES: readonly [string, Desired, Account, Readonly<Record<string, unknown>>][] = [
  ["one field", { product_name: "B" }, accountWith(), { details: { product_name: "B" } }],
  [
    "an application",
    { application_id: "application_2" },
    accountWith({ application_id: "application_1" }),
    { application_id: "application_2" },
  ],
  [
    "the whole list of capabilities",
    { capabilities: ["deposit", "credit_without_underwriting"] },
    accountWith(),
    { capabilities: ["deposit", "credit_without_underwriting"] },
  ],
  [
    "credit members that differ, alone",
    { limit: 200, max_limit: 500, is_mla: true },
    withCredit(),
    { details: { credit: { is_mla: true, limit: 200 } } },
  ],
  [
    "zero and false over other values",
    { limit: 0, is_secured: false },
    withCredit({ is_secured: true }),
    { details: { credit: { is_secured: false, limit: 0 } } },
  ],
  ["credit to an account without any", { limit: 200 }, accountWith(), { details: { credit: { limit: 200 } } }],
  [
    "a whole report when its score differs",
    { ...REPORT_COLUMNS, credit_score: 701 },
    withCredit({ report: REPORT }),
    { details: { credit: { report: { ...REPORT, score: 701 } } } },
  ],
  [
    "a whole report when its moment differs",
    { ...REPORT_COLUMNS, credit_pulled_at: "2026-01-31T09:30:01Z" },
    withCredit({ report: REPORT }),
    { details: { credit: { report: { ...REPORT, pulled_at: "2026-01-31T09:30:01Z" } } } },
  ],
  [
    "a whole report over half of one",
    REPORT_COLUMNS,
    withCredit({ report: { score: 700 } }),
    { details: { credit: { report: REPORT } } },
  ],
  [
    "a whole notice when its reason differs",
    { ...NOTICE_COLUMNS, aan_reason: "moved" },
    withNotice,
    { details: { adverse_action_notice: { ...NOTICE, reason: "moved" } } },
  ],
  ["a first notice", NOTICE_COLUMNS, accountWith(), { details: { adverse_action_notice: NOTICE } }],
  [
    "the bank's SCRA start beside a new end",
    { scra_end_date: "2026-06-30" },
    withCredit({ scra: { start_date: "2026-01-01" } }),
    { details: { credit: { scra: { start_date: "2026-01-01", end_date: "2026-06-30" } } } },
  ],
  [
    "the bank's SCRA end beside a new start",
    { scra_start_date: "2026-02-01" },
    withCredit({ scra: { start_date: "2026-01-01", end_date: "2026-06-30" } }),
    { details: { credit: { scra: { start_date: "2026-02-01", end_date: "2026-06-30" } } } },
  ],
  [
    "the whole metadata, the bank's keys kept",
    { metadata: { branch: "8", desk: "3" } },
    accountWith({ metadata: { region: "north", branch: "7" } }),
    { metadata: { region: "north", branch: "8", desk: "3" } },
  ],
  [
    "metadata that only looks as if it were there",
    { metadata: { constructor: "x" } },
    accountWith(),
    { metadata: { constructor: "x" } },
  ],
  [
    "documents, the bank's kept",
    { documents: [{ document_id: "b", type: "aan", displayed_at: SAME_AT }] },
    accountWith({ documents: [{ document_id: "a", type: "aan", displayed_at: SAME_AT }] }),
    {
      documents: [
        { document_id: "a", type: "aan", displayed_at: SAME_AT },
        { document_id: "b", type: "aan", displayed_at: SAME_AT },
      ],
    },
  ],
  [
    "everything to an account of which only the id is known",
    { product_name: "A", capabilities: ["deposit"], metadata: { a: "1" } },
    onlyId,
    { capabilities: ["deposit"], metadata: { a: "1" }, details: { product_name: "A" } },
  ],
  [
    "underwriting with the row's application and the bank's credit",
    { capabilities: UNDERWRITTEN, application_id: "application_1" },
    withCredit(),
    { capabilities: UNDERWRITTEN, application_id: "application_1" },
  ],
  [
    "underwriting with the bank's application and the row's credit",
    { capabilities: UNDERWRITTEN, limit: 5 },
    accountWith({ application_id: "application_1" }),
    { capabilities: UNDERWRITTEN, details: { credit: { limit: 5 } } },
  ],
];

const REFUSED: readonly [string, Desired, Account, readonly string[]][] = [
  [
    "a list without a capability of the bank's",
    { capabilities: ["credit_without_underwriting"] },
    accountWith(),
    ["capability_removal"],
  ],
  ["an SCRA end without a start on either side", { scra_end_date: "2026-06-30" }, withCredit(), ["scra_start_missing"]],
  ["an SCRA end for an account without credit", { scra_end_date: "2026-06-30" }, accountWith(), ["scra_start_missing"]],
  [
    "underwriting without an application on either side",
    { capabilities: UNDERWRITTEN },
    withCredit(),
    ["application_missing"],
  ],
  [
    "underwriting without credit on either side",
    { capabilities: UNDERWRITTEN, application_id: "application_1" },
    accountWith(),
    ["credit_missing"],
  ],
  [
    "underwriting with neither",
    { capabilities: UNDERWRITTEN },
    accountWith(),
    ["application_missing", "credit_missing"],
  ],
  [
    "a document beside one that cannot go back",
    { documents: [{ document_id: "b", type: "aan", displayed_at: SAME_AT }] },
    accountWith({ documents: [{ document_id: "a", type: "aan" }] }),
    ["document_not_resendable"],
  ],
  [
    "several of them at once",
    { capabilities: ["credit_without_underwriting"], scra_end_date: "2026-06-30" },
    accountWith(),
    ["capability_removal", "scra_start_missing"],
  ],
];

describe("diffFields", () => {
  for (const [what, desired, account] of EQUAL) {
    it(`sends nothing for ${what}`, () => {
      expect(diffFields(desired, account)).to.deep.equal({
        body: null,
        differences: [],
        issues: [],
        recalled: [],
        unequal: [],
      });
    });
  }

  for (const [what, desired, account, body] of BODIES) {
    it(`sends ${what}`, () => {
      const diff = diffFields(desired, account);
      expect(diff.body).to.deep.equal(body);
      expect(diff.issues).to.deep.equal([]);
      expect(diff.differences).to.not.deep.equal([]);
    });
  }

  for (const [what, desired, account, codes] of REFUSED) {
    it(`refuses ${what}`, () => {
      expect(diffFields(desired, account).issues.map(({ code }) => code)).to.deep.equal(codes);
    });
  }

  // A key of this name would vanish into an object's prototype wherever it is assigned instead of defined.
  it("keeps a metadata key named __proto__ on both sides", () => {
    const both = diffFields({ metadata: JSON.parse('{"__proto__":"x"}') }, accountWith({ metadata: { a: "1" } }));
    expect(JSON.stringify(both.body)).to.equal('{"metadata":{"a":"1","__proto__":"x"}}');
    const kept = diffFields(
      { metadata: { a: "2" } },
      accountWith({ metadata: JSON.parse('{"__proto__":"x","a":"1"}') }),
    );
    expect(JSON.stringify(kept.body)).to.equal('{"metadata":{"__proto__":"x","a":"2"}}');
  });

  it("tells both sides of each column that differs, and of no other", () => {
    const desired: Desired = {
      ...REPORT_COLUMNS,
      credit_score: 701,
      limit: 0,
      max_limit: 500,
      capabilities: ["deposit", "credit_without_underwriting"],
      metadata: { branch: "8", region: "north" },
    };
    const account = withCredit({ report: REPORT }, { metadata: { branch: "7", region: "north" } });
    expect(diffFields(desired, account).differences).to.deep.equal([
      { field: "capabilities", actual: "deposit", desired: "deposit;credit_without_underwriting" },
      { field: "limit", actual: "100", desired: "0" },
      { field: "credit_score", actual: "700", desired: "701" },
      { field: "metadata.branch", actual: "7", desired: "8" },
    ]);
  });
});
