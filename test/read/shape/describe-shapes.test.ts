/**
 * The words of the reading line about shapes, what it lists as not in the file, and headers that do not fit what the job says.
 */
import { expect } from "chai";
import { describeReading } from "../../../src/read/describe-reading.ts";
import { readHeader } from "../../../src/read/header/read-header.ts";
import { DEFAULT_READ_SETTINGS, type ReadSettings } from "../../../src/read/reading.ts";
import { readingOf } from "./reading-of.ts";

const line = (names: readonly string[], settings: Partial<ReadSettings>) => describeReading(readingOf(names, settings));

function rejection(names: readonly string[], settings: Partial<ReadSettings>): string {
  const read = readHeader(names, { ...DEFAULT_READ_SETTINGS, ...settings }, ",");
  return read.kind === "rejected" ? `${read.rejection.code}: ${read.rejection.message}` : "taken";
}

const USERS = { join: { authorized_users: ["u1", "u2"] } } as const;
const LIMITS = { amounts: { limit: { byCurrency: { USD: "usd", EUR: "eur" } } } } as const;
const BOTH = { values: { status: { F: "inactive/frozen" } } } as const;

describe("the reading line", () => {
  it("has nothing of shapes that the job does not say", () => {
    expect(line(["account_id"], {})).to.equal("tieout layout, comma, money in minor");
  });

  it("has each shape of a column that is there", () => {
    const settings: Partial<ReadSettings> = {
      columns: { ACCT: "account_id", PROD: "client_product_name" },
      layout: "bank",
      constants: { "metadata.source": "a" },
      values: { status: { A: "active" }, is_mla: { cells: { y: true, n: false }, letterCase: "ignore" } },
      split: { account_holders: "|" },
      ...USERS,
      dates: { effective_at: { format: "MM/DD/YY", century: 20, time: "17:00", zone: "UTC", repeated: "later" } },
      numbers: { implied: 2, negative: "after" },
      amounts: { ...LIMITS.amounts, max_limit: { currency: "ccy" } },
    };
    const names = ["ACCT", "PROD", "status", "is_mla", "account_holders", "u1", "u2", "effective_at", "usd", "eur"];
    expect(line([...names, "max_credit_limit", "ccy"], settings)).to.equal(
      'bank layout, comma, money in decimal, "ACCT" is account_id, "PROD" is client_product_name, authorized_users from "u1", "u2", ' +
        'account_holders split at "|", status by 1 listed cell, is_mla by 2 listed cells in any letter case, ' +
        "effective_at as MM/DD/YY of the years 2000 to 2099 at 17:00 in UTC the later of two, amounts as 125000 or 125000-, " +
        'limit in USD or EUR, each in a column of its own, max_limit in the currency of "ccy", metadata.source always "a", ' +
        "an empty account_holders or authorized_users is left alone",
    );
  });

  it("shows amounts in minor units as such, where the job only says what stands between groups", () => {
    const numbers = { group: "," } as const;
    expect(line(["account_id", "limit"], { numbers })).to.equal(
      "tieout layout, comma, money in minor, amounts as 125,000",
    );
    expect(line(["account_id", "limit"], { numbers, money: "decimal" })).to.include("amounts as 1,250.00");
  });

  it("lists what is named and not in the file, and the first of many aliases", () => {
    const columns = Object.fromEntries(
      ["status", "is_mla", "limit", "max_limit", "currency", "product_name"].map((name) => [name.toUpperCase(), name]),
    );
    const settings = {
      columns: { ...columns, OLD: "underwriting_grade" },
      dates: { effective_at: "DD/MM/YYYY" },
      ...USERS,
    };
    expect(line(["account_id", ...Object.keys(columns)], settings)).to.equal(
      'tieout layout, comma, money in minor, "STATUS" is status, "IS_MLA" is is_mla, "LIMIT" is limit, "MAX_LIMIT" is max_limit, ' +
        "and 2 other names of the file's own, not in the file: columns.OLD join.authorized_users dates.effective_at",
    );
  });
});

describe("a header beside shapes", () => {
  const cases: readonly (readonly [names: string, settings: Partial<ReadSettings>, comes: string])[] = [
    [
      "product_name",
      { constants: { product_name: "Card" } },
      'the job makes product_name by constants, and the file has "product_name" for it',
    ],
    [
      "PROD",
      { columns: { PROD: "product_name" }, constants: { product_name: "Card" } },
      'the job makes product_name by constants, and the file has "PROD" for it',
    ],
    [
      "authorized_users u1 u2",
      USERS,
      'the job makes authorized_users by join, and the file has "authorized_users" for it',
    ],
    ["u1", USERS, 'the job makes authorized_users by join, and the file lacks "u2"'],
    ["u1 u2", USERS, "taken"],
    ["status", USERS, "taken"],
    ["limit usd eur", LIMITS, 'the job makes limit by amounts, and the file has "limit" for it'],
    ["usd", LIMITS, 'the job makes limit by amounts, and the file lacks "eur"'],
    ["limit", { amounts: { limit: { currency: "ccy" } } }, 'the job makes limit by amounts, and the file lacks "ccy"'],
    [
      "status status_reason",
      BOTH,
      'the job\'s values of status give a reason too, and the file has "status_reason" for it',
    ],
    ["status_reason", BOTH, "taken"],
    // What takes a run back is in our layout, whatever the job says.
    ["product_name status undoes_run undoes_row", { ...BOTH, constants: { product_name: "Card" } }, "taken"],
  ];
  for (const [names, settings, comes] of cases) {
    it(`of ${names} with ${JSON.stringify(settings)} is ${comes === "taken" ? "taken" : "rejected"}`, () => {
      const all = ["account_id", ...names.split(" ")];
      expect(rejection(all, settings)).to.equal(comes === "taken" ? comes : `header_shape_differs: ${comes}`);
    });
  }

  it("keeps none of them for a file of tieout undo", () => {
    const settings = { ...BOTH, constants: { product_name: "Card" }, numbers: { decimal: "," as const } };
    const { forms, money } = readingOf(["account_id", "limit", "undoes_run", "undoes_row"], settings);
    expect([forms?.shapes, money]).to.deep.equal([undefined, "minor"]);
  });

  it("keeps of them what speaks of users, in the Authorized Users file", () => {
    const settings: Partial<ReadSettings> = {
      ...USERS,
      constants: { product_name: "Card" },
      values: { status: { A: "active", X: "inactive/frozen" }, is_mla: { Y: true } },
      dates: { effective_at: { format: "DD/MM/YYYY HH:mm", zone: "UTC" }, scra_start_date: "DD/MM/YYYY" },
    };
    const { layout, forms } = readingOf(["entity_id", "account_id", "status", "effective_at"], settings);
    expect([layout, Object.keys(forms?.shapes?.values ?? {}), Object.keys(forms?.shapes ?? {})]).to.deep.equal([
      "authorized_users",
      ["status"],
      ["values", "dates"],
    ]);
  });
});
