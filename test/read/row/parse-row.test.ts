/**
 * A row's cells to what it wants or all that is wrong with it: conversions by layout, every rule, keys and origin.
 */
import { expect } from "chai";
import type { DesiredRow, InvalidRow, ParsedRow } from "../../../src/read/change.ts";
import { readHeader } from "../../../src/read/header/read-header.ts";
import { DEFAULT_READ_SETTINGS, type Reading, type ReadSettings } from "../../../src/read/reading.ts";
import { parseRow } from "../../../src/read/row/parse-row.ts";

type Cells = Readonly<Record<string, string>>;

function readingOf(names: readonly string[], settings: Partial<ReadSettings> = {}): Reading {
  const read = readHeader(names, { ...DEFAULT_READ_SETTINGS, ...settings }, ",");
  if (read.kind === "rejected") throw new Error(read.rejection.message);
  return read.reading;
}

/** A row with those cells; client_account_id "c1" unless given. */
function parse(cells: Cells, settings: Partial<ReadSettings> = {}): ParsedRow {
  const all = { client_account_id: "c1", ...cells };
  return parseRow({ row: 2, byteOffset: 0, cells: Object.values(all) }, readingOf(Object.keys(all), settings));
}

function desired(cells: Cells, settings: Partial<ReadSettings> = {}): DesiredRow["desired"] {
  const row = parse(cells, settings);
  if (row.kind !== "desired") throw new Error(JSON.stringify(row.issues));
  return row.desired;
}

const issuesOf = (row: ParsedRow) => (row as InvalidRow).issues.map(({ code, column }) => `${column}: ${code}`);

const REPORT = { credit_score: "700", credit_pulled_at: "2026-01-31T09:30:00Z", credit_report_source: "equifax" };
const NOTICE = { aan_delivered_at: "2026-01-31T09:30:00Z", aan_reason: "late", aan_delivery_method: "email" };

