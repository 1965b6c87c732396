/**
 * Broken declarations of shapes: each is refused when the job is loaded, under the path of the setting, with what to give instead.
 */
import { expect } from "chai";
import { FatalError } from "../../src/errors/fatal-error.ts";
import { defineJob, type JobInput } from "../../src/job.ts";

type Case = readonly [what: string, settings: Partial<JobInput>, says: string];

const WRONG: readonly Case[] = [
  [
    "an alias of no column",
    { columns: { ACCT: "acount_id" } },
    'columns.ACCT: "acount_id" is no column, did you mean account_id, in any layout',
  ],
  [
    "an alias of the other layout",
    { layout: "tieout", columns: { L: "credit_limit" } },
    'columns.L: "credit_limit" is no column in the layout tieout',
  ],
  [
    "a shape of no column",
    { constants: { produkt_name: "Card" } },
    'constants.produkt_name: "produkt_name" is no column, did you mean product_name, in either layout',
  ],
  [
    "a column under both its names",
    { dates: {}, values: { product_name: { A: "x" }, client_product_name: { A: "y" } } },
    "values.client_product_name: product_name and client_product_name are the same column",
  ],
  [
    "a constant id",
    { constants: { client_account_id: "c1" } },
    "constants.client_account_id: an id, or documents, cannot be the same in every row",
  ],
  [
    "a constant that is no currency",
    { constants: { currency: "usd" } },
    'constants.currency: "us…" is not a currency of ISO 4217 in capital letters, such as USD',
  ],
  ["a constant that is no value", { constants: { is_mla: "no" } }, 'constants.is_mla: "n…" is neither true nor false'],
  [
    "a map onto a word that the column lacks",
    { values: { status: { A: "activ" } } },
    'values.status.A: "activ" is not one of active, inactive, closed: did you mean active?',
  ],
  [
    "a map onto a reason that the column lacks",
    { values: { status: { F: "inactive/frosen" } } },
    'values.status.F: "frosen" is not one of',
  ],
  [
    "a map onto a reason of another status",
    { values: { status: { F: "active/frozen" } } },
    "values.status.F: frozen is no reason for active, which takes active",
  ],
  [
    "a map onto a status, a reason and more",
    { values: { status: { F: "inactive/frozen/x" } } },
    'values.status.F: give a status, or a status and its reason, as "inactive/frozen"',
  ],
  [
    "a map onto nothing",
    { values: { product_name: { A: "" } } },
    "values.product_name.A: the value is empty: null leaves the column alone",
  ],
  ["a constant of spaces", { constants: { product_name: "  " } }, "constants.product_name: the value is empty"],
  [
    "a map onto a list where the column is none",
    { values: { product_name: { cells: { A: ["x"] }, letterCase: "ignore" } } },
    "values.product_name.A: the column is no list: give one value",
  ],
  [
    "a constant list where the column is none",
    { constants: { "metadata.kind": ["x"] } },
    "constants.metadata.kind: the column is no list: give one value",
  ],
  [
    "a cell with spaces around it, which no cell has once it is looked up",
    { values: { status: { "A ": "active" } } },
    'values.status.A : spaces around a cell do not count: write "A"',
  ],
  [
    "a cell that is left alone before it is looked up",
    { nulls: { leaveAlone: ["N"] }, values: { is_mla: { Y: true, N: false } } },
    "values.is_mla.N: such a cell is left alone, as nulls.leaveAlone says: take it out there",
  ],
  [
    "a cell that is split before it is looked up",
    { split: { capabilities: "/" }, values: { capabilities: { "D/C": "deposit" } } },
    'values.capabilities.D/C: a cell is split at "/" before it is looked up: list each item',
  ],
  [
    "an amount in what is no currency",
    { amounts: { credit_limit: { byCurrency: { USX: "L" } } } },
    'amounts.credit_limit.byCurrency.USX: "US…" is not a currency of ISO 4217',
  ],
  [
    "a distance from UTC that no place has",
    { dates: { effective_at: { format: "DD/MM/YYYY HH:mm", zone: "+25:00" } } },
    "dates.effective_at.zone: give an IANA zone",
  ],
  [
    "a map of ids",
    { values: { account_holders: { A: "entity_a" } } },
    "values.account_holders: ids, documents and amounts have too many values to list",
  ],
  [
    "a map of dates",
    { values: { effective_at: { "0": null } } },
    "values.effective_at: a column of dates has a format, under dates",
  ],
  ["an empty map", { values: { status: {} } }, "values.status: no cell is listed"],
  [
    "a map that letter case makes ambiguous",
    { values: { status: { cells: { a: "active", A: "closed" }, letterCase: "ignore" } } },
    'values.status: "a" and "A" are the same cell without letter case',
  ],
  ["a map of something else", { values: { status: 5 as never } }, "values.status: give the cells and their values"],
  ["a split of no list", { split: { status: "|" } }, "split.status: the column is no list"],
  [
    "a sign that ids may have",
    { split: { account_holders: "_" } },
    'split.account_holders: "_" may be part of an item: give a sign such as | or /',
  ],
  ["a blank sign", { split: { account_holders: " " } }, 'split.account_holders: " " may be part of an item'],
  [
    "a split of joined columns",
    { split: { account_holders: "|" }, join: { account_holders: ["a", "b"] } },
    "join.account_holders: account_holders is under split too: the items have a column each",
  ],
  [
    "a join of one column",
    { join: { account_holders: ["a"] } },
    "join.account_holders: give two columns of the file or more",
  ],
  [
    "a joined list with a sign",
    { join: { account_holders: { columns: ["a", "b"], by: ";" } } },
    "join.account_holders: a list is made of items, each in a column",
  ],
  [
    "a joined text without one",
    { join: { product_name: ["a", "b"] } },
    "join.product_name: say what stands between the texts",
  ],
  [
    "a joined id",
    { join: { client_account_id: { columns: ["a", "b"], by: "-" } } },
    "join.client_account_id: an id, documents and currency have one cell",
  ],
  [
    "a cell of two columns",
    { join: { account_holders: ["a", "b"], authorized_users: ["b", "c"] } },
    'join.authorized_users: the file\'s "b" is under join.account_holders already',
  ],
  [
    "a cell with an alias too",
    { columns: { a: "status" }, join: { account_holders: ["a", "b"] } },
    'join.account_holders: the file\'s "a" is under columns.a already',
  ],
  ["dates of no date", { dates: { status: "DD/MM/YYYY" } }, "dates.status: the column holds no dates"],
  [
    "a token that is none",
    { dates: { scra_start_date: "DD/MM/JJJJ" } },
    'dates.scra_start_date: "DD/MM/JJJJ" has "J", which is none of YYYY',
  ],
  [
    "an instant without a zone",
    { dates: { effective_at: "DD/MM/YYYY HH:mm" } },
    "dates.effective_at: say in which zone",
  ],
  [
    "a zone that is none",
    { dates: { effective_at: { format: "DD/MM/YYYY HH:mm", zone: "Chicago" } } },
    "dates.effective_at",
  ],
  [
    "a constant of dates",
    { constants: { scra_start_date: "2026-01-31" }, dates: { scra_start_date: "DD/MM/YYYY" } },
    "dates.scra_start_date: scra_start_date is under constants too",
  ],
  [
    "a constant reason beside a map of both",
    { constants: { status_reason: "frozen" }, values: { status: { F: "inactive/frozen" } } },
    "constants.status_reason: the values of status give the reason already",
  ],
  ["signs that are one", { numbers: { group: "." } }, "numbers: group and decimal are the same sign"],
  ["decimals and implied ones", { numbers: { decimal: ",", implied: 2 } }, "numbers: give decimal, or implied"],
  [
    "decimals of minor units",
    { money: "minor", numbers: { decimal: "," } },
    "numbers.decimal: money is minor, and minor units have no decimals",
  ],
  ["amounts of no amount", { amounts: { status: { currency: "c" } } }, "amounts.status: the column holds no amounts"],
  ["amounts of no currency", { amounts: { limit: { byCurrency: {} } } }, "amounts.limit: no currency is listed"],
];

