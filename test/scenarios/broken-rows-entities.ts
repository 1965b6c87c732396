/**
 * Broken rows about entities and applications, which only the bank knows: who may hold, sign for and use an account, and
 * what underwriting needs.
 */
import {
  add,
  type BrokenRow,
  CREDIT,
  CREDIT_CELLS,
  CROWD,
  entities,
  NEW,
  remove,
  type Theme,
  underwritten,
} from "./broken-rows-seed.ts";

type List = "account_holders" | "authorized_signers" | "authorized_users";

/** The same ids in the cell and in the create. */
const named = (name: string, code: BrokenRow[1], list: List, ...ids: readonly string[]): BrokenRow => [
  name,
  code,
  { [list]: ids.join(";") },
  entities({ [list]: ids }),
];

export const ENTITIES: Theme = {
  name: "the entities of a new account",
  base: NEW,
  sound: [
    { account_holders: "entity_ann;entity_bob", authorized_signers: "entity_bob", authorized_users: "entity_bob" },
    { account_holders: "entity_biz;entity_sole", authorized_signers: "entity_ann", account_holder_type: "commercial" },
  ],
  broken: [
    named("a holder that isn't there", "entity_not_found", "account_holders", "entity_none"),
    named("a second holder that isn't there", "entity_not_found", "account_holders", "entity_ann", "entity_none"),
    named("a signer that isn't there", "entity_not_found", "authorized_signers", "entity_none"),
    named("a user that isn't there", "entity_not_found", "authorized_users", "entity_none"),
    named("an inactive holder", "entity_role_inactive", "account_holders", "entity_idle"),
    named("a holder without roles", "entity_role_inactive", "account_holders", "entity_bare"),
    named("an inactive signer", "entity_role_inactive", "authorized_signers", "entity_idle"),
    named("a user without roles", "entity_role_inactive", "authorized_users", "entity_bare"),
    named("a business as signer", "entity_type_unfit", "authorized_signers", "entity_biz"),
    named("a sole proprietor as signer", "entity_type_unfit", "authorized_signers", "entity_sole"),
    named("a business as user", "entity_type_unfit", "authorized_users", "entity_biz"),
    named("a person and a business", "holders_mixed", "account_holders", "entity_ann", "entity_biz"),
    named("a sole proprietor and a person", "holders_mixed", "account_holders", "entity_sole", "entity_ann"),
    named("a business without signer", "signer_missing", "account_holders", "entity_biz"),
    named("a sole proprietor without signer", "signer_missing", "account_holders", "entity_sole"),
    [
      "a commercial account with no signer listed",
      "signer_missing",
      { account_holders: "entity_biz", account_holder_type: "commercial", authorized_signers: "[]" },
      entities({ account_holders: ["entity_biz"], authorized_signers: [] }),
    ],
    [
      "a person's account called commercial",
      "holder_type_differs",
      { account_holder_type: "commercial", authorized_signers: "entity_bob" },
    ],
    [
      "a business's account called consumer",
      "holder_type_differs",
      { account_holders: "entity_biz", authorized_signers: "entity_ann", account_holder_type: "consumer" },
    ],
  ],
};

export const UNDERWRITING: Theme = {
  name: "the application of a new underwritten account",
  base: {
    ...NEW,
    ...CREDIT_CELLS,
    capabilities: "credit_with_underwriting",
    application_id: "application_ann",
  },
  sound: [{}, { account_holders: "entity_ann;entity_bob" }],
  broken: [
    ["none", "create_field_missing", { application_id: "" }, underwritten({ application_id: undefined })],
    ...(
      [
        ["none of that id", "application_not_found", "application_none"],
        ["a declined one", "application_not_approved", "application_declined"],
        ["a canceled one", "application_not_approved", "application_canceled"],
        ["one for another type", "application_holder_type_differs", "application_odd"],
        ["somebody else's", "application_holder_differs", "application_bob"],
      ] as const
    ).map(
      ([name, code, application_id]): BrokenRow => [name, code, { application_id }, underwritten({ application_id })],
    ),
    [
      "one for a holder who isn't named",
      "application_holder_differs",
      { account_holders: "entity_bob" },
      underwritten({ entities: { account_holders: ["entity_bob"] } }),
    ],
    [
      "a good one, and no grade",
      "create_field_missing",
      { underwriting_grade: "" },
      underwritten({ details: { product_name: "Card", credit: { ...CREDIT, underwriting_grade: undefined } } }),
    ],
  ],
};

export const HOLDERS_AND_USERS: Theme = {
  name: "the entities of an account",
  on: "deposit",
  base: {},
  sound: [{ account_holders: "entity_ann;entity_bob", authorized_users: "entity_bob" }],
  broken: [
    ["no holders", "holders_empty", { account_holders: "[]" }, remove("account_holder", "entity_ann")],
    [
      "a business too",
      "holders_mixed",
      { account_holders: "entity_ann;entity_biz" },
      add("account_holder", "entity_biz"),
    ],
    ["nobody as user", "entity_not_found", { authorized_users: "entity_none" }, add("authorized_user", "entity_none")],
    [
      "an idle user",
      "entity_role_inactive",
      { authorized_users: "entity_idle" },
      add("authorized_user", "entity_idle"),
    ],
    [
      "a business signs",
      "entity_type_unfit",
      { authorized_signers: "entity_biz" },
      add("authorized_signer", "entity_biz"),
    ],
    ["a malformed user", "id_malformed", { authorized_users: "bob" }, add("authorized_user", "bob")],
    [
      "21 users at once",
      "list_too_long",
      { authorized_users: CROWD.slice(0, 21).join(";") },
      add("authorized_user", ...CROWD.slice(0, 21)),
    ],
  ],
};

export const FULL: Theme = {
  name: "an account with many entities",
  on: "crowd",
  base: {},
  sound: [{ account_holders: CROWD.slice(0, 20).join(";") }],
  broken: [
    ["a 21st user", "relationships_full", { authorized_users: "entity_bob" }, add("authorized_user", "entity_bob")],
    [
      "a 20th and a 21st holder",
      "relationships_full",
      { account_holders: "entity_ann;entity_bob" },
      add("account_holder", "entity_ann", "entity_bob"),
    ],
  ],
};

export const COMMERCIAL: Theme = {
  name: "the entities of a commercial account",
  on: "commercial",
  job: { removeRelationships: true },
  base: {},
  sound: [{ account_holders: "entity_sole", authorized_signers: "entity_bob" }],
  broken: [
    [
      "a person too",
      "holders_mixed",
      { account_holders: "entity_biz;entity_bob" },
      add("account_holder", "entity_bob"),
    ],
    ["its last signer goes", "last_holder", { authorized_signers: "[]" }, remove("authorized_signer", "entity_ann")],
    [
      "its last signer goes, by the row's own word",
      "signer_missing",
      { authorized_signers: "[]", account_holder_type: "commercial" },
      remove("authorized_signer", "entity_ann"),
    ],
  ],
};
