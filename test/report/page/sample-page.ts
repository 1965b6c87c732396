/**
 * A report page as a bad night leaves one: a summary with all words, and the first rows of a few causes.
 */
import { CALL_LANES, CallTimes, type TimedCalls } from "../../../src/bank/call-times.ts";
import { CODES, type Code } from "../../../src/errors/codes/codes.ts";
import type { Word } from "../../../src/errors/words.ts";
import { type Cause, keyOf } from "../../../src/report/causes.ts";
import { ReportPage } from "../../../src/report/page/report-page.ts";
import type { Summary } from "../../../src/report/summary.ts";
import { counts, summary } from "../a-summary.ts";
import { operation, resultRow } from "../result-rows.ts";

export const SAMPLE_HEADER = ["account_id", "client_account_id", "product_name", "credit_limit", "status"];

const RUN = "20261124-020004-7f3ac1";

interface Sample {
  readonly word: Word;
  readonly code: Code;
  readonly column?: string;
  readonly bank?: readonly [code: string, reason: string];
  readonly count: number;
  readonly rows: readonly { readonly cell: string; readonly message: string }[];
}

const say = (message: string, ...cells: readonly string[]) => cells.map((cell) => ({ cell, message }));

const SAMPLES: readonly Sample[] = [
  {
    word: "refused",
    code: "bank_refused",
    column: "credit_limit",
    bank: ["parameters_invalid", "the limit is above what the program allows"],
    count: 171,
    rows: say(
      "parameters_invalid: the limit is above what the program allows",
      ...["2500000", "3100000", "2750000", "4000000"],
    ),
  },
  {
    word: "invalid",
    code: "money_too_precise",
    column: "credit_limit",
    count: 88,
    rows: say('"12…" has more decimals than the currency', "1250.005", "980.125", "12.3456"),
  },
  {
    word: "refused",
    code: "account_closed",
    column: "status",
    count: 43,
    rows: say("the account is closed; only a correction opens it again", "active", "active", "inactive"),
  },
  {
    word: "held",
    code: "guard",
    count: 22,
    rows: say("close: 22 of 20 allowed; to release it: tieout approve", "", "", "", ""),
  },
  {
    word: "failed",
    code: "bank_unreachable",
    count: 11,
    rows: say("HTTP 503: all 6 attempts are spent", "", "", ""),
  },
  {
    word: "invalid",
    code: "id_malformed",
    column: "client_account_id",
    count: 8,
    rows: say("looks as if a spreadsheet had made it", "8.9E+19", "1.2E+15"),
  },
  { word: "unknown", code: "outcome_unknown", count: 2, rows: say("the answer was lost", "", "") },
];

const WORDS = {
  unknown: 2,
  failed: 11,
  refused: 214,
  invalid: 96,
  held: 22,
  skipped: 31,
  applied: 18_904,
  unchanged: 33_200,
};

function causeOf({ word, code, column = "", bank, count }: Sample, index: number): Cause {
  const { fixedBy, todo, retryHelps } = CODES[code];
  const no = index + 1;
  return {
    no,
    word,
    code,
    column,
    ...(bank !== undefined && { bankCode: bank[0] }),
    bankReason: bank?.[1] ?? "",
    count,
    firstRow: no * 7,
    lastRow: 40_000 + no * 311,
    samples: [no * 7, 20_000 + no * 13, 40_000 + no * 311],
    owner: fixedBy,
    todo,
    command: retryHelps ? `tieout rerun ${RUN} --cause ${no}` : null,
  };
}

