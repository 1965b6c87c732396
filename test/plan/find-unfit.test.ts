/**
 * Which entities and applications must be known for a change, and every rule they break: tables of what the row says, what
 * the account has, and what is found.
 */
import { expect } from "chai";
import type { Account, Relationships } from "../../src/account.ts";
import { findUnfit, namesToKnow, needsHolders } from "../../src/plan/find-unfit.ts";
import type { Desired } from "../../src/read/change.ts";
import { knownOf } from "../rules/trial.ts";

const HAS: Relationships = { account_holder: ["entity_ann"], authorized_signer: ["entity_bob"], authorized_user: [] };
const account = (members: Omit<Account, "id"> = {}, relationships: Relationships | null = null) => ({
  account: { id: "account_1", capabilities: ["deposit"] as const, ...members },
  relationships,
});
const UNDERWRITTEN = ["deposit", "credit_with_underwriting"] as const;

describe("namesToKnow", () => {
  const CASES: readonly [string, Desired, ReturnType<typeof account> | null, readonly string[], readonly string[]][] = [
    ["a row that names nobody", { product_name: "Card" }, null, [], []],
    [
      "every entity of a new account, once",
      {
        account_holders: ["entity_ann"],
        authorized_signers: ["entity_ann", "entity_bob"],
        authorized_users: ["entity_cid"],
      },
      null,
      ["entity_ann", "entity_bob", "entity_cid"],
      [],
    ],
    ["the application of a new account", { application_id: "application_1" }, null, [], ["application_1"]],
    [
      "only entities that would come",
      { account_holders: ["entity_ann", "entity_cid"], authorized_signers: ["entity_bob"] },
      account({}, HAS),
      ["entity_cid"],
      [],
    ],
    [
      "an entity that comes in another role",
      { authorized_users: ["entity_ann"] },
      account({}, HAS),
      ["entity_ann"],
      [],
    ],
    ["an emptied list", { authorized_signers: [] }, account({}, HAS), [], []],
    [
      "another application",
      { application_id: "application_2" },
      account({ application_id: "application_1" }),
      [],
      ["application_2"],
    ],
    ["the same application", { application_id: "application_1" }, account({ application_id: "application_1" }), [], []],
    [
      "the account's own application, once it is to be underwritten",
      { capabilities: UNDERWRITTEN },
      account({ application_id: "application_1" }),
      [],
      ["application_1"],
    ],
    [
      "no application of an account that is underwritten already",
      { capabilities: UNDERWRITTEN },
      account({ application_id: "application_1", capabilities: UNDERWRITTEN }),
      [],
      [],
    ],
    ["no application where there is none", { capabilities: UNDERWRITTEN }, account(), [], []],
  ];
  for (const [what, desired, actual, entities, applications] of CASES) {
    it(what, () => expect(namesToKnow(desired, actual)).to.deep.equal({ entities, applications }));
  }
});

describe("needsHolders", () => {
  const CASES: readonly [string, Desired, Account, boolean][] = [
    [
      "a new application of an underwritten account",
      { application_id: "application_2" },
      account({ capabilities: UNDERWRITTEN }).account,
      true,
    ],
    ["a new application without underwriting", { application_id: "application_2" }, account().account, false],
    [
      "underwriting to come with its application",
      { capabilities: UNDERWRITTEN, application_id: "application_1" },
      account().account,
      true,
    ],
    [
      "underwriting to come with the account's application",
      { capabilities: UNDERWRITTEN },
      account({ application_id: "application_1" }).account,
      true,
    ],
    ["underwriting to come without any", { capabilities: UNDERWRITTEN }, account().account, false],
    ["another matter", { product_name: "Card" }, account({ capabilities: UNDERWRITTEN }).account, false],
  ];
  for (const [what, desired, actual, expected] of CASES) {
    it(`${expected ? "yes" : "no"}: ${what}`, () => expect(needsHolders(desired, actual)).to.equal(expected));
  }
});

