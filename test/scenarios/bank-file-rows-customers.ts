/**
 * Broken rows about customers by the program's own ids: the id's form, the list's form, and what the bank finds.
 */
import { type BankFileRow, type BankFileTheme, COMMERCIAL, DEPOSIT, type End, list } from "./bank-file-rows-seed.ts";
import { CROWD } from "./broken-rows-seed.ts";

const MALFORMED: End = "invalid id_malformed";

/** One holder who is written like this in a JSON array. */
const holder = (name: string, id: string, end: End = MALFORMED): BankFileRow => [
  name,
  end,
  { account_holders: list(id) },
];
/** The whole cell. */
const cell = (name: string, end: End, text: string): BankFileRow => [name, end, { account_holders: text }];

export const CUSTOMER_CHARACTERS: BankFileTheme = {
  name: "characters of a customer's own id",
  on: "deposit",
  base: DEPOSIT,
  sound: [
    {},
    { authorized_users: list("c".repeat(64)) },
    { account_holders: list("cust-ann", "entity_bob") },
    { account_holders: '"cust-ann","cust-bob"' },
  ],
  broken: [
    holder("65 characters", "c".repeat(65)),
    holder("none", ""),
    holder("a space alone", " "),
    holder("a space before", " cust-ann"),
    holder("a space behind", "cust-ann "),
    holder("two spaces within", "cust  ann"),
    holder("a tab", "cust\tann"),
    holder("a line end", "cust-ann\n"),
    holder("a carriage return", "cust-ann\r"),
    holder("a NUL", "cust-ann\u0000"),
    holder("a bell", "cust\u0007ann"),
    holder("a blank of no width", "cust\u200bann"),
    holder("a byte order mark", "\ufeffcust-ann"),
    holder("a blank that doesn't break", "cust\u00a0ann"),
    holder("a soft hyphen", "cust\u00adann"),
    holder("a right-to-left mark", "cust-ann\u200f"),
    holder("a word joiner", "cust\u2060ann"),
    holder("an ideographic blank", "cust\u3000ann"),
    holder("a thin blank", "cust\u2009ann"),
    holder("a Hangul filler", "cust-ann\u3164"),
    holder("a blank of Braille", "cust\u2800ann"),
    holder("a variation selector", "cust-ann\ufe0f"),
    holder("a line separator", "cust\u2028ann"),
    holder("a lost character", "cust-\ufffdnn"),
    holder("half a character", "cust-\ud800nn"),
    holder("a character for private use", "cust-\ue000nn"),
    holder("letters in another Unicode form", "cust-rene\u0301"),
  ],
};

export const CUSTOMER_MARKERS: BankFileTheme = {
  name: "what programs make of a customer's own id",
  on: "deposit",
  base: DEPOSIT,
  sound: [{ authorized_users: list("cust-bob") }],
  broken: [
    ...["NULL", "null", "None", "nil", "NaN", "N/A", "undefined", "\\N", "<null>", "(null)"].map((marker) =>
      holder(`${marker} for an id`, marker),
    ),
    ...["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "########", "Err:502", "#WERT!"].map((marker) =>
      cell(`${marker} for the list`, MALFORMED, marker),
    ),
    cell("null for the list", MALFORMED, "null"),
    cell("a list of null", "invalid list_malformed", "[null]"),
    holder("a formula around the id", '="cust-ann"'),
    holder("a formula", "=A7"),
    cell("a formula for the list", MALFORMED, "=A7"),
    holder("an apostrophe before", "'7001"),
    holder("a shortened number", "1.23457E+15"),
    holder("a shortened number with a comma", "1,23457E+15"),
    cell("a shortened number for the list", MALFORMED, "7E+15"),
    holder("quotes that an export has added", '"cust-ann"'),
  ],
};

const PAIRS = ["“”", "‘’", "„“", "‚‘", "”“", "«»", "‹›", "′′", "″″", "``", "´´", "＂＂", "「」", "『』", "〝〞"];

export const CUSTOMER_QUOTES: BankFileTheme = {
  name: "quotes around customers' own ids, as web pages print them",
  on: "deposit",
  base: DEPOSIT,
  says: /(quote|prime|backtick|accent) \(. U\+[\dA-F]{4}\)/u,
  sound: [{ account_holders: list("cust-ann", "cust-bob") }],
  broken: [
    ...PAIRS.map((pair) => cell(`an id in ${pair}`, MALFORMED, `${pair[0]}cust-ann${pair[1]}`)),
    holder("both kinds of quotes", "“cust-ann”"),
    cell("one of two ids", MALFORMED, "cust-ann;‘cust-bob’"),
    cell("an array", "invalid list_malformed", "[“cust-ann”,“cust-bob”]"),
    cell("a list with a comma", "invalid list_malformed", "“cust-ann”,“cust-bob”"),
    cell("an array's closing quote", "invalid list_malformed", '["cust-ann”]'),
    cell("an array's opening quote", "invalid list_malformed", '[“cust-ann"]'),
    cell("an array with one sound id", "invalid list_malformed", '["cust-ann",“cust-bob”]'),
    ["signers", MALFORMED, { authorized_signers: "”cust-ann”" }],
    ["an entity of the bank's", MALFORMED, { authorized_users: "“entity_ann”" }],
  ],
};

