/**
 * For each code of a broken row: a row that is rejected with it, one beside it that is accepted, and what the message says.
 */
import type { ROW_CODES } from "../../src/errors/codes/row.ts";
import { DEFAULT_LIMITS } from "../../src/read/reading.ts";
import { cell, one, type Rule, type RunRule } from "./rule.ts";
import { TEXT_RULES } from "./text-rules.ts";
import type { Cells, RunTrial, Trial } from "./trial.ts";
import { WHOLE_ROW_RULES } from "./whole-row-rules.ts";

const HEADER = "client_account_id,product_name\n";
const OF_USERS = "entity_id,account_id,status\n";
const users = (count: number) =>
  OF_USERS + Array.from({ length: count }, (_, i) => `entity_${i},c1,inactive\n`).join("");
const AT_MOST_TWO: Omit<RunTrial, "what" | "csv"> = {
  bank: { seed: { accounts: [{ id: "account_1", client_account_id: "c1", details: { product_name: "Card" } }] } },
  job: { limits: { accountRows: 2 } },
};
const REPORT = { credit_score: "700", credit_pulled_at: "2025-03-04T11:22:33Z", credit_report_source: "equifax" };
const NEW = { capabilities: "deposit", account_holders: "entity_ann", product_name: "Card" };
const CREDIT = {
  is_secured: "false",
  is_mla: "false",
  underwriting_grade: "A",
  currency: "USD",
  available_credit: "1",
  limit: "2",
  max_limit: "3",
};
const NOTICE = { aan_delivered_at: "2025-03-04T11:22:33Z", aan_reason: "late", aan_delivery_method: "email" };
const ids = (count: number) => Array.from({ length: count }, (_, i) => `entity_${i}`).join(";");
const documents = (...list: readonly object[]) => JSON.stringify(list);
const TERMS = { document_id: "document_alpha", type: "terms_of_use", displayed_at: "2025-03-04T11:22:33Z" };
const DECIMAL = { money: "decimal" } as const;
/** Two rows of one account. */
const two = (what: string, first: Cells, second: Cells): Trial => ({
  what,
  rows: [first, second].map((cells) => ({ client_account_id: "c1", ...cells })),
});

