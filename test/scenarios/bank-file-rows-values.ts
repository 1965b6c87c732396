/**
 * Broken rows about amounts in decimals, groups of columns, status and reason, dates, and cells whose emptiness means none.
 */
import {
  type BankFileRow,
  type BankFileTheme,
  CARD,
  COMMERCIAL,
  DEPOSIT,
  type End,
  list,
  NEW,
} from "./bank-file-rows-seed.ts";
import { NOTICE_CELLS, REPORT_CELLS } from "./broken-rows-seed.ts";

const amount = (name: string, credit_limit: string, end: End = "invalid money_malformed"): BankFileRow => [
  name,
  end,
  { credit_limit, max_credit_limit: "" },
];
const inCurrency = (currency: string, end: End, credit_limit: string): BankFileRow => [
  `${credit_limit} in "${currency}"`,
  end,
  { currency, available_credit: "", credit_limit, max_credit_limit: "" },
];

const inYen = (available_credit: string, credit_limit: string, max_credit_limit: string) => ({
  currency: "JPY",
  available_credit,
  credit_limit,
  max_credit_limit,
});

export const AMOUNTS: BankFileTheme = {
  name: "amounts in decimals",
  on: "card",
  base: CARD,
  sound: [
    { available_credit: "-12.34" },
    { credit_limit: "270" },
    { credit_limit: "270.5" },
    { currency: "KWD", credit_limit: "270.125" },
  ],
  broken: [
    amount("half a cent", "270.005", "invalid money_too_precise"),
    amount("noughts behind the cents", "270.000", "invalid money_too_precise"),
    amount("a thousands comma", "1,270.00"),
    amount("a thousands point and a comma", "1.270,00"),
    amount("a comma for the point", "270,00"),
    amount("a thousands blank", "1 270.00"),
    amount("a thousands apostrophe", "1'270.00"),
    amount("a thousands underscore", "1_270.00"),
    amount("a blank that doesn't break", "1\u00a0270.00"),
    amount("a dollar sign", "$270.00"),
    amount("its currency behind", "270.00 USD"),
    amount("no digit behind the point", "270."),
    amount("no digit before the point", ".50"),
    amount("two points", "270.00.00"),
    amount("an exponent", "2.7E2"),
    amount("a plus", "+270.00"),
    amount("below zero", "-270.00"),
    amount("a bookkeeper's brackets", "(270.00)"),
    amount("a minus behind", "270.00-"),
    amount("no number", "NaN"),
    amount("a database's NULL", "NULL"),
    amount("a formula's error", "#VALUE!"),
    amount("a cell too narrow", "######"),
    amount("a hexadecimal number", "0xFA"),
    amount("digits of full width", "２７０"),
    amount("more than can be sent", "90071992547409.92", "invalid money_too_large"),
    ["a long minus", "invalid money_malformed", { available_credit: "−12.34" }],
    ["less than can be sent", "invalid money_too_large", { available_credit: "-90071992547409.92" }],
    ["a negative max", "invalid money_malformed", { credit_limit: "", max_credit_limit: "-1.00" }],
    inCurrency("JPY", "invalid money_too_precise", "270.5"),
    inCurrency("KWD", "invalid money_too_precise", "270.0005"),
    inCurrency("usd", "invalid currency_unknown", "270.00"),
    inCurrency("US", "invalid currency_unknown", "270.00"),
    inCurrency("840", "invalid currency_unknown", "270.00"),
    inCurrency("$", "invalid currency_unknown", "270.00"),
    inCurrency("ZZZ", "invalid currency_unknown", "270.00"),
    inCurrency("", "invalid currency_missing", "270.00"),
    ["another currency without amounts", "refused currency_differs", inYen("", "", "")],
    ["another currency with one amount", "refused currency_differs", inYen("", "270", "")],
    ["another currency with two amounts", "refused currency_differs", inYen("100", "270", "")],
    ["another currency without the credit left", "refused currency_differs", inYen("", "270", "300")],
    ["yes for a flag", "invalid boolean_malformed", { is_secured: "yes" }],
    ["1 for a flag", "invalid boolean_malformed", { is_mla: "1" }],
  ],
};

/** The accounts are in dollars. */
export const ASSUMED_CURRENCY: BankFileTheme = {
  name: "amounts in the currency that the job gives",
  on: "card",
  job: { defaults: { currency: "KWD" } },
  base: { ...CARD, currency: "" },
  sound: [{ currency: "USD" }, { available_credit: "", credit_limit: "", max_credit_limit: "" }],
  broken: [
    ["all of them", "refused currency_differs", {}],
    ["the limit", "refused currency_differs", { available_credit: "", max_credit_limit: "" }],
    ["the credit left", "refused currency_differs", { credit_limit: "", max_credit_limit: "" }],
    ["more decimals than either currency has", "invalid money_too_precise", { available_credit: "1.0001" }],
  ],
};

