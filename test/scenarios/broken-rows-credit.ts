/**
 * Broken rows about credit: its seven plain members, the report, SCRA, and amounts in minor units and in decimals.
 */
import {
  type BrokenRow,
  CREDIT,
  CREDIT_CELLS,
  credit,
  NEW,
  REPORT_CELLS,
  report,
  scra,
  type Theme,
} from "./broken-rows-seed.ts";

/** The same value in the cell and in the request: `value` as JSON has it. */
const member = (name: string, code: BrokenRow[1], column: keyof typeof CREDIT, value: unknown): BrokenRow => [
  name,
  code,
  { [column]: String(value) },
  credit({ [column]: value }),
];

export const CREDIT_OF_NEW: Theme = {
  name: "the credit of a new account",
  base: { ...NEW, ...CREDIT_CELLS, capabilities: "deposit;credit_without_underwriting" },
  sound: [{}, { available_credit: "-500", limit: "30000", is_mla: "TRUE" }, { currency: "JPY" }, { currency: "KWD" }],
  broken: [
    ...Object.keys(CREDIT).map(
      (column): BrokenRow => [
        `${column} not given`,
        "create_field_missing",
        { [column]: "" },
        credit({ [column]: undefined }),
      ],
    ),
    member("yes for a flag", "boolean_malformed", "is_secured", "yes"),
    member("1 for a flag", "boolean_malformed", "is_secured", 1),
    member("no for the other flag", "boolean_malformed", "is_mla", "no"),
    member("0 for the other flag", "boolean_malformed", "is_mla", 0),
    member("a currency in lower case", "currency_unknown", "currency", "usd"),
    member("a currency of two letters", "currency_unknown", "currency", "US"),
    member("a currency by number", "currency_unknown", "currency", "840"),
    member("a currency by its sign", "currency_unknown", "currency", "$"),
    member("a currency nobody has", "currency_unknown", "currency", "ZZZ"),
    member("a fraction of a cent", "money_malformed", "available_credit", 12.5),
    member("letters for an amount", "money_malformed", "available_credit", "abc"),
    member("an exponent", "money_malformed", "limit", "1e3"),
    member("a plus sign", "money_malformed", "limit", "+5"),
    member("a thousands comma", "money_malformed", "limit", "1,000"),
    member("a thousands blank", "money_malformed", "limit", "1 000"),
    member("a thousands apostrophe", "money_malformed", "limit", "1'000"),
    member("a hexadecimal amount", "money_malformed", "limit", "0x10"),
    member("digits of full width", "money_malformed", "limit", "１０"),
    member("an amount with its currency", "money_malformed", "max_limit", "300 USD"),
    member("no number", "money_malformed", "max_limit", "NaN"),
    member("more than a number holds", "money_too_large", "max_limit", 9_007_199_254_740_992),
    member("less than a number holds", "money_too_large", "available_credit", -9_007_199_254_740_992),
    ["a negative limit", "money_malformed", { limit: "-5" }],
    ["a negative max_limit", "money_malformed", { max_limit: "-1" }],
    ["a limit above its max", "limit_above_max", { limit: "30001" }],
  ],
};

const score = (name: string, code: BrokenRow[1], value: unknown): BrokenRow => [
  name,
  code,
  { credit_score: String(value) },
  report({ score: value }),
];
const pulled = (name: string, text: string): BrokenRow => [
  name,
  "instant_malformed",
  { credit_pulled_at: text },
  report({ pulled_at: text }),
];
const start = (name: string, text: string): BrokenRow => [
  name,
  "date_malformed",
  { scra_start_date: text },
  scra({ start_date: text }),
];

