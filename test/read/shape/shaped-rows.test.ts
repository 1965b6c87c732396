/**
 * What rows come to in jobs that say how their files write values: each shape with cells that it takes, and those that it does not.
 */
import { expect } from "chai";
import { valuesOf } from "./reading-of.ts";

type Settings = Parameters<typeof valuesOf>[1];
type Case = readonly [what: string, cells: Readonly<Record<string, string>>, settings: Settings, comes: unknown];

const STATUS = { values: { status: { A: "active", F: "inactive/frozen", P: null } } } as const;
const USERS = { join: { authorized_users: ["u1", "u2"] } } as const;
const LIMITS = {
  money: "decimal",
  amounts: { limit: { byCurrency: { USD: "usd", KWD: "kwd" } } },
} as const;
const PARTS = {
  money: "decimal",
  defaults: { currency: "USD" },
  join: { limit: { columns: ["units", "cents"], by: "." } },
} as const;
const BESIDE = { money: "decimal", amounts: { limit: { currency: "ccy" } } } as const;

const CASES: readonly Case[] = [
  ["an alias", { ACCT: "Card" }, { columns: { ACCT: "product_name" } }, { product_name: "Card" }],
  [
    "a constant",
    { status: "active" },
    { constants: { product_name: "Card", is_mla: false } },
    { status: "active", product_name: "Card", is_mla: false },
  ],
  ["a constant of metadata", {}, { constants: { "metadata.source": "a" } }, { metadata: { source: "a" } }],
  ["a constant list", {}, { constants: { capabilities: ["deposit"] } }, { capabilities: ["deposit"] }],
  [
    "a constant list that an empty cell would clear",
    {},
    { constants: { account_holders: ["entity_a"] }, emptyMeans: "clear" },
    { account_holders: ["entity_a"] },
  ],

  ["an amount of parts", { units: "12", cents: "50" }, PARTS, { limit: 1250 }],
  ["an amount without any part", { units: "", cents: " ", is_mla: "true" }, PARTS, { is_mla: true }],
  ["the cents of an amount alone", { units: "", cents: "50" }, PARTS, ["units: money_malformed"]],
  ["the units of an amount alone", { units: "12", cents: "" }, PARTS, ["cents: money_malformed"]],
  [
    "an amount whose sign may be empty",
    { sign: "", sum: "5" },
    { money: "minor", join: { limit: { columns: ["sign", "sum"], by: "" } } },
    { limit: 5 },
  ],

  ["a mapped word", { status: "A" }, STATUS, { status: "active" }],
  ["a mapped word with its reason", { status: " F " }, STATUS, { status: "inactive", status_reason: "frozen" }],
  ["a cell that is mapped to nothing", { status: "P", is_mla: "true" }, STATUS, { is_mla: true }],
  ["an empty cell that is not mapped", { status: "", is_mla: "true" }, STATUS, { is_mla: true }],
  ["another letter case", { status: "a" }, STATUS, ["status: value_unmapped"]],
  ["the value itself in place of the cell", { status: "active" }, STATUS, ["status: value_unmapped"]],
  [
    "another letter case that is said",
    { status: "a" },
    { values: { status: { cells: { A: "active" }, letterCase: "ignore" } } },
    { status: "active" },
  ],
  ["an empty cell that is mapped", { is_mla: " " }, { values: { is_mla: { Y: true, "": false } } }, { is_mla: false }],
  [
    "a cell that is left alone, and not empty",
    { is_mla: "-", product_name: "x" },
    { values: { is_mla: { "": false } }, nulls: { leaveAlone: ["-"], text: [] } },
    { product_name: "x" },
  ],
  ["a mapped text", { product_name: "07" }, { values: { product_name: { "07": "Card" } } }, { product_name: "Card" }],
  [
    "mapped metadata",
    { "metadata.kind": "1" },
    { values: { "metadata.kind": { "1": "one" } } },
    { metadata: { kind: "one" } },
  ],
  [
    "a mapped currency, which decides on decimals",
    { currency: "414", limit: "1.5" },
    { money: "decimal", values: { currency: { "414": "KWD" } } },
    { currency: "KWD", limit: 1500 },
  ],
  [
    "an unknown currency, which is all that is wrong",
    { currency: "999", limit: "1.5" },
    { money: "decimal", values: { currency: { "414": "KWD" } } },
    ["currency: value_unmapped"],
  ],
  [
    "a constant currency",
    { limit: "1.5" },
    { money: "decimal", constants: { currency: "KWD" } },
    { currency: "KWD", limit: 1500 },
  ],
  [
    "one cell for two capabilities",
    { capabilities: "B" },
    { values: { capabilities: { B: ["deposit", "credit_with_underwriting"] } } },
    { capabilities: ["deposit", "credit_with_underwriting"] },
  ],

  [
    "a split list",
    { account_holders: "entity_a| entity_b" },
    { split: { account_holders: "|" } },
    { account_holders: ["entity_a", "entity_b"] },
  ],
  [
    "a split list of one",
    { account_holders: "entity_a" },
    { split: { account_holders: "|" } },
    { account_holders: ["entity_a"] },
  ],
  [
    "a sign at the end",
    { account_holders: "entity_a|" },
    { split: { account_holders: "|" } },
    ["account_holders: list_malformed"],
  ],
  [
    "the layout's own sign in a split list",
    { account_holders: "entity_a;entity_b" },
    { split: { account_holders: "|" } },
    ["account_holders: id_malformed"],
  ],
  [
    "an item twice",
    { account_holders: "entity_a|entity_a" },
    { split: { account_holders: "|" } },
    ["account_holders: list_duplicate"],
  ],
  [
    "an empty split cell that clears",
    { is_mla: "true", authorized_signers: " " },
    { split: { authorized_signers: "|" }, emptyMeans: "clear" },
    { is_mla: true, authorized_signers: [] },
  ],
  [
    "split and mapped",
    { capabilities: "D/C" },
    { split: { capabilities: "/" }, values: { capabilities: { D: "deposit", C: "credit_with_underwriting" } } },
    { capabilities: ["deposit", "credit_with_underwriting"] },
  ],
  [
    "split and not in the map",
    { capabilities: "D/X" },
    { split: { capabilities: "/" }, values: { capabilities: { D: "deposit" } } },
    ["capabilities: value_unmapped"],
  ],

  ["joined items", { u1: "entity_a", u2: " entity_b " }, USERS, { authorized_users: ["entity_a", "entity_b"] }],
  ["a joined list with an empty cell", { u1: "", u2: "entity_b" }, USERS, { authorized_users: ["entity_b"] }],
  ["all empty, left alone", { u1: "", u2: "", is_mla: "true" }, USERS, { is_mla: true }],
  [
    "all empty, cleared",
    { u1: "", u2: " ", is_mla: "true" },
    { ...USERS, emptyAuthorizedUsers: "clear" },
    { is_mla: true, authorized_users: [] },
  ],
  [
    "one left alone by the job's word, so not cleared",
    { u1: "NONE", u2: "", is_mla: "true" },
    { ...USERS, emptyAuthorizedUsers: "clear", nulls: { leaveAlone: ["NONE"], text: [] } },
    { is_mla: true },
  ],
  ["an item that is no id", { u1: "entity_a", u2: "ann" }, USERS, ["u2: id_malformed"]],
  ["two cells alike", { u1: "entity_a", u2: "entity_a" }, USERS, ["u2: list_duplicate"]],
  ["a list in one of the cells", { u1: "entity_a;entity_b", u2: "" }, USERS, ["u1: id_malformed"]],
  [
    "joined texts",
    { a: "12", b: "", c: "Main St" },
    { join: { "metadata.street": { columns: ["a", "b", "c"], by: " " } } },
    { metadata: { street: "12 Main St" } },
  ],

  [
    "a comma for decimals",
    { currency: "USD", limit: "1.250,5" },
    { numbers: { decimal: ",", group: "." } },
    { currency: "USD", limit: 125050 },
  ],
  [
    "no group where there may be one",
    { currency: "USD", limit: "1250,00" },
    { numbers: { decimal: ",", group: "." } },
    { currency: "USD", limit: 125000 },
  ],
  [
    "groups that are no groups",
    { currency: "USD", limit: "12.50,00" },
    { numbers: { decimal: ",", group: "." } },
    ["limit: money_malformed"],
  ],
  [
    "the other form",
    { currency: "USD", limit: "1,250.00" },
    { numbers: { decimal: ",", group: "." } },
    ["limit: money_malformed"],
  ],
  [
    "a group that is not said",
    { currency: "USD", limit: "1.250,00" },
    { numbers: { decimal: "," } },
    ["limit: money_malformed"],
  ],
  ["groups in minor units", { limit: "125,000" }, { numbers: { group: "," } }, { limit: 125000 }],
  [
    "implied decimals",
    { currency: "USD", limit: "000125050" },
    { numbers: { implied: 2 } },
    { currency: "USD", limit: 125050 },
  ],
  [
    "implied decimals of yen",
    { currency: "JPY", limit: "125000" },
    { numbers: { implied: 2 } },
    { currency: "JPY", limit: 1250 },
  ],
  [
    "implied decimals that yen have not",
    { currency: "JPY", limit: "125050" },
    { numbers: { implied: 2 } },
    ["limit: money_too_precise"],
  ],
  [
    "implied decimals of dinars",
    { currency: "KWD", limit: "5" },
    { numbers: { implied: 2 } },
    { currency: "KWD", limit: 50 },
  ],
  [
    "a minus behind",
    { currency: "USD", available_credit: "12.50-" },
    { numbers: { decimal: ".", negative: "after" } },
    { currency: "USD", available_credit: -1250 },
  ],
  [
    "parentheses",
    { currency: "USD", available_credit: "(12.50)" },
    { numbers: { decimal: ".", negative: "parentheses" } },
    { currency: "USD", available_credit: -1250 },
  ],
  [
    "a minus where parentheses are said",
    { currency: "USD", available_credit: "-12.50" },
    { numbers: { decimal: ".", negative: "parentheses" } },
    ["available_credit: money_malformed"],
  ],

  [
    "the column of the row's currency",
    { currency: "KWD", usd: "", kwd: "1.5" },
    LIMITS,
    { currency: "KWD", limit: 1500 },
  ],
  ["no amount in any", { currency: "KWD", usd: "", kwd: "" }, LIMITS, { currency: "KWD" }],
  [
    "the column of another currency",
    { currency: "KWD", usd: "1.5", kwd: "" },
    LIMITS,
    ["usd: amount_currency_differs"],
  ],
  ["two columns", { currency: "KWD", usd: "1.5", kwd: "1.5" }, LIMITS, ["usd: amount_currency_differs"]],
  ["too precise in its column", { currency: "USD", usd: "1.505", kwd: "" }, LIMITS, ["usd: money_too_precise"]],
  ["a row without a currency", { currency: "", usd: "1.5", kwd: "" }, LIMITS, ["usd: currency_missing"]],
  ["the job's currency", { usd: "1.5", kwd: "" }, { ...LIMITS, defaults: { currency: "USD" } }, { limit: 150 }],
  [
    "a currency beside that is the row's",
    { currency: "USD", limit: "1.5", ccy: "USD" },
    BESIDE,
    { currency: "USD", limit: 150 },
  ],
  [
    "a currency beside that is another",
    { currency: "USD", limit: "1.5", ccy: "EUR" },
    BESIDE,
    ["ccy: amount_currency_differs"],
  ],
  ["no currency beside", { currency: "USD", limit: "1.5", ccy: "" }, BESIDE, ["ccy: amount_currency_differs"]],
  ["no amount beside a currency", { currency: "USD", limit: "", ccy: "EUR" }, BESIDE, { currency: "USD" }],
];

describe("rows of a job with shapes", () => {
  for (const [what, cells, settings, comes] of CASES) {
    it(`with ${what}`, () => expect(valuesOf(cells, settings)).to.deep.equal(comes));
  }
});