export const CUSTOMER_LISTS: BankFileTheme = {
  name: "lists of customers' own ids",
  on: "deposit",
  base: DEPOSIT,
  sound: [
    { authorized_users: "cust-bob" },
    { authorized_users: "cust-bob; entity_crowd1" },
    { authorized_users: list(...CROWD.slice(0, 10), ...Array.from({ length: 10 }, (_, i) => `cust-${i + 10}`)) },
  ],
  broken: [
    cell("not closed", "invalid list_malformed", '["cust-ann"'),
    cell("without quotes", "invalid list_malformed", "[cust-ann]"),
    cell("apostrophes for quotes", "invalid list_malformed", "['cust-ann']"),
    cell("a comma too many", "invalid list_malformed", '["cust-ann",]'),
    cell("no comma between", "invalid list_malformed", '["cust-ann" "cust-bob"]'),
    cell("semicolons in an array", "invalid list_malformed", '["cust-ann";"cust-bob"]'),
    cell("commas without quotes", "invalid list_malformed", "cust-ann,cust-bob"),
    cell("an object", "invalid list_malformed", '{"id":"cust-ann"}'),
    cell("an array of arrays", "invalid list_malformed", '[["cust-ann"]]'),
    cell("an array of objects", "invalid list_malformed", '[{"id":"cust-ann"}]'),
    cell("a number in an array", "invalid list_malformed", "[7001]"),
    cell("a flag in an array", "invalid list_malformed", '["cust-ann",true]'),
    cell("a semicolon behind", "invalid list_malformed", "cust-ann;"),
    cell("semicolons alone", "invalid list_malformed", ";"),
    cell("a quote that isn't closed", "invalid list_malformed", '"cust-ann'),
    cell("text behind the array", "invalid list_malformed", '["cust-ann"] and others'),
    cell("empty", "invalid holders_empty", "[]"),
    cell("an own id twice", "invalid list_duplicate", list("cust-ann", "cust-ann")),
    cell("an own id twice, with semicolons", "invalid list_duplicate", "cust-ann;cust-bob;cust-ann"),
    cell("an entity twice", "invalid list_duplicate", list("entity_ann", "cust-bob", "entity_ann")),
    ["a user twice", "invalid list_duplicate", { authorized_users: list("cust-bob", "cust-bob") }],
    cell("an account", MALFORMED, list("account_1")),
    cell("an application", MALFORMED, list("application_ann")),
    cell("an application beside a customer", MALFORMED, list("cust-ann", "application_ann")),
    ["an account among users", MALFORMED, { authorized_users: "account_1" }],
    cell("a subledgered account", MALFORMED, list("subledgered_account_1")),
    cell("a partner's ledgered account", MALFORMED, list("partner_ledgered_account_1")),
    cell("two entities in one item", MALFORMED, list("entity_ann,entity_bob")),
    cell("two entities in one item, with a semicolon", MALFORMED, list("cust-bob", "entity_ann;entity_bob")),
    ["two entities with a bar between", MALFORMED, { authorized_users: "entity_ann|entity_bob" }],
    cell("an entity's prefix alone", MALFORMED, list("entity_")),
    cell("an entity of 41 characters", MALFORMED, list(`entity_${"x".repeat(34)}`)),
    cell("a blank in an entity's id", MALFORMED, list("entity_a b")),
    ["21 users by own ids", "invalid list_too_long", { authorized_users: manyUsers(21) }],
    ["21 users by both ids", "invalid list_too_long", { authorized_users: list(...CROWD.slice(0, 20), "cust-bob") }],
    ["30 signers", "invalid list_too_long", { authorized_signers: manyUsers(30) }],
  ],
};

function manyUsers(count: number): string {
  return list(...Array.from({ length: count }, (_, index) => `cust-${index + 10}`));
}