export function sampleSummary(over: Partial<Summary> = {}): Summary {
  const results = "s3://account-files/results/20261124-020004-7f3ac1/1";
  return summary({
    run: RUN,
    job: "nightly-sync",
    exit: 4,
    bank: { apiUrl: "https://api.bank.example", program: "northwind-cards" },
    file: {
      place: "s3://account-files",
      key: "outgoing/2026-11-23-01_account_V1.csv",
      size: 9_482_113,
      sha256: "5b0c3f2be1d24c7f8f7a9c1de8a5f3c1f5e2b3d4a6978c0d1e2f3a4b5c6d7e8f",
    },
    batch: { id: "2026-11-23-01", version: 1 },
    startedAt: "2026-11-24T02:00:04.112Z",
    endedAt: "2026-11-24T02:26:51.904Z",
    rows: 52_480,
    words: counts(WORDS),
    operations: {
      "patch=applied": 17_020,
      "patch=refused": 171,
      "patch=failed": 9,
      "patch=unknown": 2,
      "create=applied": 1_744,
      "create=failed": 2,
      "close=skipped": 22,
      "add_relationships=applied": 391,
    },
    causes: SAMPLES.map(causeOf),
    guards: [{ guard: "close", figure: 22, allowed: 20, held: 22, holding: 22 }],
    calls: { reads: 54_011, writes: 19_398, leastReads: 53_960, leastWrites: 19_339, complete: true },
    certificate: [
      { left: "rows read", right: "rows in the ledger", figures: [52_480, 52_480] },
      { left: "rows in the ledger", right: "rows written", figures: [52_480, 52_480] },
      { left: "rows written", right: "the eight words together", figures: [52_480, 52_480] },
      { left: "accounts read", right: "accounts written", figures: ["71dafca3b2e4910c", "71dafca3b2e4910c"] },
      {
        left: "operations planned",
        right: "19,155 applied, 171 refused, 11 failed, 2 unknown, 22 skipped",
        figures: [19_361, 19_361],
      },
      { left: "operations applied", right: "of them sent", figures: [19_155, 19_155] },
      { left: "accounts made", right: "accounts linked", figures: [1_744, 1_744] },
    ],
    results,
    next: [
      `tieout resume ${RUN}   # settles the 2 unknown`,
      `tieout approve ${RUN} --guard close --max 22 --reason "…"   # releases the 22 accounts that it holds; say why`,
      `tieout run nightly-sync --file ${results}/failed.csv   # after correcting the 321 rows in it`,
      `tieout rerun ${RUN}   # or as they are, once the cause is fixed at the bank or in the job`,
    ],
    ...over,
  });
}

/** Reads first, writes after them, and a pause of the bank in between. */
function sampleTimes(): readonly TimedCalls[] {
  const lanes = CALL_LANES.map((lane) => ({ lane, times: new CallTimes() }));
  for (let second = 0; second < 1_607; second += 1)
    for (const [index, { times }] of lanes.entries()) {
      const isTurn = index === 0 ? second < 1_130 : second >= 1_130;
      const perSecond = second > 1_300 && second < 1_345 ? 0 : isTurn ? 46 - index * 4 + (second % 7) : 0;
      for (let call = 0; call < perSecond; call += 1)
        times.add(
          Date.UTC(2026, 10, 24, 2, 0, 5) + second * 1_000,
          (60 + index * 75) * (1 + ((call * second) % 17) / 9) + (call * second === 0 ? 900 : 0),
        );
    }
  return lanes.flatMap(({ lane, times }) => times.list(lane));
}

export function samplePage(values = true, over: Partial<Summary> = {}): string {
  const page = new ReportPage({ header: SAMPLE_HEADER, idColumns: ["client_account_id"], values });
  for (const [index, sample] of SAMPLES.entries()) {
    const { word, code, column = "", rows } = sample;

    for (const [at, { cell, message }] of rows.entries())
      page.add(
        resultRow((index + 1) * 7 + at * 97, {
          word,
          issues: [{ code, column, message }],
          cells: SAMPLE_HEADER.map((name) =>
            name === column ? cell : name === "client_account_id" ? `core-${3_000 + at * 17}` : "",
          ),
          accountId: at % 2 === 0 ? `account_${(index + 11) * 7_919 + at}` : null,
          operations:
            word === "invalid"
              ? []
              : [operation("patch", word === "held" ? "skipped" : word, { httpStatus: word === "refused" ? 422 : 0 })],
        }),
        [keyOf(causeOf(sample, index))],
      );
  }
  for (let row = 2; row < 700; row += 1)
    page.add(
      resultRow(row, {
        word: "applied",
        operations: [operation("patch", "applied")],
        differences: [
          {
            field: "status",
            actual: row % 5 === 0 ? "inactive" : "active",
            desired: row % 5 === 0 ? "active" : "inactive",
          },
          ...(row % 2 === 0 ? [{ field: "product_name", actual: "Card", desired: "Card Plus" }] : []),
          ...(row % 9 === 0 ? [{ field: "credit_limit", actual: "1000", desired: "2000" }] : []),
        ],
      }),
      [],
    );
  return page.draw(sampleSummary(over), sampleTimes());
}
