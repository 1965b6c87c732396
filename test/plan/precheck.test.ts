/**
 * Entities and applications that the bank holds against a change that names them: what must be known, and which rules
 * refuse the row before anything is sent.
 */
import { expect } from "chai";
import type { Account, Application, Entity, EntityType, RelationshipType } from "../../src/account.ts";
import { planChange } from "../../src/plan/plan-change.ts";
import { type Known, namesToKnow, needsHolders } from "../../src/plan/precheck.ts";
import type { Desired } from "../../src/read/change.ts";
import { accountWith, NEW, relationshipsWith, wordsOf } from "./builders.ts";

const ALL_ROLES = ["account_holder", "authorized_signer", "authorized_user"] as const;

function entity(id: string, type: EntityType, roles: readonly RelationshipType[] = ALL_ROLES): [string, Entity] {
  return [id, { id, type, role_details: roles.map((name) => ({ name, status: "active" })) }];
}

const idle: Entity = {
  id: "entity_idle",
  type: "individual",
  role_details: [{ name: "authorized_user", status: "inactive" }],
};

const application = (id: string, over: Partial<Application> = {}): [string, Application] => [
  id,
  { id, status: "approved", entities: { account_holder_type: "consumer", account_holders: ["entity_1"] }, ...over },
];

const KNOWN: Known = {
  entities: new Map<string, Entity | null>([
    entity("entity_1", "individual"),
    entity("entity_2", "individual"),
    entity("entity_user", "individual", ["authorized_user"]),
    entity("entity_b1", "business"),
    entity("entity_s1", "sole_prop"),
    ["entity_idle", idle],
    ["entity_bare", { id: "entity_bare", type: "individual" }],
    ["entity_none", null],
  ]),
  applications: new Map<string, Application | null>([
    application("application_1"),
    application("application_open", { status: "in_review" }),
    ["application_bare", { id: "application_bare", status: "approved" }],
    application("application_firm", { entities: { account_holder_type: "commercial", account_holders: ["entity_1"] } }),
    application("application_other", { entities: { account_holder_type: "consumer", account_holders: ["entity_2"] } }),
    ["application_none", null],
  ]),
};

const SETTINGS = { removeRelationships: false, defaults: {} };
const CREDIT: Desired = {
  is_secured: false,
  is_mla: false,
  underwriting_grade: "A",
  currency: "USD",
  available_credit: 0,
  limit: 1,
  max_limit: 1,
};
const UNDERWRITTEN: Desired = { ...CREDIT, capabilities: ["deposit", "credit_with_underwriting"] };

const words = (desired: Desired, account: Account | null) =>
  wordsOf(planChange(desired, account && { account, relationships: relationshipsWith() }, SETTINGS, KNOWN));

const commercial = accountWith({ entities: { account_holder_type: "commercial" } });