describe("parseRow", () => {
  it("takes the cells of a run of version 0.2 as that took them, since its rows are in the ledger", () => {
    const { forms: _, ...reading } = readingOf(["client_account_id", "product_name"]);
    for (const id of ["core-1\u00a0", "NULL", "8.9E+19", '="7"']) {
      const row = parseRow({ row: 2, byteOffset: 0, cells: [id, "NULL"] }, reading);
      expect(row.kind === "desired" && row.desired).to.deep.equal({ client_account_id: id, product_name: "NULL" });
    }
  });

  it("counts a cell as empty where the job leaves it alone, whatever the column holds", () => {
    const settings = { nulls: { leaveAlone: ["NULL", "-"], text: ["#N/A"] } };
    const cells = {
      limit: "NULL",
      currency: " - ",
      status: "-",
      account_holders: "NULL",
      aan_reason: "-",
      documents: "-",
    };
    expect(desired({ ...cells, product_name: " #N/A " }, settings)).to.deep.equal({
      client_account_id: "c1",
      product_name: " #N/A ",
    });
    expect(issuesOf(parse({ product_name: "NULL ", status: "NULL", limit: "#N/A" }))).to.deep.equal([
      "product_name: null_marker",
      "status: value_not_allowed",
      "limit: money_malformed",
    ]);
  });

  it("parses each column to its kind and leaves out what is empty", () => {
    const row = desired({
      account_id: "account_1",
      application_id: "application_1",
      capabilities: "deposit",
      account_holders: "entity_1;entity_2",
      authorized_signers: "[]",
      authorized_users: "",
      product_name: " Gold ",
      currency: " USD ",
      is_secured: "TRUE",
      is_mla: " ",
      underwriting_grade: "A",
      available_credit: "-5",
      limit: "100",
      max_limit: "100",
      scra_end_date: "2026-12-31",
      ...REPORT,
      ...NOTICE,
      documents: "[]",
      "metadata.branch": "north",
      "metadata.empty": "",
      status: "inactive",
      status_reason: "frozen",
      correction: "false",
      effective_at: "2026-02-01T00:00:00-06:00",
      account_holder_type: "consumer",
    });
    expect(row).to.deep.equal({
      client_account_id: "c1",
      account_id: "account_1",
      application_id: "application_1",
      capabilities: ["deposit"],
      account_holders: ["entity_1", "entity_2"],
      authorized_signers: [],
      product_name: " Gold ",
      currency: "USD",
      is_secured: true,
      underwriting_grade: "A",
      available_credit: -5,
      limit: 100,
      max_limit: 100,
      scra_end_date: "2026-12-31",
      ...REPORT,
      credit_score: 700,
      ...NOTICE,
      metadata: { branch: "north" },
      status: "inactive",
      status_reason: "frozen",
      correction: false,
      effective_at: "2026-02-01T00:00:00-06:00",
      account_holder_type: "consumer",
    });
  });

  it("reads decimal amounts by the row's currency, else the job's", () => {
    const bank = { layout: "bank", defaults: { currency: "USD" } } as const;
    expect(desired({ credit_limit: "12.5", currency: "" }, bank)).to.deep.include({ limit: 1250 });
    expect(desired({ credit_limit: "12", currency: "JPY" }, bank)).to.deep.include({ limit: 12 });
    expect(desired({ credit_limit: "1.005", currency: "KWD" }, bank)).to.deep.include({ limit: 1005 });
    expect(issuesOf(parse({ credit_limit: "12.5", currency: "JPY" }, bank))).to.deep.equal([
      "credit_limit: money_too_precise",
    ]);
    expect(issuesOf(parse({ credit_limit: "12.5" }, { layout: "bank" }))).to.deep.equal([
      "credit_limit: currency_missing",
    ]);
    expect(issuesOf(parse({ credit_limit: "12.5", currency: "usd" }, bank))).to.deep.equal([
      "currency: currency_unknown",
    ]);
    expect(issuesOf(parse({ credit_limit: "1" }, { ...bank, defaults: { currency: "ZZZ" } }))).to.deep.equal([
      "credit_limit: currency_unknown",
    ]);
    expect(desired({ limit: "12" }, { money: "decimal", defaults: { currency: "USD" } })).to.deep.include({
      limit: 1200,
    });
  });

  it("names every issue of the row at once, under the file's own column names", () => {
    const row = parse(
      { Konto: "account 1", Limite: "1,5", status: "closed", status_reason: "", credit_score: "abc", is_mla: "no" },
      { columns: { Konto: "account_id", Limite: "limit" } },
    );
    expect(issuesOf(row)).to.deep.equal([
      "Konto: id_malformed",
      "Limite: money_malformed",
      "credit_score: integer_malformed",
      "is_mla: boolean_malformed",
      "credit_score: group_incomplete",
      "status: status_reason_missing",
    ]);
  });

  const broken: readonly [Cells, ...string[]][] = [
    [{ client_account_id: "", limit: "1" }, ": key_missing"],
    [{ client_account_id: " ", account_id: "", limit: "1" }, ": key_missing"],
    [{ client_account_id: "", result_row: "2" }, ": key_missing"],
    [{ client_account_id: "" }, ": row_blank"],
    [{ client_account_id: " ", account_id: "", "metadata.a": "  " }, ": row_blank"],
    [{ client_account_id: "account_1" }, "client_account_id: client_account_id_reserved"],
    [{ client_account_id: "subledgered_account_1" }, "client_account_id: client_account_id_reserved"],
    [{ client_account_id: "partner_ledgered_account_1" }, "client_account_id: client_account_id_reserved"],
    [{ credit_score: "700" }, "credit_score: group_incomplete"],
    [{ ...REPORT, credit_pulled_at: "" }, "credit_score: group_incomplete"],
    [
      { ...NOTICE, aan_reason: "", credit_report_source: "equifax" },
      "credit_report_source: group_incomplete",
      "aan_delivered_at: group_incomplete",
    ],
    [{ ...REPORT, credit_score: "299" }, "credit_score: score_out_of_range"],
    [{ ...REPORT, credit_score: "851" }, "credit_score: score_out_of_range"],
    [{ limit: "101", max_limit: "100" }, "limit: limit_above_max"],
    [{ capabilities: "[]" }, "capabilities: capabilities_empty"],
    [{ account_holders: "[]" }, "account_holders: holders_empty"],
    [{ account_holder_type: "commercial", authorized_signers: "[]" }, "authorized_signers: signer_missing"],
    [{ status_reason: "frozen" }, "status_reason: status_missing"],
    [{ status: "inactive" }, "status: status_reason_missing"],
    [{ status: "closed", status_reason: "frozen" }, "status_reason: status_reason_unfit"],
    [{ status: "active", status_reason: "other" }, "status_reason: status_reason_unfit"],
    [{ status: "inactive", status_reason: "active" }, "status_reason: status_reason_unfit"],
    [{ limit: "-1" }, "limit: money_malformed"],
    [{ "metadata.a": "x\u0000" }, "metadata.a: control_character"],
    [{ result_run: "r\u0001", result_row: "2" }, "result_run: control_character"],
  ];
  for (const [cells, ...issues] of broken) {
    it(`finds ${issues.join(", ")} in ${JSON.stringify(cells)}`, () =>
      expect(issuesOf(parse(cells))).to.deep.equal(issues));
  }

  it("goes on with a note where an announced rule is only to be noted, and with nothing else that is wrong", () => {
    const announced = { announcedRules: "warn" } as const;
    const row = parse(
      { client_account_id: "account_1", Limite: "101", max_limit: "100" },
      { ...announced, columns: { Limite: "limit" } },
    );
    if (row.kind !== "desired") throw new Error(row.kind);
    expect(row.desired).to.deep.include({ client_account_id: "account_1", limit: 101 });
    expect(row.notes?.map(({ code, column }) => `${column}: ${code}`)).to.deep.equal([
      "client_account_id: client_account_id_reserved",
      "Limite: limit_above_max",
    ]);
    expect(issuesOf(parse({ limit: "101", max_limit: "100", status: "inactive" }, announced))).to.deep.equal([
      "status: status_reason_missing",
    ]);
    expect(parse({ limit: "100", max_limit: "100" }, announced)).to.not.have.property("notes");
  });

  const fine: readonly Cells[] = [
    { client_account_id: "", account_id: "account_1" },
    { client_account_id: "my_account_1" },
    { client_account_id: "account_1", account_id: "account_1" },
    REPORT,
    { ...REPORT, credit_score: "300" },
    { ...REPORT, credit_score: "850" },
    NOTICE,
    { limit: "101" },
    { max_limit: "0" },
    { status: "active" },
    { status: "active", status_reason: "active" },
    { status: "closed", status_reason: "client_closed" },
    { scra_end_date: "2026-01-31" },
    { authorized_signers: "[]" },
    { account_holder_type: "commercial", authorized_users: "[]" },
  ];
  for (const cells of fine)
    it(`takes ${JSON.stringify(cells)}`, () => expect(parse(cells)).to.include({ kind: "desired" }));

  it("blames a faulty cell once: it is given, and has no value to judge", () => {
    expect(issuesOf(parse({ client_account_id: "a\u200bb" }))).to.deep.equal(["client_account_id: id_malformed"]);
    expect(issuesOf(parse({ ...REPORT, credit_score: "x" }))).to.deep.equal(["credit_score: integer_malformed"]);
    expect(issuesOf(parse({ status: "closd", status_reason: "frozen" }))).to.deep.equal(["status: value_not_allowed"]);
  });

  it("keys a row by account_id before client_account_id", () => {
    expect(parse({ account_id: "account_1" })).to.include({ key: "account:account_1" });
    expect(parse({ account_id: "" })).to.include({ key: "client:c1" });
  });

  it("keeps the origin of a row when it is whole, also of an invalid one", () => {
    const origin = { result_run: "run-1", result_row: "17" };
    expect(parse(origin)).to.deep.include({ kind: "desired", provenance: { run: "run-1", row: 17 } });
    expect(parse({ ...origin, limit: "x" })).to.deep.include({
      kind: "invalid",
      provenance: { run: "run-1", row: 17 },
    });
    for (const cells of [
      { ...origin, result_row: "" },
      { ...origin, result_row: "1e3" },
      { result_run: "run-1" },
      { ...origin, result_run: "a b" },
    ]) {
      expect(parse(cells)).to.include({ kind: "desired" }).and.not.to.have.property("provenance");
    }
  });

  it("takes no value from the other columns of a results file", () => {
    expect(desired({ result: "invalid", result_code: "x", result_message: "limit" })).to.deep.equal({
      client_account_id: "c1",
    });
  });

  it("is not led astray by a metadata key that every object has", () => {
    expect(desired({ "metadata.toString": "x" }).metadata).to.deep.equal({ toString: "x" });
  });

  it("calls a source without cells ragged", () => {
    expect(issuesOf(parseRow({ row: 3, byteOffset: 9, cells: null }, readingOf(["account_id"])))).to.deep.equal([
      ": row_ragged",
    ]);
  });

  it("gives the same row again for the same cells under an equal reading", () => {
    const reading = readingOf(["account_id", "limit"]);
    const source = { row: 2, byteOffset: 0, cells: ["account_1", "5"] };
    expect(parseRow(source, structuredClone(reading))).to.deep.equal(parseRow(source, reading));
  });

  it("shows no more of a personal value than its first two characters", () => {
    const secret = "Hopper-Grace";
    const cells = {
      application_id: secret,
      currency: secret,
      is_mla: secret,
      limit: secret,
      scra_end_date: secret,
      status: secret,
    };
    const shown = (parse(cells) as InvalidRow).issues.map(({ message }) => message).join();
    expect(shown).to.contain('"Ho…"').and.not.to.contain("Hop");
  });
});
