/** Which columns of a repaired row count as given, by what was wrong with the row that it came from. */
import { expect } from "chai";
import type { Issue } from "../../../src/errors/issue.ts";
import { readHeader } from "../../../src/read/header/read-header.ts";
import { DEFAULT_READ_SETTINGS, type Reading } from "../../../src/read/reading.ts";
import { judgeRepairedRow } from "../../../src/read/repaired/judge-repaired-row.ts";
import { parseRow } from "../../../src/read/row/parse-row.ts";

const COLUMNS = [
  "account_id",
  "status",
  "status_reason",
  "limit",
  "max_limit",
  "metadata.note",
  "underwriting_grade",
  "aan_reason",
  "aan_delivered_at",
  "aan_delivery_method",
  "result_run",
  "result_row",
];
const HAD = [
  "account_1",
  "closed",
  "paid_off",
  "100",
  "0200",
  "1-2",
  " B ",
  "0017",
  "2026-01-02T00:00:00Z",
  "email",
  "",
  "",
];

function readingOf(columns: readonly string[]): Reading {
  const read = readHeader(columns, DEFAULT_READ_SETTINGS, ",");
  if (read.kind === "rejected") throw new Error(read.rejection.message);
  return read.reading;
}

/** What becomes of the row with these cells changed, whose origin had these issues. */
function judge(
  changed: Readonly<Record<string, string>>,
  issue: readonly [Issue["code"], string],
  allowed: readonly string[] = [],
) {
  const reading = readingOf(COLUMNS);
  const cells = COLUMNS.map((column, at) => changed[column] ?? HAD[at] ?? "");
  const source = (of: readonly string[]) => ({ row: 2, byteOffset: 40, cells: of });
  const origin = {
    run: "run-1",
    source: source(HAD),
    issues: [{ code: issue[0], column: issue[1], message: "m" }],
    reading,
  };
  const row = judgeRepairedRow(parseRow(source(cells), reading), reading, origin, allowed);
  const found = row.kind === "desired" ? (row.notes ?? []) : row.issues;
  return { cells: row.source.cells, found: found.map(({ code, column }) => `${code} ${column}`) };
}

describe("a cell of a repaired row", () => {
  const cases: readonly [
    what: string,
    issue: readonly [Issue["code"], string],
    changed: string,
    to: string,
    counts: boolean,
  ][] = [
    ["in the column that was wrong", ["money_malformed", "limit"], "limit", "150", true],
    ["in one beside it", ["limit_above_max", "limit"], "max_limit", "300", true],
    [
      "in one that it is only right together with",
      ["status_reason_missing", "status"],
      "status_reason",
      "charged_off",
      true,
    ],
    ["where the bank named no column", ["bank_refused", ""], "max_limit", "300", true],
    ["where the bank named a part of it that is no column", ["bank_refused", "details.credit"], "limit", "150", true],
    ["in another column", ["money_malformed", "limit"], "metadata.note", "other", false],
    ["of a row with which nothing was wrong", ["bank_error", ""], "limit", "150", false],
    ["where only the repair was wrong", ["edit_not_allowed", "limit"], "limit", "150", false],
  ];
  for (const [what, issue, column, to, counts] of cases) {
    it(`${counts ? "counts" : "is kept as it was"} ${what}`, () => {
      const { cells, found } = judge({ [column]: to }, issue);
      expect(found).to.deep.equal(counts ? [] : [`edit_not_allowed ${column}`]);
      expect(cells?.[COLUMNS.indexOf(column)]).to.equal(counts ? to : HAD[COLUMNS.indexOf(column)]);
    });
  }

  it("is restored beside a column that was wrong, also where it may be any", () => {
    for (const issue of [
      ["money_malformed", "limit"],
      ["bank_refused", ""],
    ] as const) {
      const { cells, found } = judge({ limit: "150", "metadata.note": "2-Jan" }, issue);
      expect(found).to.deep.equal(["cell_restored metadata.note"]);
      expect(cells?.slice(3, 6)).to.deep.equal(["150", "0200", "1-2"]);
    }
  });

  const forms: readonly [
    what: string,
    issue: readonly [Issue["code"], string],
    column: string,
    to: string,
    end: string,
  ][] = [
    [
      "a text of a column that the bank refused",
      ["bank_refused", "metadata.note"],
      "metadata.note",
      "2-Jan",
      "edit_not_allowed",
    ],
    [
      "a text beside a column that was wrong",
      ["instant_malformed", "aan_delivered_at"],
      "aan_reason",
      "17",
      "cell_restored",
    ],
    [
      "an amount of a column that the bank refused, and of the same value",
      ["bank_refused", "max_limit"],
      "max_limit",
      "200",
      "",
    ],
    ["a text without its blanks", ["bank_refused", "underwriting_grade"], "underwriting_grade", "B", ""],
    ["what somebody typed", ["bank_refused", "metadata.note"], "metadata.note", "3-4", ""],
  ];
  for (const [what, issue, column, to, end] of forms) {
    it(`under repair, in a program's form, ${end === "" ? "counts" : `is kept as it was (${end})`}: ${what}`, () => {
      const { cells, found } = judge({ [column]: to }, issue);
      expect(found).to.deep.equal(end === "" ? [] : [`${end} ${column}`]);
      expect(cells?.[COLUMNS.indexOf(column)]).to.equal(end === "" ? to : HAD[COLUMNS.indexOf(column)]);
    });
  }

  it("under repair counts in a program's form where the edit is allowed", () => {
    const { cells, found } = judge({ "metadata.note": "2-Jan" }, ["bank_refused", "metadata.note"], ["metadata.note"]);
    expect(found).to.deep.equal(["edit_allowed metadata.note"]);
    expect(cells?.[COLUMNS.indexOf("metadata.note")]).to.equal("2-Jan");
  });

  it("that is too long says so where it counts, and no more once the earlier one is back", () => {
    const reading = readingOf(COLUMNS);
    const source = { row: 2, byteOffset: 40, cells: COLUMNS.map((_, at) => (at === 5 ? "long" : (HAD[at] ?? ""))) };
    const long = { code: "cell_too_long", column: "metadata.note", message: "m" } as const;
    const origin = { run: "run-1", source: { ...source, cells: HAD }, issues: [], reading };
    const codesOf = (allowed: readonly string[]) => {
      const row = judgeRepairedRow({ kind: "invalid", source, issues: [long] }, reading, origin, allowed);
      return row.kind === "desired" ? [] : row.issues.map(({ code }) => code);
    };
    expect(codesOf(["metadata.note"])).to.deep.equal(["cell_too_long", "edit_allowed"]);
    expect(codesOf([])).to.deep.equal(["edit_not_allowed"]);
  });
});
