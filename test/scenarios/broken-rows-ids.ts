/**
 * Broken rows about ids and lists of them: the bank's patterns, the prefixes that it reserves, what a new account must name.
 */
import { CROWD, create, entities, NEW, patchOf, type Theme } from "./broken-rows-seed.ts";

const MANY = CROWD.slice(0, 21);
const LONG_ID = `entity_${"x".repeat(34)}`;

export const IDS: Theme = {
  name: "ids",
  base: NEW,
  sound: [
    {},
    { account_holders: '["entity_ann","entity_bob"]', authorized_users: "entity_bob" },
    { application_id: "application_ann" },
    { client_account_id: "c".repeat(255) },
    { client_account_id: "my_account_7" },
  ],
  broken: [
    ["another prefix", "id_malformed", { account_id: "acct_1" }, patchOf("acct_1", 400)],
    ["a hyphen for the underscore", "id_malformed", { account_id: "account-1" }, patchOf("account-1", 400)],
    ["a prefix alone", "id_malformed", { account_id: "account_" }, patchOf("account_", 400)],
    ["capital letters", "id_malformed", { account_id: "ACCOUNT_1" }, patchOf("ACCOUNT_1", 400)],
    ["a blank within", "id_malformed", { account_id: "account_1 2" }, patchOf("account_1 2", 400)],
    ["a letter with an accent", "id_malformed", { account_id: "account_é" }, patchOf("account_é", 400)],
    ["an entity for an account", "id_malformed", { account_id: "entity_ann" }, patchOf("entity_ann", 400)],
    ["an account that isn't there", "account_not_found", { account_id: "account_none" }, patchOf("account_none", 404)],
    ["a reserved prefix", "client_account_id_reserved", { client_account_id: "account_7" }],
    ["a reserved prefix of sub-ledgers", "client_account_id_reserved", { client_account_id: "subledgered_account_7" }],
    [
      "a reserved prefix of partners",
      "client_account_id_reserved",
      { client_account_id: "partner_ledgered_account_7" },
    ],
    ["a client id of 256 characters", "id_malformed", { client_account_id: "c".repeat(256) }],
    ["a client id with a space of no width", "id_malformed", { client_account_id: "c\u200b1" }],
    ["no id at all", "key_missing", { client_account_id: "" }],
    ["another form of application", "id_malformed", { application_id: "app-1" }, create({ application_id: "app-1" })],
    [
      "an application's prefix alone",
      "id_malformed",
      { application_id: "application_" },
      create({ application_id: "application_" }),
    ],
    [
      "an application with a hyphen",
      "id_malformed",
      { application_id: "application_a-b" },
      create({ application_id: "application_a-b" }),
    ],
    ["a holder without prefix", "id_malformed", { account_holders: "ann" }, entities({ account_holders: ["ann"] })],
    [
      "an entity's prefix alone",
      "id_malformed",
      { account_holders: "entity_" },
      entities({ account_holders: ["entity_"] }),
    ],
    ["a holder's id too long", "id_malformed", { account_holders: LONG_ID }, entities({ account_holders: [LONG_ID] })],
    [
      "a holder's id with a blank",
      "id_malformed",
      { account_holders: '["entity_a b"]' },
      entities({ account_holders: ["entity_a b"] }),
    ],
    [
      "a second holder of another kind",
      "id_malformed",
      { account_holders: "entity_ann;person_2" },
      entities({ account_holders: ["entity_ann", "person_2"] }),
    ],
    [
      "a user without prefix",
      "id_malformed",
      { authorized_users: "user_1" },
      entities({ authorized_users: ["user_1"] }),
    ],
    ["a signer without prefix", "id_malformed", { authorized_signers: "7" }, entities({ authorized_signers: ["7"] })],
    [
      "holders with a comma between",
      "list_malformed",
      { account_holders: "entity_ann,entity_bob" },
      entities({ account_holders: "entity_ann,entity_bob" }),
    ],
    ["a list cut short", "list_malformed", { account_holders: '["entity_ann"' }],
    ["a number for a holder", "list_malformed", { account_holders: "[1]" }, entities({ account_holders: [1] })],
    [
      "an object for holders",
      "list_malformed",
      { account_holders: '{"a":1}' },
      entities({ account_holders: { a: 1 } }),
    ],
    ["null for a holder", "list_malformed", { account_holders: "[null]" }, entities({ account_holders: [null] })],
    ["nothing between two semicolons", "list_malformed", { account_holders: "entity_ann;;entity_bob" }],
    ["no holder", "holders_empty", { account_holders: "[]" }, entities({ account_holders: [] })],
    ["holders not given", "create_field_missing", { account_holders: "" }, entities({ account_holders: undefined })],
    ["21 holders", "list_too_long", { account_holders: MANY.join(";") }, entities({ account_holders: MANY })],
    ["21 users", "list_too_long", { authorized_users: MANY.join(";") }, entities({ authorized_users: MANY })],
    ["21 signers", "list_too_long", { authorized_signers: MANY.join(";") }, entities({ authorized_signers: MANY })],
    ["a holder twice", "list_duplicate", { account_holders: "entity_ann;entity_ann" }],
    ["a user twice", "list_duplicate", { authorized_users: '"entity_bob","entity_bob"' }],
  ],
};