export const ROW_RULES: Readonly<Record<keyof typeof ROW_CODES, Rule | RunRule>> = {
  ...WHOLE_ROW_RULES,
  ...TEXT_RULES,
  cell_too_long: {
    rejects: one("9 bytes where 8 are allowed", { product_name: "Everyday!" }, limited(8)),
    accepts: one("8 bytes where 8 are allowed", { product_name: "Everyday" }, limited(8)),
    says: /the cell has 9 bytes, and the limit is 8/,
  },
  key_missing: {
    rejects: { what: "a row without ids", rows: [{ client_account_id: "", account_id: "", product_name: "Card" }] },
    accepts: { what: "a row with one of the two", rows: [{ client_account_id: "", account_id: "account_1" }] },
    says: /neither an account_id nor a client_account_id/,
  },
  user_row_incomplete: {
    rejects: { what: "a user without a status", bytes: `${OF_USERS}entity_ann,c1,\n` },
    accepts: { what: "a user with one", bytes: `${OF_USERS}entity_ann,c1,inactive\n` },
    says: /the row has no status, which each row of the Authorized Users file needs/,
  },
  id_malformed: cell(
    "application_id",
    /not a valid id: it must be application_ followed by/,
    ["an application with a hyphen", "application-alpha"],
    ["an application of the bank's form", "application_alpha"],
  ),
  client_account_id_reserved: cell(
    "client_account_id",
    /begins with partner_ledgered_account_, which the bank reserves for its own use/,
    ["an id of the bank's own form", "partner_ledgered_account_alpha"],
    ["an id with that form within", "my_account_alpha"],
  ),
  value_not_allowed: cell(
    "account_holder_type",
    /is not one of consumer, commercial/,
    ["a holder type of its own", "individual"],
    ["one of the bank's", "consumer"],
  ),
  boolean_malformed: cell(
    "is_mla",
    /neither true nor false/,
    ["another word", "perhaps"],
    ["true in capitals", "TRUE"],
  ),
  integer_malformed: {
    rejects: one("a score with decimals", { ...REPORT, credit_score: "700.125" }),
    accepts: one("a score without", REPORT),
    says: /not a whole number/,
  },
  money_malformed: cell(
    "limit",
    /not a whole number of minor units \(write 125000/,
    ["a thousands separator", "12,500"],
    ["digits alone", "12500"],
  ),
  money_too_precise: {
    rejects: one("half a yen", { limit: "1234.5", currency: "JPY" }, { settings: DECIMAL }),
    accepts: one("a mill of a dinar", { limit: "1234.567", currency: "KWD" }, { settings: DECIMAL }),
    says: /has more decimals than its currency, which has none/,
  },
  money_too_large: cell(
    "available_credit",
    /more than 9007199254740991 minor units/,
    ["more than a number holds exactly", "-9007199254740992"],
    ["the most it holds", "-9007199254740991"],
  ),
  currency_unknown: cell(
    "currency",
    /ISO 4217 in capital letters, such as USD/,
    ["dollars in small letters", "dollars"],
    ["a fund's code", "CLF"],
  ),
  currency_missing: {
    rejects: one("a decimal amount alone", { limit: "12.50" }, { settings: DECIMAL }),
    accepts: one(
      "one with the job's currency",
      { limit: "12.50" },
      { settings: { ...DECIMAL, defaults: { currency: "USD" } } },
    ),
    says: /decimal amount has no currency/,
  },
  score_out_of_range: {
    rejects: one("a score of 299", { ...REPORT, credit_score: "299" }),
    accepts: one("a score of 300", { ...REPORT, credit_score: "300" }),
    says: /not between 300 and 850/,
  },
  instant_malformed: cell(
    "effective_at",
    /not a date and time with seconds and a zone, such as/,
    ["30 February", "2025-02-30T11:22:33Z"],
    ["29 February of a leap year", "2024-02-29T11:22:33.5-06:00"],
  ),
  date_malformed: cell(
    "scra_start_date",
    /not a calendar date such as/,
    ["29 February of a common year", "2025-02-29"],
    ["29 February of a leap year", "2024-02-29"],
  ),
  list_malformed: cell(
    "authorized_users",
    /neither a JSON array of ids nor ids separated by semicolons/,
    ["a comma between two ids", "entity_alpha,entity_beta"],
    ["quoted ids with a comma", '"entity_alpha","entity_beta"'],
  ),
  list_duplicate: cell(
    "authorized_users",
    /names .* more than once/,
    ["an id twice", "entity_alpha;entity_beta;entity_alpha"],
    ["two ids", "entity_alpha;entity_beta"],
  ),
  list_too_long: cell(
    "authorized_users",
    /names 21 entities, and the bank allows at most 20/,
    ["21 ids", ids(21)],
    ["20 ids", ids(20)],
  ),
  holders_empty: cell(
    "account_holders",
    /list is empty.*at least one holder/,
    ["no holder", "[]"],
    ["no word of holders", ""],
  ),
  signer_missing: {
    rejects: one("a commercial account that is to have none", {
      account_holder_type: "commercial",
      authorized_signers: "[]",
    }),
    accepts: one("a consumer account that is to have none", {
      account_holder_type: "consumer",
      authorized_signers: "[]",
    }),
    says: /list is empty.*commercial account needs a signer/,
  },
  capabilities_empty: cell(
    "capabilities",
    /list is empty.*cannot be removed/,
    ["no capability", "[]"],
    ["no word of capabilities", ""],
  ),
  documents_malformed: cell(
    "documents",
    /not JSON: write an array of documents/,
    ["a file's name", "terms-of-use.pdf"],
    ["no document", "[]"],
  ),
  document_date_missing: cell(
    "documents",
    /document 1 is of type terms_of_use, which needs displayed_at/,
    ["terms that were never displayed", documents({ ...TERMS, displayed_at: undefined })],
    ["terms that were", documents(TERMS)],
  ),
  document_duplicate: cell(
    "documents",
    /document 2 has the document_id .* and the type of an earlier one/,
    ["one id twice with one type", documents(TERMS, { ...TERMS, version: "v2" })],
    ["one id with two types", documents(TERMS, { ...TERMS, type: "lead_privacy_policy" })],
  ),
  group_incomplete: {
    rejects: one("a report without its bureau", { ...REPORT, credit_report_source: "" }),
    accepts: one("a whole report", REPORT),
    says: /credit report must be given completely or not at all: credit_report_source is empty/,
  },
  limit_above_max: {
    rejects: one("a limit above its max", { limit: "300001", max_limit: "300000" }),
    accepts: one("a limit at its max", { limit: "300000", max_limit: "300000" }),
    says: /greater than the row's max_limit/,
  },
  scra_start_missing: {
    rejects: one("an end alone", { ...NEW, ...CREDIT, scra_end_date: "2025-03-04" }, { actual: null }),
    accepts: one("a start alone", { ...NEW, ...CREDIT, scra_start_date: "2025-03-04" }, { actual: null }),
    says: /scra_end_date needs scra_start_date/,
  },
  status_reason_missing: cell(
    "status",
    /inactive needs a status_reason: dormant, frozen, other/,
    ["inactive without a reason", "inactive"],
    ["active without a reason", "active"],
  ),
  status_reason_unfit: {
    rejects: one("inactive as paid_off", { status: "inactive", status_reason: "paid_off" }),
    accepts: one("inactive as other", { status: "inactive", status_reason: "other" }),
    says: /paid_off is no reason for inactive, which takes dormant, frozen, other/,
  },
  status_missing: cell(
    "status_reason",
    /status_reason is given without a status/,
    ["a reason alone", "frozen"],
    ["neither of the two", ""],
  ),
  notice_missing: {
    rejects: one(
      "a client's closing without a notice",
      { ...NEW, status: "closed", status_reason: "client_closed" },
      { actual: null },
    ),
    accepts: one(
      "one with a notice",
      { ...NEW, ...NOTICE, status: "closed", status_reason: "client_closed" },
      { actual: null },
    ),
    says: /closing as client_closed needs the aan_ columns/,
  },
  create_field_missing: {
    rejects: one("a new account without a product", { ...NEW, product_name: "" }, { actual: null }),
    accepts: one("a new account with what it needs", NEW, { actual: null }),
    says: /the bank has no such account, and a new account needs a product_name/,
  },
  contradiction: {
    rejects: two("two products", { product_name: "Everyday" }, { product_name: "Holiday" }),
    accepts: two("one product twice", { product_name: "Everyday" }, { product_name: "Everyday" }),
    says: /rows 2, 3 .*different values for product_name, and not all of them have an effective_at/,
  },
  effective_at_repeated: {
    rejects: two(
      "two products at one instant",
      { product_name: "Everyday", effective_at: "2025-03-04T11:22:33Z" },
      { product_name: "Holiday", effective_at: "2025-03-04T12:22:33+01:00" },
    ),
    accepts: two(
      "two products one after the other",
      { product_name: "Everyday", effective_at: "2025-03-04T11:22:33Z" },
      { product_name: "Holiday", effective_at: "2025-03-04T12:22:34+01:00" },
    ),
    says: /rows 2, 3 .*two of them have the same effective_at/,
  },
  account_users_limit: {
    rejects: { what: "a thousand and one users of one account", csv: users(1001), bank: AT_MOST_TWO.bank },
    accepts: { what: "a thousand", csv: users(1000), bank: AT_MOST_TWO.bank },
    says: /the rows name more than 1,000 users of one account/,
  },
  account_rows_limit: {
    rejects: { what: "three rows for one account", csv: `${HEADER}c1,Card\nc1,Card\nc1,Card\n`, ...AT_MOST_TWO },
    accepts: { what: "two rows for one account", csv: `${HEADER}c1,Card\nc1,Card\n`, ...AT_MOST_TWO },
    says: /3 rows name one account, and the limit is 2/,
  },
};

function limited(cellBytes: number): Pick<Trial, "settings"> {
  return { settings: { limits: { ...DEFAULT_LIMITS, cellBytes } } };
}
