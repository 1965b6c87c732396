/**
 * What a plan says beside its operations: who the account is, what is only noted, and all issues of a row at once; and
 * the body of a create.
 */
import { expect } from "chai";
import type { Account } from "../../src/account.ts";
import type { Plan } from "../../src/plan/operation.ts";
import { planChange } from "../../src/plan/plan-change.ts";
import type { Desired } from "../../src/read/change.ts";
import { accountWith, NEW, NOTICE, NOTICE_COLUMNS, plan, relationshipsWith, wordsOf } from "./builders.ts";

const { client_account_id: _, ...unnamed } = accountWith();
const { entities: __, ...untyped } = accountWith();

const notesOf = (made: Plan) => ("notes" in made ? made.notes.map(({ code }) => code) : []);
const bodyOf = (made: Plan): unknown => JSON.parse((made.kind === "operations" && made.operations[0]?.body) || "null");

const IDENTITIES: readonly [string, Desired, Account, string, readonly string[]][] = [
  ["the same id", { client_account_id: "c1" }, accountWith(), "unchanged", []],
  ["another id", { client_account_id: "c2" }, accountWith(), "refused: client_account_id_differs", []],
  [
    "another id with data",
    { client_account_id: "c2", product_name: "B" },
    accountWith(),
    "refused: client_account_id_differs",
    [],
  ],
  ["an id that the bank lacks", { client_account_id: "c1" }, unnamed, "unchanged", ["client_account_id_absent"]],
  [
    "an id that the bank lacks, with data",
    { client_account_id: "c1", product_name: "B" },
    unnamed,
    "patch",
    ["client_account_id_absent"],
  ],
  ["the same holder type", { account_holder_type: "consumer" }, accountWith(), "unchanged", []],
  ["another holder type", { account_holder_type: "commercial" }, accountWith(), "refused: holder_type_differs", []],
  ["a holder type that the bank does not say", { account_holder_type: "commercial" }, untyped, "unchanged", []],
];

describe("planChange", () => {
  for (const [what, desired, account, words, notes] of IDENTITIES) {
    it(`${what}: ${words}`, () => {
      const made = plan(desired, account);
      expect(wordsOf(made)).to.equal(words);
      expect(notesOf(made)).to.deep.equal(notes);
    });
  }

  it("gives all issues of a row at once, and tells all differences", () => {
    const desired: Desired = {
      client_account_id: "c2",
      account_holder_type: "commercial",
      capabilities: ["credit_without_underwriting"],
      scra_end_date: "2026-06-30",
      account_holders: [],
      status: "closed",
      status_reason: "client_closed",
    };
    const made = plan(desired, accountWith());
    expect(wordsOf(made).split(": ")[1]?.split(", ")).to.have.members([
      "holder_type_differs",
      "client_account_id_differs",
      "capability_removal",
      "scra_start_missing",
      "last_holder",
      "notice_missing",
    ]);
    expect("differences" in made && made.differences.map(({ field }) => field)).to.include.members([
      "capabilities",
      "scra_end_date",
      "account_holders",
      "status",
    ]);
  });

  it("leaves a missing value of an account that exists alone, whatever the job's defaults", () => {
    const settings = {
      removeRelationships: true,
      defaults: { capabilities: ["credit_without_underwriting"], currency: "EUR" },
    } as const;
    const made = planChange({ limit: 5 }, { account: accountWith(), relationships: null }, settings);
    expect(bodyOf(made)).to.deep.equal({ details: { credit: { limit: 5 } } });
  });
});

const CREDIT_COLUMNS: Desired = {
  is_secured: false,
  is_mla: false,
  underwriting_grade: "A",
  available_credit: 0,
  limit: 100,
  max_limit: 500,
};

