/**
 * The summary as an operator reads it.
 */
import { expect } from "chai";
import { CODES, type Code } from "../../src/errors/codes/codes.ts";
import { renderSummary } from "../../src/report/summary.ts";
import { counts, summary } from "./a-summary.ts";

describe("renderSummary", () => {
  it("says little when all went well", () => {
    expect(renderSummary(summary())).to.equal(
      ["run run-1 by nightly: 3 rows of 2025-01-15.csv", "  3 unchanged", "results: s3://out/run-1/1/results.csv"].join(
        "\n",
      ),
    );
  });

  it("says everything when not: words worst first and in line, operations, reasons, the stop, what to type", () => {
    const text = renderSummary(
      summary({
        kind: "plan",
        rows: 112,
        words: counts({ applied: 100, unknown: 3, invalid: 9 }),
        operations: { "create=applied": 90, "patch=unknown": 3 },
        reasons: [
          { word: "invalid", code: "id_malformed", count: 8 },
          { word: "invalid", code: "key_missing", count: 1 },
        ],
        calls: { reads: 118, writes: 93, leastReads: 112, leastWrites: 93, complete: true },
        stopped: { code: "stopped", message: "the run was stopped by a signal" },
        next: ["tieout resume run-1", "tieout rerun run-1"],
      }),
    );
    expect(text.split("\n")).to.deep.equal([
      "plan run-1 by nightly: 112 rows of 2025-01-15.csv",
      "    3 unknown",
      "    9 invalid",
      "  100 applied",
      "operations: 90 create applied, 3 patch unknown",
      "calls to the bank: 211, 1.88 a row; these rows need only 205",
      "reasons:",
      "  8 invalid: id_malformed",
      "  1 invalid: key_missing",
      `not finished: the run was stopped by a signal [stopped]. ${CODES.stopped.todo}`,
      "results: s3://out/run-1/1/results.csv",
      "next:",
      "  tieout resume run-1",
      "  tieout rerun run-1",
    ]);
  });

  it("shows the first five reasons and how many more there are", () => {
    const codes: readonly Code[] = [
      "id_malformed",
      "key_missing",
      "row_ragged",
      "stale",
      "superseded",
      "guard",
      "account_busy",
    ];
    const reasons = codes.map((code, index) => ({ word: "invalid" as const, code, count: 9 - index }));
    const lines = renderSummary(summary({ reasons })).split("\n");
    const from = lines.indexOf("reasons:");
    expect(lines.slice(from + 1, from + 7)).to.deep.equal([
      "  9 invalid: id_malformed",
      "  8 invalid: key_missing",
      "  7 invalid: row_ragged",
      "  6 invalid: stale",
      "  5 invalid: superseded",
      "  and 2 more in summary.json",
    ]);
    expect(renderSummary(summary({ reasons: reasons.slice(0, 5) }))).to.not.contain("more in summary.json");
  });

  it("says row for one row, and names no results that were not written", () => {
    const text = renderSummary(summary({ rows: 1, words: counts({ applied: 1 }), results: "" }));
    expect(text).to.equal("run run-1 by nightly: 1 row of 2025-01-15.csv\n  1 applied");
  });
});