describe("findUnfit", () => {
  const role = (name: string, status = "active") => ({ role_details: [{ name, status }] });
  const KNOWN = knownOf(
    {
      entity_ann: {},
      entity_bob: {},
      entity_none: null,
      entity_biz: { type: "business" },
      entity_sole: { type: "sole_prop" },
      entity_idle: role("account_holder", "inactive"),
      entity_user: role("authorized_user"),
    },
    {
      application_ann: {
        id: "application_ann",
        status: "approved",
        entities: { account_holder_type: "consumer", account_holders: ["entity_ann"] },
      },
      application_biz: {
        id: "application_biz",
        status: "approved",
        entities: { account_holder_type: "commercial", account_holders: ["entity_biz"] },
      },
      application_declined: { id: "application_declined", status: "declined" },
      application_open: { id: "application_open" },
      application_bare: { id: "application_bare", status: "approved" },
      application_none: null,
    },
  );
  // What the bank does not answer of an entity: its roles.
  const SILENT = { ...KNOWN, entities: new Map([["entity_x", { id: "entity_x", type: "individual" as const }]]) };

  const holders = (...account_holders: string[]): Desired => ({ account_holders });
  const underwritten = (application_id: string, ...ids: string[]): Desired => ({
    ...holders(...ids),
    application_id,
    capabilities: UNDERWRITTEN,
  });
  const CONSUMER = account({ entities: { account_holder_type: "consumer" } }, HAS);

  /** What the row says, what the bank has, and each issue as `column: code`. */
  const CASES: readonly [string, Desired, ReturnType<typeof account> | null, readonly string[]][] = [
    ["a person", holders("entity_ann"), null, []],
    ["nobody known", holders("entity_none"), null, ["account_holders: entity_not_found"]],
    ["an idle holder", holders("entity_idle"), null, ["account_holders: entity_role_inactive"]],
    ["a holder of another role", holders("entity_user"), null, ["account_holders: entity_role_inactive"]],
    ["two kinds of holder", holders("entity_ann", "entity_biz"), null, ["account_holders: holders_mixed"]],
    [
      "two businesses without a signer",
      holders("entity_biz", "entity_sole"),
      null,
      ["authorized_signers: signer_missing"],
    ],
    [
      "two businesses with a signer",
      { ...holders("entity_biz", "entity_sole"), authorized_signers: ["entity_ann"] },
      null,
      [],
    ],
    [
      "a business as signer",
      { authorized_signers: ["entity_biz"] },
      CONSUMER,
      ["authorized_signers: entity_type_unfit"],
    ],
    ["a business as user", { authorized_users: ["entity_biz"] }, CONSUMER, ["authorized_users: entity_type_unfit"]],
    [
      "a person's account that the row calls commercial",
      { ...holders("entity_ann"), account_holder_type: "commercial", authorized_signers: ["entity_bob"] },
      null,
      ["account_holder_type: holder_type_differs"],
    ],
    [
      "a business for a consumer account",
      holders("entity_ann", "entity_biz"),
      CONSUMER,
      ["account_holders: holders_mixed"],
    ],
    ["a holder more of the same kind", holders("entity_ann", "entity_bob"), CONSUMER, []],
    [
      "what the account has already, fit or not",
      { ...holders("entity_idle") },
      account({}, { ...HAS, account_holder: ["entity_idle"] }),
      [],
    ],
    [
      "an application that isn't there",
      { application_id: "application_none" },
      CONSUMER,
      ["application_id: application_not_found"],
    ],
    ["a declined application without underwriting", { application_id: "application_declined" }, CONSUMER, []],
    [
      "a declined application with underwriting",
      underwritten("application_declined", "entity_ann"),
      null,
      ["application_id: application_not_approved"],
    ],
    [
      "an undecided one",
      underwritten("application_open", "entity_ann"),
      null,
      ["application_id: application_not_approved"],
    ],
    ["an approved one that names nobody", underwritten("application_bare", "entity_ann"), null, []],
    ["an approved one of a holder", underwritten("application_ann", "entity_bob", "entity_ann"), null, []],
    [
      "an approved one of nobody here",
      underwritten("application_ann", "entity_bob"),
      null,
      ["application_id: application_holder_differs"],
    ],
    [
      "one for a business, for a person",
      underwritten("application_biz", "entity_ann"),
      null,
      ["application_id: application_holder_type_differs", "application_id: application_holder_differs"],
    ],
    [
      "the account's own holders, once it is to be underwritten",
      { capabilities: UNDERWRITTEN, application_id: "application_ann" },
      CONSUMER,
      [],
    ],
    [
      "everything at once",
      {
        ...underwritten("application_declined", "entity_none", "entity_idle"),
        authorized_users: ["entity_biz"],
      },
      null,
      [
        "account_holders: entity_not_found",
        "account_holders: entity_role_inactive",
        "authorized_users: entity_type_unfit",
        "application_id: application_not_approved",
      ],
    ],
  ];
  for (const [what, desired, actual, expected] of CASES) {
    it(`${expected.length === 0 ? "takes" : "refuses"} ${what}`, () => {
      const capabilities = desired.capabilities ?? actual?.account.capabilities;
      const issues = findUnfit(desired, actual, capabilities, KNOWN);
      expect(issues.map(({ column, code }) => `${column}: ${code}`)).to.deep.equal(expected);
    });
  }

  it("never holds against a row what the bank does not say", () => {
    expect(findUnfit(holders("entity_x"), null, ["deposit"], SILENT)).to.deep.equal([]);
    const nameless = account({}, HAS);
    expect(findUnfit(holders("entity_ann", "entity_biz"), nameless, ["deposit"], KNOWN)).to.deep.equal([]);
  });
});