const FINE: readonly Case[] = [
  ["two names of the file for one column", { columns: { ACCT: "account_id", ACCOUNT: "account_id" } }, ""],
  ["an alias of metadata", { columns: { BRANCH: "metadata.branch" } }, ""],
  ["a name of the bank's layout", { constants: { client_product_name: "Card" }, layout: "bank" }, ""],
  ["own ids in a constant list", { constants: { account_holders: ["cust-1"] } }, ""],
];

const defined = (settings: Partial<JobInput>) =>
  defineJob({ name: "desk", source: { folder: "in" }, results: { folder: "out" }, ...settings });

describe("shapes of a job", () => {
  for (const [what, settings, says] of WRONG) {
    it(`with ${what} are refused`, () => {
      expect(() => defined(settings))
        .to.throw(FatalError)
        .that.includes({ code: "job_invalid" })
        .and.has.property("message")
        .that.contains(`the job is not valid: ${says}`);
    });
  }
  for (const [what, settings] of FINE) it(`with ${what} are taken`, () => void defined(settings));

  it("are judged with what a source says in their place, and named there", () => {
    const sources = (reads: object) => [
      { folder: "a", name: "one" },
      { folder: "b", name: "two", reads },
    ];
    const job = { constants: { product_name: "Card" } };
    expect(() => defined({ ...job, source: sources({ values: { status: { A: "activ" } } }) })).to.throw(
      'source.1.reads.values.status.A: "activ" is not one of',
    );
    expect(() => defined({ ...job, source: sources({ values: { product_name: { A: "x" } } }) })).to.throw(
      "source.1.reads.values.product_name: product_name is under constants too",
    );
    defined({ ...job, source: sources({ constants: { product_name: "Loan" } }) });
  });

  it("leave a job without any as it was, so that nobody's plan is another one", () => {
    const names = ["constants", "values", "split", "join", "dates", "numbers", "amounts"];
    expect(Object.keys(defined({})).filter((name) => names.includes(name))).to.deep.equal([]);
  });
});