/** Such amounts are in the account's own currency, which the job's is not. */
export const MINOR_AMOUNTS: BankFileTheme = {
  name: "amounts in minor units",
  on: "card",
  job: { money: "minor", defaults: { currency: "KWD" } },
  base: { ...CARD, currency: "", available_credit: "10000", credit_limit: "27000", max_credit_limit: "30000" },
  sound: [{}, { currency: "USD" }],
  broken: [
    ["a decimal", "invalid money_malformed", { credit_limit: "270.00" }],
    ["a limit above its max", "invalid limit_above_max", { credit_limit: "30001" }],
    ["another currency without the max", "refused currency_differs", { currency: "KWD", max_credit_limit: "" }],
  ],
};

/** Every part of a group of three but the whole. */
function partsOf(what: string, group: Readonly<Record<string, string>>): BankFileRow[] {
  const columns = Object.keys(group);
  return columns.flatMap((column): BankFileRow[] => [
    [`${what} without ${column}`, "invalid group_incomplete", { ...group, [column]: "" }],
    [`${what} with ${column} alone`, "invalid group_incomplete", { [column]: group[column] ?? "" }],
  ]);
}

const day = (name: string, scra_start_date: string): BankFileRow => [
  name,
  "invalid date_malformed",
  { scra_start_date },
];

export const GROUPS: BankFileTheme = {
  name: "groups of columns",
  on: "card",
  base: CARD,
  sound: [REPORT_CELLS, NOTICE_CELLS, { scra_start_date: "2026-11-01" }, { ...REPORT_CELLS, ...NOTICE_CELLS }],
  broken: [
    ...partsOf("a score", REPORT_CELLS),
    ...partsOf("a notice", NOTICE_CELLS),
    ["a score too low", "invalid score_out_of_range", { ...REPORT_CELLS, credit_score: "299" }],
    ["a score too high", "invalid score_out_of_range", { ...REPORT_CELLS, credit_score: "851" }],
    ["a score with a fraction", "invalid integer_malformed", { ...REPORT_CELLS, credit_score: "700.0" }],
    ["a score in words", "invalid integer_malformed", { ...REPORT_CELLS, credit_score: "good" }],
    ["a bureau in capitals", "invalid value_not_allowed", { ...REPORT_CELLS, credit_report_source: "EQUIFAX" }],
    ["another bureau", "invalid value_not_allowed", { ...REPORT_CELLS, credit_report_source: "schufa" }],
    ["a score pulled on a day", "invalid instant_malformed", { ...REPORT_CELLS, credit_pulled_at: "2026-11-20" }],
    ["a notice by letter", "invalid value_not_allowed", { ...NOTICE_CELLS, aan_delivery_method: "letter" }],
    [
      "a notice without a zone",
      "invalid instant_malformed",
      { ...NOTICE_CELLS, aan_delivered_at: "2026-11-20T12:00:00" },
    ],
    ["a bell in a notice's reason", "invalid control_character", { ...NOTICE_CELLS, aan_reason: "late\u0007" }],
    ["an end of SCRA without a start", "refused scra_start_missing", { scra_end_date: "2026-11-30" }],
    day("30 February", "2026-02-30"),
    day("an American date", "11/01/2026"),
    day("a date without hyphens", "20261101"),
    day("a date without noughts", "2026-11-1"),
    day("a date with a time", "2026-11-01T00:00:00Z"),
    day("a spreadsheet's date", "46327"),
  ],
};

const status = (name: string, end: End, status: string, status_reason = ""): BankFileRow => [
  name,
  end,
  { status, status_reason },
];
const instant = (column: string, text: string): BankFileRow => [
  `${column} as ${text}`,
  "invalid instant_malformed",
  { [column]: text },
];

