/**
 * For each code that comes from comparing with the bank: a row that ends with it, one beside it that does not, and what
 * the message says. Where only a run can tell, the rows are files.
 */
import type { Relationships } from "../../src/account.ts";
import type { PLAN_CODES } from "../../src/errors/codes/plan.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { against, among, both } from "./account-rule.ts";
import { OWN_ID_RULES } from "./own-id-rules.ts";
import type { Rule, RunRule } from "./rule.ts";
import { SENT_BACK_RULES } from "./sent-back-rules.ts";
import { knownOf } from "./trial.ts";

const HOLDERS: Relationships = { account_holder: ["entity_ann"], authorized_signer: [], authorized_user: [] };
const CREDIT = { currency: "USD", limit: 5 };

const USERS = Array.from({ length: 20 }, (_, i) => `entity_${i}`);
const FULL: Relationships = { ...HOLDERS, authorized_user: USERS };
const COMMERCIAL: Relationships = { ...HOLDERS, authorized_signer: ["entity_bob"] };

const UNDERWRITTEN = { capabilities: "deposit;credit_with_underwriting" };
const WITH_APPLICATION = { ...UNDERWRITTEN, application_id: "application_alpha" };
const CARD = against({ details: { credit: CREDIT } });
/** An account with credit whose holders are known, and what the bank says of the application. */
const applied = (application: object | null) => ({
  ...against({ details: { credit: CREDIT }, entities: { account_holder_type: "consumer" } }, HOLDERS),
  known: knownOf(
    {},
    { application_alpha: application && { id: "application_alpha", status: "approved", ...application } },
  ),
});
const HERS = { entities: { account_holder_type: "consumer", account_holders: ["entity_ann"] } };
/** An account that is to have one entity more. */
const joined = (entity: Parameters<typeof knownOf>[0][string]) => ({
  ...against({ entities: { account_holder_type: "consumer" } }, HOLDERS),
  known: knownOf({ entity_bob: entity }),
});
const SIGNER = { authorized_signers: "entity_bob" };

const SEED: SandboxSeed = {
  entities: [{ id: "entity_ann" }],
  accounts: [{ id: "account_1", client_account_id: "client-1", relationships: { account_holder: ["entity_ann"] } }],
};
const BANK = { seed: SEED };
const TWINS = {
  seed: { ...SEED, accounts: ["account_1", "account_2"].map((id) => ({ id, client_account_id: "client-1" })) },
};
const NEW_CELLS = "deposit,entity_ann,Everyday\n";
const NEW = `client_account_id,capabilities,account_holders,product_name\nclient-9,${NEW_CELLS}`;
const PRODUCT = "client_account_id,product_name\nclient-1,Everyday\n";
const TIMED = "account_id,product_name,effective_at\n";
const OF_USERS = "entity_id,status,account_id\nentity_ann,inactive,";
const AGAIN = "account_id,product_name,result_run,result_row\n";
const TRAVEL = "account_id,product_name\naccount_1,Travel\n";

