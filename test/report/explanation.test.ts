/**
 * The explanation of one row, as text.
 */
import { expect } from "chai";
import { type Explanation, renderExplanation } from "../../src/report/explanation.ts";

const EXPLANATION: Explanation = {
  run: "run-1",
  row: 3,
  file: "file.csv",
  batch: null,
  byteOffset: 40,
  word: "refused",
  cells: null,
  values: null,
  rows: [3],
  desired: null,
  accountId: "account_9",
  actual: null,
  plannedAt: "2026-11-28T03:00:00Z",
  ids: [],
  differences: [],
  operations: [],
  guard: "",
  issues: [],
  prunedAt: null,
  accepted: null,
};

describe("renderExplanation", () => {
  it("says that the bank has no account where it has none, and names the account otherwise", () => {
    const missing = { code: "account_not_found", column: "account_id", message: "the bank has no account_9" } as const;
    expect(renderExplanation({ ...EXPLANATION, issues: [missing] })).to.match(/no account account_9, as of/);
    expect(renderExplanation(EXPLANATION)).to.match(/^\s*account account_9, as of| {2}account account_9, as of/m);
  });

  it("shows what the job's shapes made of each cell, and nothing of them for a job without any", () => {
    const shapes = [
      { column: "status_reason", cells: [["ST", "F"]] as const, value: "frozen" },
      { column: "authorized_users", cells: [["U1", ""] as const, ["U2", "entity_b"] as const], value: ["entity_b"] },
      { column: "limit", cells: [["LIM", "1,5\u001b"]] as const, value: null },
      { column: "product_name", cells: [], value: "Card" },
      { column: "is_mla", cells: [["MLA", ""]] as const, value: false },
    ];
    const [, section] = renderExplanation({ ...EXPLANATION, shapes }).split("\nshapes\n");
    expect(section?.split("\n\n")[0]?.split("\n")).to.deep.equal([
      '  ST "F" → status_reason frozen',
      '  U2 "entity_b" → authorized_users ["entity_b"]',
      '  LIM "1,5\\u001b" → limit has no value',
      "  in every row → product_name Card",
      "  empty → is_mla false",
    ]);
    expect(renderExplanation(EXPLANATION)).to.not.contain("\nshapes\n");
  });
});