/** What, the row, the account or none, the words. */
const ROWS: readonly [string, Desired, Account | null, string][] = [
  [
    "fit holders and users",
    { account_holders: ["entity_1", "entity_2"], authorized_users: ["entity_user"] },
    accountWith(),
    "add_relationships, add_relationships",
  ],
  [
    "an entity whose roles the bank does not tell",
    { authorized_users: ["entity_bare"] },
    accountWith(),
    "add_relationships",
  ],
  [
    "an entity that the bank does not have",
    { authorized_users: ["entity_none"] },
    accountWith(),
    "refused: entity_not_found",
  ],
  ["a business as a user", { authorized_users: ["entity_b1"] }, accountWith(), "refused: entity_type_unfit"],
  ["a sole proprietor as a signer", { authorized_signers: ["entity_s1"] }, accountWith(), "refused: entity_type_unfit"],
  [
    "a role that the entity does not have",
    { authorized_signers: ["entity_user"] },
    accountWith(),
    "refused: entity_role_inactive",
  ],
  ["a role that is inactive", { authorized_users: ["entity_idle"] }, accountWith(), "refused: entity_role_inactive"],
  [
    "a business beside individuals",
    { account_holders: ["entity_1", "entity_b1"] },
    accountWith(),
    "refused: holders_mixed",
  ],
  ["an individual beside businesses", { account_holders: ["entity_2"] }, commercial, "refused: holders_mixed"],
  ["a sole proprietor beside businesses", { account_holders: ["entity_s1"] }, commercial, "add_relationships"],
  [
    "an application that the bank does not have",
    { application_id: "application_none" },
    accountWith(),
    "refused: application_not_found",
  ],
  ["an undecided application without underwriting", { application_id: "application_open" }, accountWith(), "patch"],
  [
    "an undecided application for underwriting",
    { ...UNDERWRITTEN, application_id: "application_open" },
    accountWith(),
    "refused: application_not_approved",
  ],
  [
    "the account's own application for underwriting",
    UNDERWRITTEN,
    accountWith({ application_id: "application_open" }),
    "refused: application_not_approved",
  ],
  [
    "an approved application for underwriting",
    { ...UNDERWRITTEN, application_id: "application_1" },
    accountWith(),
    "patch",
  ],
  ["an application that tells little", { ...UNDERWRITTEN, application_id: "application_bare" }, accountWith(), "patch"],
  [
    "an application for the other holder type",
    { ...UNDERWRITTEN, application_id: "application_firm" },
    accountWith(),
    "refused: application_holder_type_differs",
  ],
  [
    "an application of somebody else",
    { ...UNDERWRITTEN, application_id: "application_other" },
    accountWith(),
    "refused: application_holder_differs",
  ],
  [
    "an application that an underwritten account already has",
    { application_id: "application_open" },
    accountWith({ application_id: "application_open", capabilities: ["credit_with_underwriting"] }),
    "unchanged",
  ],
  ["a new account of fit entities", NEW, null, "create"],
  [
    "a new account of an unknown holder",
    { ...NEW, account_holders: ["entity_none"] },
    null,
    "refused: entity_not_found",
  ],
  [
    "a new account of mixed holders",
    { ...NEW, account_holders: ["entity_1", "entity_b1"] },
    null,
    "refused: holders_mixed",
  ],
  [
    "a new account of a business without a signer",
    { ...NEW, account_holders: ["entity_b1"] },
    null,
    "refused: signer_missing",
  ],
  [
    "a new account of a business with a signer",
    { ...NEW, account_holders: ["entity_b1"], authorized_signers: ["entity_2"] },
    null,
    "create",
  ],
  [
    "a new account whose row says another holder type",
    { ...NEW, account_holder_type: "commercial", authorized_signers: ["entity_2"] },
    null,
    "refused: holder_type_differs",
  ],
  ["a new underwritten account", { ...NEW, ...UNDERWRITTEN, application_id: "application_1" }, null, "create"],
  [
    "a new account with somebody else's application",
    { ...NEW, ...UNDERWRITTEN, application_id: "application_other" },
    null,
    "refused: application_holder_differs",
  ],
];

describe("precheck", () => {
  for (const [what, desired, account, expected] of ROWS) {
    it(`${what}: ${expected}`, () => expect(words(desired, account)).to.equal(expected));
  }

  it("leaves everything to the bank where nothing is known", () => {
    const made = planChange({ ...NEW, account_holders: ["entity_none"] }, null, SETTINGS);
    expect(wordsOf(made)).to.equal("create");
  });

  it("must know entities that are to come, each once, and none that are there", () => {
    const lists: Desired = { account_holders: ["entity_1", "entity_2"], authorized_users: ["entity_2", "entity_3"] };
    const actual = { account: accountWith(), relationships: relationshipsWith() };
    expect(namesToKnow(lists, actual)).to.deep.equal({ entities: ["entity_2", "entity_3"], applications: [] });
    expect(namesToKnow(lists, null).entities).to.deep.equal(["entity_1", "entity_2", "entity_3"]);
  });

  it("must know an application that is new to the account, or that underwriting comes to need", () => {
    const held = accountWith({ application_id: "application_1" });
    const asked = (desired: Desired, account: Account | null) =>
      namesToKnow(desired, account && { account, relationships: null }).applications;
    expect(asked({ application_id: "application_2" }, held)).to.deep.equal(["application_2"]);
    expect(asked({ application_id: "application_1" }, held)).to.deep.equal([]);
    expect(asked(UNDERWRITTEN, held)).to.deep.equal(["application_1"]);
    expect(asked({ ...UNDERWRITTEN, application_id: "application_1" }, held)).to.deep.equal(["application_1"]);
    expect(asked({ ...NEW, application_id: "application_2" }, null)).to.deep.equal(["application_2"]);
    expect(asked(NEW, null)).to.deep.equal([]);
  });

  it("must know the account's holders only where an application is judged for underwriting", () => {
    const held = accountWith({ application_id: "application_1" });
    const underwritten = accountWith({ capabilities: ["credit_with_underwriting"] });
    expect(needsHolders(UNDERWRITTEN, held)).to.equal(true);
    expect(needsHolders({ application_id: "application_2" }, underwritten)).to.equal(true);
    expect(needsHolders({ application_id: "application_2" }, held)).to.equal(false);
    expect(needsHolders({ limit: 1 }, underwritten)).to.equal(false);
  });
});