export const PLAN_RULES: Readonly<Record<keyof typeof PLAN_CODES, Rule | RunRule>> = {
  account_not_found: {
    rejects: { what: "an id the bank does not have", csv: "account_id,product_name\naccount_9,Everyday\n", bank: BANK },
    accepts: { what: "one that it has", csv: "account_id,product_name\naccount_1,Everyday\n", bank: BANK },
    says: /the bank has no account account_/,
  },
  lookup_ambiguous: {
    rejects: { what: "a client id of two accounts", csv: PRODUCT, bank: TWINS },
    accepts: { what: "a client id of one", csv: PRODUCT, bank: BANK },
    says: /the bank has 2 accounts with this client_account_id: account_1, account_2/,
  },
  lookup_unproven: {
    rejects: { what: "a new account at a bank without look-up", csv: NEW, bank: { ...BANK, lookup: "absent" } },
    accepts: { what: "a new account at a bank with one", csv: NEW, bank: BANK },
    says: /look-up.*give account_id/,
  },
  key_near_known: {
    rejects: {
      what: "a new id like a known one but for case, blanks and zeros",
      csv: `${NEW}00CLIENT- 9,${NEW_CELLS}`,
      bank: BANK,
    },
    accepts: { what: "a new id like none", csv: `${NEW}client-90,${NEW_CELLS}`, bank: BANK },
    says: /nearly "client-9" of row 2: except for letter case, blanks, width and leading zeros/,
  },
  create_not_allowed: {
    rejects: { what: "a new account in a job that makes none", csv: NEW, bank: BANK, job: { creates: "never" } },
    accepts: {
      what: "an account that exists in a job that makes none",
      csv: PRODUCT,
      bank: BANK,
      job: { creates: "never" },
    },
    says: /no such account, and the job does not create accounts/,
  },
  capability_removal: both(
    against({ capabilities: ["deposit", "credit_without_underwriting"] }),
    /the bank has credit_without_underwriting, which the list lacks/,
    ["a list without one the bank has", { capabilities: "deposit" }],
    ["a list with all the bank has", { capabilities: "credit_without_underwriting;deposit" }],
  ),
  holder_type_differs: both(
    against({ entities: { account_holder_type: "consumer" } }),
    /the account is consumer at the bank, and no call can change it to commercial/,
    ["another type", { account_holder_type: "commercial" }],
    ["the same type", { account_holder_type: "consumer" }],
  ),
  client_account_id_differs: both(
    against({ client_account_id: "client-1" }),
    /another client_account_id at the bank, and no call can change it/,
    ["another client id", { client_account_id: "client-2" }],
    ["the same client id", { client_account_id: "client-1" }],
  ),
  currency_differs: both(
    against({ details: { credit: { ...CREDIT, max_limit: 9 } } }),
    /currency is USD at the bank, and another needs every amount: max_limit is empty/,
    ["another currency with one of two amounts", { currency: "JPY", limit: "5" }],
    ["another currency with both", { currency: "JPY", limit: "5", max_limit: "9" }],
  ),
  status_reason_differs: both(
    against({ status: "inactive", status_reason: "dormant" }),
    /the account stays inactive, and no call changes its reason from dormant to frozen/,
    ["another reason for the same status", { status: "inactive", status_reason: "frozen" }],
    ["the same reason", { status: "inactive", status_reason: "dormant" }],
  ),
  account_closed: both(
    against({ status: "closed", status_reason: "paid_off", details: { product_name: "Everyday" } }),
    /the account is closed, so nothing can change product_name/,
    ["another product", { product_name: "Holiday" }],
    ["another product with a reopening", { product_name: "Holiday", status: "active", correction: "true" }],
  ),
  ...SENT_BACK_RULES,
  ...OWN_ID_RULES,
  last_holder: both(
    { ...against({ entities: { account_holder_type: "commercial" } }, COMMERCIAL), removeRelationships: true },
    /needs at least one authorized signer, so the list cannot become empty/,
    ["a commercial account without signers", { authorized_signers: "[]" }],
    ["another signer in the place of the last", { authorized_signers: "entity_cid" }],
  ),
  relationships_full: among(
    { authorized_users: "entity_cid" },
    /the account would have 21, and the bank allows 20/,
    ["a 21st user", { ...against({}, FULL), removeRelationships: false }],
    ["a user in the place of the others", { ...against({}, FULL), removeRelationships: true }],
  ),
  application_missing: both(
    CARD,
    /credit_with_underwriting needs an application_id, and the account has none/,
    ["underwriting without an application", UNDERWRITTEN],
    ["underwriting with one", WITH_APPLICATION],
  ),
  credit_missing: among(
    WITH_APPLICATION,
    /credit_with_underwriting needs credit details, and the account has none/,
    ["underwriting of an account without credit", against({})],
    ["underwriting of one with credit", CARD],
  ),
  application_not_found: among(
    WITH_APPLICATION,
    /the bank has no application application_alpha/,
    ["an application the bank does not have", applied(null)],
    ["one that it has", applied(HERS)],
  ),
  application_not_approved: among(
    WITH_APPLICATION,
    /application_alpha is declined, and underwriting needs an approved one/,
    ["a declined application", applied({ ...HERS, status: "declined" })],
    ["an approved one", applied(HERS)],
  ),
  application_holder_type_differs: among(
    WITH_APPLICATION,
    /application_alpha is for a commercial account, and this one is consumer/,
    ["an application of another type", applied({ entities: { ...HERS.entities, account_holder_type: "commercial" } })],
    ["an application that names no type", applied({ entities: { account_holders: ["entity_ann"] } })],
  ),
  application_holder_differs: among(
    WITH_APPLICATION,
    /application_alpha shares no account holder with the account/,
    ["somebody else's application", applied({ entities: { ...HERS.entities, account_holders: ["entity_bob"] } })],
    [
      "hers with somebody else",
      applied({ entities: { ...HERS.entities, account_holders: ["entity_bob", "entity_ann"] } }),
    ],
  ),
  entity_not_found: among(
    SIGNER,
    /the bank has no entity entity_bob/,
    ["an entity the bank does not have", joined(null)],
    ["one that it has", joined({})],
  ),
  entity_type_unfit: among(
    SIGNER,
    /entity_bob is of type business, and an authorized signer must be an individual/,
    ["a business as signer", joined({ type: "business" })],
    ["an individual as signer", joined({ type: "individual" })],
  ),
  entity_role_inactive: among(
    SIGNER,
    /entity_bob is not active as authorized signer/,
    ["an entity of another role", joined({ role_details: [{ name: "account_holder", status: "active" }] })],
    ["an entity of that role", joined({ role_details: [{ name: "authorized_signer", status: "active" }] })],
  ),
  holders_mixed: among(
    { account_holders: "entity_ann;entity_bob" },
    /the account is consumer, and the new holders are not/,
    ["a sole proprietor beside an individual", joined({ type: "sole_prop" })],
    ["an individual beside an individual", joined({})],
  ),
  account_of_user_missing: {
    rejects: {
      what: "a user of an account that the bank lacks",
      csv: `${OF_USERS}client-1\nentity_ann,inactive,client-9\n`,
      bank: BANK,
    },
    accepts: { what: "of one that it has", csv: `${OF_USERS}client-1\n`, bank: BANK },
    says: /the bank has no account with this id, and a row of the Authorized Users file creates none/,
  },
  superseded: {
    rejects: {
      what: "a row of which a later one gives everything",
      csv: `${TIMED}account_1,Holiday,2025-03-05T00:00:00Z\naccount_1,Everyday,2025-03-04T00:00:00Z\n`,
      bank: BANK,
    },
    accepts: {
      what: "the later one",
      csv: `${TIMED}account_1,Everyday,2025-03-04T00:00:00Z\naccount_1,Holiday,2025-03-05T00:00:00Z\n`,
      bank: BANK,
    },
    says: /Row 2 gives later values for everything/,
  },
  effective_at_ahead: {
    rejects: {
      what: "a day that never comes",
      csv: `${TIMED}account_1,Holiday,9999-12-31T00:00:00Z\n`,
      bank: BANK,
    },
    accepts: {
      what: "a time that has been",
      csv: `${TIMED}account_1,Holiday,2025-01-14T00:00:00Z\n`,
      bank: BANK,
    },
    says: /effective_at is more than ten years ahead/,
  },
  stale: {
    rejects: {
      what: "the instant that was applied, in another zone",
      before: [`${TIMED}account_1,Travel,2025-03-04T00:00:00Z\n`],
      csv: `${TIMED}account_1,Holiday,2025-03-04T01:00:00+01:00\n`,
      bank: BANK,
    },
    accepts: {
      what: "a later one",
      before: [`${TIMED}account_1,Travel,2025-03-04T00:00:00Z\n`],
      csv: `${TIMED}account_1,Holiday,2025-03-04T00:00:01Z\n`,
      bank: BANK,
    },
    says: /effective_at is not later than 2025-03-04T00:00:00Z, the last one applied/,
  },
  superseded_by_run: {
    rejects: {
      what: "a row of a run before the last that was applied",
      before: [TRAVEL, TRAVEL.replace("Travel", "Holiday")],
      csv: `${AGAIN}account_1,Travel,run-1,2\n`,
      bank: BANK,
    },
    accepts: {
      what: "a row of the run that was applied last",
      before: [TRAVEL, TRAVEL.replace("Travel", "Holiday")],
      csv: `${AGAIN}account_1,Holiday,run-2,2\n`,
      bank: BANK,
    },
    says: /a run after run-1 has applied this account/,
  },
  extra_relationship: both(
    against({}, HOLDERS),
    /the bank also has entity_ann, not removed because removeRelationships is off/,
    ["another holder than the bank's", { account_holders: "entity_bob" }],
    ["another holder beside the bank's", { account_holders: "entity_bob;entity_ann" }],
  ),
  client_account_id_absent: among(
    { client_account_id: "client-1", product_name: "Holiday" },
    /no client_account_id for this account, and no call sets one/,
    ["a client id for an account without", against({})],
    ["a client id for the account of that id", against({ client_account_id: "client-1" })],
  ),
};
