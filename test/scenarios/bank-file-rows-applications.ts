/**
 * Broken rows about applications by the program's own ids, and about the prefixes and limits that the bank has announced.
 */
import { type BankFileRow, type BankFileTheme, CARD, DEPOSIT, type End, list, NEW } from "./bank-file-rows-seed.ts";

const MALFORMED: End = "invalid id_malformed";

const application = (name: string, id: string, end: End = MALFORMED): BankFileRow => [
  name,
  end,
  { application_id: id },
];

export const APPLICATION_IDS: BankFileTheme = {
  name: "applications by own ids",
  on: "deposit",
  base: DEPOSIT,
  // In our layout an application_id is the bank's.
  inOurs: MALFORMED,
  sound: [{ application_id: "app-ann" }],
  broken: [
    application("256 characters", "a".repeat(256)),
    application("a blank of no width", "app\u200bann"),
    application("a blank that doesn't break", "app\u00a0ann"),
    application("a line end", "app-ann\n"),
    application("a lost character", "app-\ufffdnn"),
    application("two spaces within", "app  ann"),
    application("letters in another Unicode form", "app-rene\u0301"),
    application("NULL", "NULL"),
    application("none", "none"),
    application("\\N", "\\N"),
    application("#N/A", "#N/A"),
    application("a formula around the id", '="app-ann"'),
    application("an apostrophe before", "'7001"),
    application("a shortened number", "1.23457E+15"),
    application("curly quotes", "“app-ann”"),
    application("low quotes", "„app-ann“"),
    application("angle quotes", "«app-ann»"),
    application("quotes that an export has added", '"app-ann"'),
    application("an entity", "entity_ann"),
    application("an account", "account_1"),
    application("a prefix alone", "application_"),
    application("a blank within the bank's id", "application_a b"),
    application("a letter with an accent in the bank's id", "application_é"),
    application("a hyphen in the bank's id", "application_a-b"),
    application("one that isn't there", "app-none", "refused own_id_not_found"),
    application("capital letters", "APP-ANN", "refused own_id_not_found"),
    application("a customer", "cust-ann", "refused own_id_not_found"),
    application("a hyphen for the underscore", "application-ann", "refused own_id_not_found"),
    application("a list", '["app-ann"]', "refused own_id_not_found"),
    application("two", "app-ann;app-bob", "refused own_id_not_found"),
    application("one that the bank has twice", "app-twin", "refused own_id_ambiguous"),
  ],
};

export const APPLICATIONS_UNPROVEN: BankFileTheme = {
  name: "applications by own ids while nothing has proven the look-up",
  on: "deposit",
  base: DEPOSIT,
  inOurs: MALFORMED,
  sound: [],
  broken: [application("one that isn't there", "app-none", "held own_id_unproven")],
};

export const APPLICATIONS_OF_ANOTHER: BankFileTheme = {
  name: "applications by own ids where the bank's look-up finds others",
  on: "deposit",
  lookup: "ignores_filter",
  base: { ...DEPOSIT, account_holders: "" },
  inOurs: MALFORMED,
  sound: [],
  broken: [
    ["one that is there", "refused own_id_of_another", { account_id: "account_0", application_id: "app-ann" }],
    ["one that isn't there", "refused own_id_of_another", { account_id: "account_1", application_id: "app-none" }],
  ],
};

export const APPLICATIONS_PRECHECKED: BankFileTheme = {
  name: "underwriting by own ids",
  on: "card",
  job: { precheck: true },
  base: {
    ...CARD,
    capabilities: "deposit;credit_without_underwriting;credit_with_underwriting",
    application_id: "app-ann",
  },
  inOurs: MALFORMED,
  sound: [{}],
  broken: [
    application("a declined application", "app-declined", "refused application_not_approved"),
    application("another holder type's", "app-odd", "refused application_holder_type_differs"),
    application("another person's", "app-bob", "refused application_holder_differs"),
  ],
};

export const APPLICATIONS_OF_BANK: BankFileTheme = {
  ...APPLICATIONS_PRECHECKED,
  name: "underwriting by the bank's ids",
  base: { ...APPLICATIONS_PRECHECKED.base, application_id: "application_ann" },
  inOurs: undefined,
  broken: [
    application("one that the bank doesn't have", "application_none", "refused application_not_found"),
    application("a declined application", "application_declined", "refused application_not_approved"),
    application("another person's", "application_bob", "refused application_holder_differs"),
    application("none", "", "refused application_missing"),
  ],
};

export const NEW_ACCOUNTS: BankFileTheme = {
  name: "new accounts of customers by own ids",
  base: NEW,
  sound: [{}, { client_account_id: "my_account_7" }, { client_account_id: "Account_7" }],
  broken: [
    ["a holder who isn't there", "refused own_id_not_found", { account_holders: list("cust-none") }],
    ["a holder whom the bank has twice", "refused own_id_ambiguous", { account_holders: list("cust-twin") }],
    ["a holder by both ids", "refused own_id_twice", { account_holders: list("cust-ann", "entity_ann") }],
    ["no holder given", "invalid create_field_missing", { account_holders: "" }],
    ["no product given", "invalid create_field_missing", { client_product_name: "" }],
    ["no application", "invalid create_field_missing", { ...CARD, capabilities: "credit_with_underwriting" }],
    ["a limit without the other credit", "invalid create_field_missing", { ...CARD, underwriting_grade: "" }],
    [
      "a commercial account without a signer",
      "invalid signer_missing",
      { account_holder_type: "commercial", account_holders: list("cust-biz") },
    ],
    [
      "closed by the client without a notice",
      "invalid notice_missing",
      { status: "closed", status_reason: "client_closed" },
    ],
  ],
};

const named = (name: string, client_account_id: string, end: End = "invalid client_account_id_reserved") =>
  [name, end, { client_account_id }] as const;

export const RESERVED_IDS: BankFileTheme = {
  name: "prefixes that the bank reserves",
  base: NEW,
  sound: [{}, { client_account_id: "subledgered-1" }],
  broken: [
    named("an account's", "account_7001"),
    named("a subledgered account's", "subledgered_account_7001"),
    named("a partner's ledger's", "partner_ledgered_account_7001"),
    named("the prefix alone", "account_"),
    named("256 characters", "c".repeat(256), MALFORMED),
    named("a blank of no width", "core\u200b7001", MALFORMED),
    named("curly quotes", "“core-7001”", MALFORMED),
    named("a database's NULL", "NULL", MALFORMED),
    named("a formula's error", "#REF!", MALFORMED),
    named("a shortened number", "7.001E+12", MALFORMED),
    named("none", "", "invalid key_missing"),
  ],
};

const above = (name: string, credit_limit: string, max_credit_limit: string, currency = "USD"): BankFileRow => {
  const available_credit = currency === "USD" ? "100.00" : "100";
  return [name, "invalid limit_above_max", { currency, available_credit, credit_limit, max_credit_limit }];
};

export const LIMITS: BankFileTheme = {
  name: "limits above their max",
  on: "card",
  base: CARD,
  sound: [{ credit_limit: "300.00" }, { credit_limit: "0", max_credit_limit: "0.00" }, { credit_limit: "299.99" }],
  broken: [
    above("by a cent", "300.01", "300.00"),
    above("by a cent, with fewer digits behind the point", "300.1", "300"),
    above("though not as text", "1000.00", "999.99"),
    above("a max of nothing", "0.01", "0"),
    above("in yen", "301", "300", "JPY"),
    above("by a thousandth of a dinar", "300.001", "300.000", "KWD"),
  ],
};