export const CUSTOMER_LOOK_UPS: BankFileTheme = {
  name: "customers that the bank looks up",
  on: "deposit",
  base: DEPOSIT,
  sound: [{}, { authorized_users: list("cust-bob", "entity_crowd1") }],
  broken: [
    cell("a holder who isn't there", "refused own_id_not_found", list("cust-none")),
    cell("one of two who isn't there", "refused own_id_not_found", list("cust-ann", "cust-none")),
    ["a signer who isn't there", "refused own_id_not_found", { authorized_signers: list("cust-nobody") }],
    ["a user who isn't there", "refused own_id_not_found", { authorized_users: "cust-nobody" }],
    cell("capital letters", "refused own_id_not_found", list("CUST-ANN")),
    cell("an entity's prefix in capitals", "refused own_id_not_found", list("Entity_ann")),
    cell("a hyphen in an entity's prefix", "refused own_id_not_found", list("entity-ann")),
    cell("letters that look alike", "refused own_id_not_found", list("сust-ann")),
    cell("a hyphen that looks alike", "refused own_id_not_found", list("cust–ann")),
    cell("two ids with a space between", "refused own_id_not_found", "cust-ann cust-bob"),
    cell("two ids with a bar between", "refused own_id_not_found", "cust-ann|cust-bob"),
    cell("two ids in one item", "refused own_id_not_found", list("cust-ann,cust-bob")),
    cell("two ids in one item, with a query's sign", "refused own_id_not_found", list("cust-ann&client_customer_id=x")),
    cell("a holder whom the bank has twice", "refused own_id_ambiguous", list("cust-twin")),
    cell("one of two whom the bank has twice", "refused own_id_ambiguous", list("cust-ann", "cust-twin")),
    ["a signer whom the bank has twice", "refused own_id_ambiguous", { authorized_signers: list("cust-twin") }],
    ["a user whom the bank has twice", "refused own_id_ambiguous", { authorized_users: list("cust-twin") }],
    cell("one holder by both ids", "refused own_id_twice", list("cust-ann", "entity_ann")),
    cell(
      "one holder by both ids, the bank's first",
      "refused own_id_twice",
      list("entity_ann", "cust-bob", "cust-ann"),
    ),
    ["one signer by both ids", "refused own_id_twice", { authorized_signers: "cust-bob;entity_bob" }],
    ["one user by both ids", "refused own_id_twice", { authorized_users: list("entity_bob", "cust-bob") }],
  ],
};

export const CUSTOMERS_OF_COMMERCIAL: BankFileTheme = {
  name: "customers of a commercial account",
  on: "commercial",
  base: COMMERCIAL,
  sound: [{}],
  broken: [
    ["no signer", "invalid signer_missing", { authorized_signers: "[]" }],
    ["a signer who isn't there", "refused own_id_not_found", { authorized_signers: list("cust-none") }],
    ["a holder by both ids", "refused own_id_twice", { account_holders: list("cust-biz", "entity_biz") }],
    ["a holder type of another account", "refused holder_type_differs", { account_holder_type: "consumer" }],
  ],
};

export const CUSTOMERS_UNPROVEN: BankFileTheme = {
  name: "own ids while nothing has proven the look-up",
  on: "deposit",
  base: { ...DEPOSIT, account_holders: list("entity_bare") },
  sound: [{ account_holders: "" }],
  broken: [
    ["a holder", "held own_id_unproven", { account_holders: list("cust-none") }],
    ["a signer", "held own_id_unproven", { authorized_signers: list("cust-nobody") }],
    ["a user", "held own_id_unproven", { authorized_users: list("cust-nowhere") }],
  ],
};

export const CUSTOMERS_OF_ANOTHER: BankFileTheme = {
  name: "own ids where the bank's look-up finds others",
  on: "deposit",
  lookup: "ignores_filter",
  base: { ...DEPOSIT, account_holders: "" },
  sound: [{ account_id: "account_0" }],
  broken: [
    ["a holder", "refused own_id_of_another", { account_id: "account_1", account_holders: list("cust-ann") }],
    ["a signer", "refused own_id_of_another", { account_id: "account_2", authorized_signers: list("cust-bob") }],
    ["a user", "refused own_id_of_another", { account_id: "account_3", authorized_users: "cust-none" }],
  ],
};

export const CUSTOMERS_PRECHECKED: BankFileTheme = {
  name: "customers by own ids whom the bank may not take",
  on: "deposit",
  job: { precheck: true },
  base: DEPOSIT,
  sound: [{ authorized_users: list("cust-bob") }],
  broken: [
    ["an inactive signer", "refused entity_role_inactive", { authorized_signers: list("cust-idle") }],
    ["an inactive user", "refused entity_role_inactive", { authorized_users: list("cust-idle") }],
    ["an inactive holder", "refused entity_role_inactive", { account_holders: list("cust-ann", "cust-idle") }],
    ["a business for a signer", "refused entity_type_unfit", { authorized_signers: list("cust-biz") }],
    ["a business for a user", "refused entity_type_unfit", { authorized_users: list("cust-biz") }],
    ["a business beside a person", "refused holders_mixed", { account_holders: list("cust-ann", "cust-biz") }],
    ["an entity that isn't there", "refused entity_not_found", { authorized_users: list("cust-bob", "entity_none") }],
  ],
};