export const STATUS_AND_DATES: BankFileTheme = {
  name: "status, reason and dates",
  on: "deposit",
  base: DEPOSIT,
  sound: [
    { status_reason: "" },
    { status: "inactive", status_reason: "frozen" },
    { status: "closed", status_reason: "paid_off", closed_at: "2026-11-22T12:00:00Z" },
    { ...NOTICE_CELLS, status: "closed", status_reason: "client_closed" },
  ],
  broken: [
    status("closed without a reason", "invalid status_reason_missing", "closed"),
    status("inactive without a reason", "invalid status_reason_missing", "inactive"),
    status("a reason alone", "invalid status_missing", "", "frozen"),
    status("active for a reason alone", "invalid status_missing", "", "active"),
    status("active and frozen", "invalid status_reason_unfit", "active", "frozen"),
    status("active and paid off", "invalid status_reason_unfit", "active", "paid_off"),
    status("inactive and paid off", "invalid status_reason_unfit", "inactive", "paid_off"),
    status("inactive and active", "invalid status_reason_unfit", "inactive", "active"),
    status("closed and dormant", "invalid status_reason_unfit", "closed", "dormant"),
    status("closed and other", "invalid status_reason_unfit", "closed", "other"),
    status("a status in capitals", "invalid value_not_allowed", "CLOSED", "paid_off"),
    status("a status nobody has", "invalid value_not_allowed", "suspended", "frozen"),
    status("a reason with a hyphen", "invalid value_not_allowed", "closed", "paid-off"),
    status("a reason nobody has", "invalid value_not_allowed", "closed", "deceased"),
    status("closed by the client without a notice", "refused notice_missing", "closed", "client_closed"),
    ["a holder type's capital", "invalid value_not_allowed", { account_holder_type: "Consumer" }],
    ["another holder type", "refused holder_type_differs", { account_holder_type: "commercial" }],
    ["a product with a lost letter", "invalid replacement_character", { client_product_name: "Caf\ufffd" }],
    ["a database's NULL for a product", "invalid null_marker", { client_product_name: "NULL" }],
    ...["generated_at", "effective_at", "created_at", "closed_at"].flatMap((column) => [
      instant(column, "2026-11-22"),
      instant(column, "2026-11-22T23:00:00"),
    ]),
    instant("effective_at", "2026-11-22T24:30:00Z"),
    instant("effective_at", "2026-11-31T12:00:00Z"),
    instant("effective_at", "20261122T230000Z"),
    instant("effective_at", "yesterday"),
  ],
};

const CLEARS = { emptyMeans: "clear", emptyAuthorizedUsers: "clear", removeRelationships: true } as const;

export const EMPTIED: BankFileTheme = {
  name: "cells of an account whose emptiness means none",
  on: "deposit",
  job: CLEARS,
  base: DEPOSIT,
  sound: [{}, { authorized_users: list("cust-bob") }],
  broken: [
    ["no holder", "refused last_holder", { account_holders: "" }],
    ["no holder, but a signer", "refused last_holder", { account_holders: "", authorized_signers: list("cust-ann") }],
    ["no holder, as an array", "invalid holders_empty", { account_holders: "[]" }],
  ],
};

export const EMPTIED_COMMERCIAL: BankFileTheme = {
  name: "cells of a commercial account whose emptiness means none",
  on: "commercial",
  job: CLEARS,
  base: COMMERCIAL,
  sound: [{}, { authorized_signers: list("cust-bob") }],
  broken: [
    ["no holder", "refused last_holder", { account_holders: "" }],
    ["no signer", "refused last_holder", { authorized_signers: "" }],
    ["no signer, but a user", "refused last_holder", { authorized_signers: "", authorized_users: list("cust-ann") }],
    ["no signer, as an array", "invalid signer_missing", { authorized_signers: "[]" }],
    ["no signer, and no holder type", "refused last_holder", { account_holder_type: "", authorized_signers: "" }],
    [
      "no signer, as an array, and no holder type",
      "refused last_holder",
      { account_holder_type: "", authorized_signers: "[]" },
    ],
  ],
};

export const EMPTIED_NEW: BankFileTheme = {
  name: "cells of a new account whose emptiness means none",
  job: CLEARS,
  base: NEW,
  sound: [{}],
  broken: [
    ["no holder", "invalid create_field_missing", { account_holders: "" }],
    [
      "no signer of a commercial account",
      "invalid signer_missing",
      { account_holder_type: "commercial", account_holders: list("cust-biz") },
    ],
  ],
};

export const EMPTIED_CLOSED: BankFileTheme = {
  name: "cells of a closed account whose emptiness means none",
  on: "closed",
  job: CLEARS,
  base: { ...DEPOSIT, client_product_name: "Card", status: "closed", status_reason: "paid_off" },
  sound: [],
  broken: [
    ["one user more", "refused account_closed", { authorized_users: list("cust-bob") }],
    ["another product", "refused account_closed", { client_product_name: "Everyday Plus" }],
    ["open again", "refused account_closed", { status: "active", status_reason: "active" }],
    ["another reason", "refused status_reason_differs", { status_reason: "canceled" }],
    ["another holder", "refused account_closed", { account_holders: list("cust-bob") }],
  ],
};

export const CROWDED: BankFileTheme = {
  name: "lists that would grow too long by own ids",
  on: "crowd",
  base: { ...DEPOSIT, account_holders: "" },
  sound: [{ authorized_users: list("cust-19") }],
  broken: [
    ["one user more", "refused relationships_full", { authorized_users: list("cust-bob") }],
    ["two holders more", "refused relationships_full", { account_holders: list("cust-ann", "cust-bob") }],
  ],
};
