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
});
