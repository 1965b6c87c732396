/**
 * The bank model itself: it takes what the contract allows and merges it as the contract says, and refuses everything
 * else. A model that took everything would prove nothing of the planner.
 */
import { expect } from "chai";
import type { Account, Relationships } from "../../src/account.ts";
import type { OperationKind } from "../../src/plan/operation.ts";
import { applyOperation, type BankModel, EMPTY_BANK } from "./bank-model.ts";
import { accountWith, entities, NOTICE, REPORT, relationshipsWith } from "./builders.ts";
import { RefusedByBank } from "./model-fields.ts";

const CREDIT = {
  is_secured: false,
  is_mla: false,
  underwriting_grade: "A",
  currency: "USD",
  available_credit: 0,
  limit: 100,
  max_limit: 500,
} as const;
const CREATE = {
  capabilities: ["deposit"],
  entities: { account_holders: ["entity_1"] },
  details: { product_name: "A" },
  documents: [],
};
const UNDERWRITTEN = ["deposit", "credit_with_underwriting"] as const;

const bank = (over: Partial<Account> = {}, relationships: Partial<Relationships> = {}): BankModel => ({
  account: accountWith(over),
  relationships: relationshipsWith(relationships),
});
const apply = (model: BankModel, kind: OperationKind, body: unknown) =>
  applyOperation(model, { kind, body: body === undefined ? "" : JSON.stringify(body) });
const without = (object: object, name: string) =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));

const open = bank();
const shut = bank({ status: "closed", status_reason: "paid_off" });
const idle = bank({ status: "inactive", status_reason: "frozen" });
const commercial = bank({}, { account_holder: ["entity_b1"], authorized_signer: ["entity_1"] });
const full = bank({}, { authorized_user: entities(1, 20) });

const REFUSED: readonly [string, BankModel, OperationKind, unknown][] = [
  ["a create without documents", EMPTY_BANK, "create", without(CREATE, "documents")],
  ["a create without capabilities", EMPTY_BANK, "create", { ...CREATE, capabilities: [] }],
  ["a create without holders", EMPTY_BANK, "create", { ...CREATE, entities: { account_holders: [] } }],
  ["a create without a product", EMPTY_BANK, "create", { ...CREATE, details: {} }],
  ["a create with a status", EMPTY_BANK, "create", { ...CREATE, status: "active" }],
  [
    "a create with a holder type",
    EMPTY_BANK,
    "create",
    { ...CREATE, entities: { ...CREATE.entities, account_holder_type: "consumer" } },
  ],
  [
    "a create with 21 users",
    EMPTY_BANK,
    "create",
    { ...CREATE, entities: { ...CREATE.entities, authorized_users: entities(1, 21) } },
  ],
  [
    "a create with holders of two kinds",
    EMPTY_BANK,
    "create",
    { ...CREATE, entities: { account_holders: ["entity_1", "entity_b1"] } },
  ],
  [
    "a commercial create without a signer",
    EMPTY_BANK,
    "create",
    { ...CREATE, entities: { account_holders: ["entity_b1"] } },
  ],
  ...Object.keys(CREDIT).map((name): [string, BankModel, OperationKind, unknown] => [
    `a create with credit without ${name}`,
    EMPTY_BANK,
    "create",
    { ...CREATE, details: { product_name: "A", credit: without(CREDIT, name) } },
  ]),
  [
    "an underwritten create without an application",
    EMPTY_BANK,
    "create",
    { ...CREATE, capabilities: UNDERWRITTEN, details: { product_name: "A", credit: CREDIT } },
  ],
  [
    "an underwritten create without credit",
    EMPTY_BANK,
    "create",
    { ...CREATE, capabilities: UNDERWRITTEN, application_id: "application_1" },
  ],
  ["a second create", open, "create", CREATE],
  ["a patch of nothing that is there", EMPTY_BANK, "patch", { details: { product_name: "B" } }],
  ["a patch of a closed account", shut, "patch", { details: { product_name: "B" } }],
  ["a patch of the status", open, "patch", { status: "closed" }],
  ["a patch of closed_at", open, "patch", { details: { closed_at: NOTICE.delivered_at } }],
  ["a patch without a capability that is held", open, "patch", { capabilities: ["credit_without_underwriting"] }],
  ["a part of a report", open, "patch", { details: { credit: { report: without(REPORT, "source") } } }],
  ["a part of a notice", open, "patch", { details: { adverse_action_notice: without(NOTICE, "reason") } }],
  ["an SCRA end without a start", open, "patch", { details: { credit: { scra: { end_date: "2026-06-30" } } } }],
  ["an unknown member of credit", open, "patch", { details: { credit: { apr: 3 } } }],
  ["an amount that is not whole", open, "patch", { details: { credit: { limit: 1.5 } } }],
  ["a score out of range", open, "patch", { details: { credit: { report: { ...REPORT, score: 299 } } } }],
  [
    "an instant without a zone",
    open,
    "patch",
    { details: { credit: { report: { ...REPORT, pulled_at: "2026-01-31T09:30:00" } } } },
  ],
  ["a disclosure without displayed_at", open, "patch", { documents: [{ document_id: "a", type: "aan" }] }],
  [
    "a consent with displayed_at",
    open,
    "patch",
    { documents: [{ document_id: "a", type: "esign_agreement", displayed_at: NOTICE.delivered_at }] },
  ],
  ["a document of an unknown type", open, "patch", { documents: [{ document_id: "a", type: "paper_slip" }] }],
  ["metadata that is not text", open, "patch", { metadata: { a: 1 } }],
  [
    "underwriting without an application",
    bank({ details: { credit: CREDIT } }),
    "patch",
    { capabilities: UNDERWRITTEN },
  ],
  ["underwriting without credit", bank({ application_id: "application_1" }), "patch", { capabilities: UNDERWRITTEN }],
  ["activating an active account", open, "activate", undefined],
  ["activating with a body", idle, "activate", {}],
  ["deactivating an inactive account", idle, "deactivate", { status_reason: "frozen" }],
  ["deactivating a closed account", shut, "deactivate", { status_reason: "frozen" }],
  ["deactivating with a reason to close", open, "deactivate", { status_reason: "paid_off" }],
  ["closing a closed account", shut, "close", { status_reason: "paid_off" }],
  ["closing without a reason", open, "close", {}],
  ["client_closed without a notice", open, "close", { status_reason: "client_closed" }],
  ["a 21st user", full, "add_relationships", { relationship_type: "authorized_user", entity_ids: ["entity_99"] }],
  ["no entities to add", open, "add_relationships", { relationship_type: "authorized_user", entity_ids: [] }],
  [
    "a relationship that is not known",
    open,
    "add_relationships",
    { relationship_type: "owner", entity_ids: ["entity_2"] },
  ],
  [
    "a relationship of a closed account",
    shut,
    "add_relationships",
    { relationship_type: "authorized_user", entity_ids: ["entity_2"] },
  ],
  [
    "a business beside an individual",
    open,
    "add_relationships",
    { relationship_type: "account_holder", entity_ids: ["entity_b1"] },
  ],
  [
    "removing the last holder",
    open,
    "remove_relationship",
    { relationship_type: "account_holder", entity_id: "entity_1" },
  ],
  [
    "removing the last signer of a commercial account",
    commercial,
    "remove_relationship",
    { relationship_type: "authorized_signer", entity_id: "entity_1" },
  ],
  [
    "removing what is not there",
    open,
    "remove_relationship",
    { relationship_type: "authorized_user", entity_id: "entity_2" },
  ],
];