export const REPORT_AND_SCRA: Theme = {
  name: "the credit report and SCRA of a new account",
  base: { ...NEW, ...CREDIT_CELLS, ...REPORT_CELLS, scra_start_date: "2025-03-04" },
  sound: [
    { credit_score: "300" },
    { credit_score: "850", credit_pulled_at: "2024-02-29T23:59:59.123456789-06:00" },
    { scra_start_date: "2024-02-29", scra_end_date: "2026-12-31" },
  ],
  broken: [
    score("a score of 299", "score_out_of_range", 299),
    score("a score of 851", "score_out_of_range", 851),
    score("a score of 0", "score_out_of_range", 0),
    score("a negative score", "integer_malformed", -700),
    score("half a point", "integer_malformed", 700.5),
    score("a score in words", "integer_malformed", "seven hundred"),
    score("a score with an exponent", "integer_malformed", "7e2"),
    ["no score", "group_incomplete", { credit_score: "" }, report({ score: undefined })],
    ["no time of the report", "group_incomplete", { credit_pulled_at: "" }, report({ pulled_at: undefined })],
    ["no bureau", "group_incomplete", { credit_report_source: "" }, report({ source: undefined })],
    [
      "a bureau alone",
      "group_incomplete",
      { credit_score: "", credit_pulled_at: "" },
      report({ score: undefined, pulled_at: undefined }),
    ],
    ["an unknown bureau", "value_not_allowed", { credit_report_source: "innovis" }, report({ source: "innovis" })],
    ["a bureau's capital", "value_not_allowed", { credit_report_source: "Equifax" }, report({ source: "Equifax" })],
    pulled("a day only", "2025-03-04"),
    pulled("no zone", "2025-03-04T11:22:00"),
    pulled("no seconds", "2025-03-04T11:22Z"),
    pulled("a blank for the T", "2025-03-04 11:22:00Z"),
    pulled("30 February", "2026-02-30T11:22:00Z"),
    pulled("29 February in a common year", "2025-02-29T11:22:00Z"),
    pulled("a 13th month", "2026-13-01T11:22:00Z"),
    pulled("an hour 24", "2025-03-04T24:00:00Z"),
    pulled("a minute 60", "2025-03-04T11:60:00Z"),
    pulled("a zone of one digit", "2025-03-04T11:22:00+1"),
    pulled("a zone of 25 hours", "2025-03-04T11:22:00+25:00"),
    pulled("a zone by its name", "2025-03-04T11:22:00 CST"),
    pulled("seconds since 1970", "1769851800"),
    pulled("a day first", "31/01/2026 11:22:00"),
    start("a start on 30 February", "2026-02-30"),
    start("a start on 29 February in a common year", "2025-02-29"),
    start("a start in month 0", "2026-00-10"),
    start("a start on day 32", "2026-01-32"),
    start("a start with points", "31.01.2026"),
    start("a start with slashes", "01/31/2026"),
    start("a start without zeros", "2026-1-31"),
    start("a start without hyphens", "20260131"),
    start("a start with a time", "2025-03-04T00:00:00Z"),
    [
      "an end that is no day",
      "date_malformed",
      { scra_end_date: "2026-02-31" },
      scra({ start_date: "2025-03-04", end_date: "2026-02-31" }),
    ],
    [
      "an end without a start",
      "scra_start_missing",
      { scra_start_date: "", scra_end_date: "2026-12-31" },
      scra({ end_date: "2026-12-31" }),
    ],
  ],
};

/** Only this amount, so that one mistake is one issue. */
const decimal = (name: string, code: BrokenRow[1], credit_limit: string, currency = "USD"): BrokenRow => [
  name,
  code,
  { available_credit: "", max_credit_limit: "", credit_limit, currency },
];

export const DECIMALS: Theme = {
  name: "decimal amounts in the bank's layout",
  base: {
    capabilities: "credit_without_underwriting",
    account_holders: '["entity_ann"]',
    client_product_name: "Card",
    currency: "USD",
    is_secured: "false",
    is_mla: "false",
    underwriting_grade: "A",
    available_credit: "100.00",
    credit_limit: "200",
    max_credit_limit: "300.5",
  },
  sound: [
    {},
    { currency: "JPY", available_credit: "100", max_credit_limit: "300" },
    { currency: "KWD", credit_limit: "200.125" },
    { available_credit: "-0.01" },
  ],
  broken: [
    decimal("a tenth of a cent", "money_too_precise", "100.005"),
    decimal("a zero beyond the cent", "money_too_precise", "100.000"),
    decimal("a fraction of a yen", "money_too_precise", "100.5", "JPY"),
    decimal("a fourth decimal of a dinar", "money_too_precise", "1.0005", "KWD"),
    decimal("commas for thousands", "money_malformed", "1,000.00"),
    decimal("a comma for the point", "money_malformed", "1000,00"),
    decimal("points for thousands", "money_malformed", "1.000.00"),
    decimal("an exponent", "money_malformed", "1e2"),
    decimal("a dollar sign", "money_malformed", "$100"),
    decimal("a plus sign", "money_malformed", "+5.00"),
    decimal("a negative limit", "money_malformed", "-5.00"),
    decimal("brackets for a minus", "money_malformed", "(5.00)"),
    decimal("no digit before the point", "money_malformed", ".5"),
    decimal("no digit after the point", "money_malformed", "5."),
    decimal("underscores", "money_malformed", "1_000.00"),
    decimal("more cents than a number holds", "money_too_large", "90071992547409.92"),
    decimal("no currency", "currency_missing", "100.00", ""),
    decimal("a currency in lower case", "currency_unknown", "100.00", "usd"),
    ["a limit above its max by a cent", "limit_above_max", { credit_limit: "300.51" }],
  ],
};