describe("planChange, for a new account", () => {
  it("sends the least that a new account needs", () => {
    const made = plan(NEW, null);
    expect(wordsOf(made)).to.equal("create");
    expect(bodyOf(made)).to.deep.equal({
      client_account_id: "c1",
      capabilities: ["deposit"],
      entities: { account_holders: ["entity_1"] },
      details: { product_name: "A" },
      documents: [],
    });
  });

  it("sends everything that a row gives, and nothing of what is not managed", () => {
    const at = NOTICE.delivered_at;
    const documents = [{ document_id: "d1", type: "aan", displayed_at: at }];
    const made = plan(
      {
        ...NEW,
        ...CREDIT_COLUMNS,
        ...NOTICE_COLUMNS,
        application_id: "application_1",
        currency: "USD",
        scra_start_date: "2026-01-01",
        credit_score: 700,
        credit_pulled_at: at,
        credit_report_source: "equifax",
        authorized_signers: ["entity_2"],
        authorized_users: [],
        documents,
        metadata: { branch: "7" },
        status: "active",
        status_reason: "active",
        correction: true,
        account_holder_type: "consumer",
        effective_at: at,
        created_at: at,
        closed_at: at,
        generated_at: at,
      },
      null,
    );
    expect(bodyOf(made)).to.deep.equal({
      application_id: "application_1",
      client_account_id: "c1",
      capabilities: ["deposit"],
      entities: { account_holders: ["entity_1"], authorized_signers: ["entity_2"], authorized_users: [] },
      details: {
        product_name: "A",
        credit: {
          ...CREDIT_COLUMNS,
          currency: "USD",
          scra: { start_date: "2026-01-01" },
          report: { score: 700, pulled_at: at, source: "equifax" },
        },
        adverse_action_notice: NOTICE,
      },
      metadata: { branch: "7" },
      documents,
    });
  });

  it("takes capabilities and currency from the job where the row has none, and the row's own first", () => {
    const settings = { removeRelationships: false, defaults: { capabilities: ["deposit"], currency: "EUR" } } as const;
    const { capabilities, ...bare } = NEW;
    const made = planChange({ ...bare, ...CREDIT_COLUMNS }, null, settings);
    expect(bodyOf(made)).to.deep.include({ capabilities: ["deposit"] });
    expect(bodyOf(made)).to.have.nested.property("details.credit.currency", "EUR");
    const own = planChange(
      { ...NEW, ...CREDIT_COLUMNS, capabilities: ["credit_without_underwriting"], currency: "USD" },
      null,
      settings,
    );
    expect(bodyOf(own)).to.deep.include({ capabilities: ["credit_without_underwriting"] });
    expect(bodyOf(own)).to.have.nested.property("details.credit.currency", "USD");
    const plain = planChange(bare, null, settings);
    expect(bodyOf(plain), "a default makes no credit").to.have.deep.property("details", { product_name: "A" });
  });

  const MISSING: readonly [string, Desired, readonly string[]][] = [
    ["nothing but its id", { client_account_id: "c1" }, ["capabilities", "account_holders", "product_name"]],
    ["an empty list of holders", { ...NEW, account_holders: [] }, ["account_holders"]],
    [
      "a limit and no other credit",
      { ...NEW, limit: 1 },
      ["is_secured", "is_mla", "underwriting_grade", "currency", "available_credit", "max_limit"],
    ],
    ["credit without a currency", { ...NEW, ...CREDIT_COLUMNS }, ["currency"]],
    [
      "underwriting without an application",
      { ...NEW, ...CREDIT_COLUMNS, currency: "USD", capabilities: ["credit_with_underwriting"] },
      ["application_id"],
    ],
  ];
  for (const [what, row, columns] of MISSING) {
    it(`is invalid with ${what}, and names each column`, () => {
      const made = plan(row, null, relationshipsWith());
      expect(wordsOf(made)).to.equal("invalid: create_field_missing");
      expect("issues" in made && made.issues.map(({ column }) => column)).to.have.members([...columns]);
    });
  }

  it("needs an SCRA start with an end, and underwriting all of its credit", () => {
    const credit: Desired = { ...NEW, ...CREDIT_COLUMNS, currency: "USD" };
    expect(wordsOf(plan({ ...credit, scra_end_date: "2026-06-30" }, null))).to.equal("invalid: scra_start_missing");
    const bare: Desired = { ...NEW, capabilities: ["credit_with_underwriting"], application_id: "application_1" };
    const made = plan(bare, null);
    expect("issues" in made && made.issues).to.have.length(7);
  });
});