describe("the bank model", () => {
  for (const [what, model, kind, body] of REFUSED) {
    it(`refuses ${what}`, () => expect(() => apply(model, kind, body)).to.throw(RefusedByBank));
  }

  it("creates an active account of its holders' type", () => {
    const { account } = apply(EMPTY_BANK, "create", {
      ...CREATE,
      client_account_id: "c1",
      details: { product_name: "A", credit: CREDIT },
    });
    expect(account).to.deep.include({ status: "active", status_reason: "active", client_account_id: "c1" });
    expect(account?.entities).to.deep.equal({ account_holder_type: "consumer" });
  });

  it("merges details and credit by member, and replaces groups, documents, metadata and capabilities whole", () => {
    const at = NOTICE.delivered_at;
    const scra = { start_date: "2026-01-01", end_date: "2026-06-30" };
    const before = bank({
      details: { product_name: "A", credit: { ...CREDIT, scra }, adverse_action_notice: NOTICE },
      metadata: { a: "1" },
      documents: [{ document_id: "a", type: "aan", displayed_at: at }],
    });
    const documents = [{ document_id: "b", type: "aan", displayed_at: at }];
    const capabilities = ["deposit", "credit_without_underwriting"];
    const details = { credit: { limit: 7, scra: { start_date: "2026-02-01" } } };
    const { account } = apply(before, "patch", { details, metadata: { b: "2" }, documents, capabilities });
    expect(account).to.deep.include({ metadata: { b: "2" }, documents, capabilities });
    expect(account?.details).to.deep.equal({
      product_name: "A",
      credit: { ...CREDIT, limit: 7, scra: { start_date: "2026-02-01" } },
      adverse_action_notice: NOTICE,
    });
  });

  it("moves along every transition", () => {
    expect(apply(idle, "activate", undefined).account).to.include({ status: "active", status_reason: "active" });
    expect(apply(shut, "activate", undefined).account).to.include({ status: "active", status_reason: "active" });
    expect(apply(open, "deactivate", { status_reason: "other" }).account).to.include({ status_reason: "other" });
    expect(apply(idle, "close", { status_reason: "canceled" }).account).to.include({ status: "closed" });
    const noticed = bank({ details: { adverse_action_notice: NOTICE } });
    expect(apply(noticed, "close", { status_reason: "client_closed" }).account?.details).to.have.property("closed_at");
  });

  it("adds and removes relationships", () => {
    const type = "authorized_user";
    const added = apply(open, "add_relationships", { relationship_type: type, entity_ids: ["entity_2", "entity_3"] });
    const left = apply(added, "remove_relationship", { relationship_type: type, entity_id: "entity_2" });
    expect(left.relationships).to.deep.equal(relationshipsWith({ authorized_user: ["entity_3"] }));
  });
});
