/**
 * The summary as an operator reads it.
 */
import { expect } from "chai";
import { CODES, type Code } from "../../src/errors/codes/codes.ts";
import { renderSummary, type Summary } from "../../src/report/summary.ts";
import { cause, counts, summary } from "./a-summary.ts";

describe("renderSummary", () => {
  it("says little when all went well", () => {
    expect(renderSummary(summary())).to.equal(
      [
        "run run-1 by nightly: 3 rows of 2025-01-15.csv",
        "  3 unchanged",
        "results: s3://out/run-1/1/results.csv",
        "page: s3://out/run-1/1/report.html",
      ].join("\n"),
    );
  });

  it("says everything when not: words worst first and in line, operations, causes, the stop, what to type", () => {
    const text = renderSummary(
      summary({
        kind: "plan",
        rows: 112,
        words: counts({ applied: 100, unknown: 3, invalid: 9 }),
        operations: { "create=applied": 90, "patch=unknown": 3 },
        causes: [
          cause({ count: 8, column: "id", samples: [7, 9, 99] }),
          cause({
            no: 2,
            word: "refused",
            code: "bank_refused",
            column: "holders",
            bankCode: "parameters_invalid",
            bankReason: "holders … not found",
            todo: "Ask.",
            command: "tieout rerun run-1 --cause 2",
          }),
        ],
        notes: [{ word: "applied", code: "extra_relationship", count: 2 }],
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
      "causes:",
      "  1. 8 invalid: id_malformed in id",
      "     such as rows 7, 9, 99; source data: Correct the row.",
      "  2. 1 refused: bank_refused (parameters_invalid in holders): holders … not found",
      "     row 7; source data: Ask.",
      "     tieout rerun run-1 --cause 2",
      "notes: 2 applied: extra_relationship",
      `not finished: the run was stopped by a signal [stopped]. ${CODES.stopped.todo}`,
      "results: s3://out/run-1/1/results.csv",
      "page: s3://out/run-1/1/report.html",
      "next:",
      "  tieout resume run-1",
      "  tieout rerun run-1",
    ]);
  });

  it("shows the first five causes, how many more there are, and where all are", () => {
    const codes: readonly Code[] = [
      "id_malformed",
      "key_missing",
      "row_ragged",
      "stale",
      "superseded",
      "guard",
      "account_busy",
    ];
    const causes = codes.map((code, index) => cause({ no: index + 1, code, count: 9 - index }));
    const shownOf = (over: Partial<Summary>) =>
      renderSummary(summary({ causes, ...over }))
        .split("\n")
        .filter((line) => /^ +(\d\.|and) /.test(line));
    expect(shownOf({})).to.deep.equal([
      "  1. 9 invalid: id_malformed",
      "  2. 8 invalid: key_missing",
      "  3. 7 invalid: row_ragged",
      "  4. 6 invalid: stale",
      "  5. 5 invalid: superseded",
      "  and 2 more: tieout causes run-1",
    ]);
    expect(shownOf({ kind: "validate" }).at(-1)).to.equal("  and 2 more: see summary.json");
    expect(shownOf({ causes: causes.slice(0, 5) })).to.have.length(5);
  });

  it("says row for one row, and names no results that were not written", () => {
    const text = renderSummary(summary({ rows: 1, words: counts({ applied: 1 }), results: "" }));
    expect(text).to.equal("run run-1 by nightly: 1 row of 2025-01-15.csv\n  1 applied");
  });
});
