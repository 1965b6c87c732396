/**
 * The summary as an operator reads it, and the next commands for every way that a run can end.
 */
import { expect } from "chai";
import { CODES, type Code } from "../../src/errors/registry.ts";
import { emptyCounts, type WordCounts } from "../../src/errors/words.ts";
import { nextCommands, renderSummary, type Summary } from "../../src/report/summary.ts";

const counts = (some: Partial<WordCounts>): WordCounts => ({ ...emptyCounts(), ...some });

function summary(over: Partial<Summary> = {}): Summary {
  return {
    run: "run-1",
    job: "nightly",
    kind: "run",
    final: true,
    exit: 0,
    bank: { apiUrl: "https://bank.test", clientId: "one" },
    file: { place: "s3://in", key: "2025-01-15.csv", size: 9, sha256: "abc" },
    rerunOf: null,
    reason: null,
    startedAt: "2025-01-15T12:00:00.000Z",
    endedAt: "2025-01-15T12:00:09.000Z",
    rows: 3,
    ignoredColumns: [],
    words: counts({ unchanged: 3 }),
    operations: {},
    reasons: [],
    certificate: [],
    maxChange: Number.MAX_SAFE_INTEGER,
    stopped: null,
    results: "s3://out/run-1/1",
    next: [],
    ...over,
  };
}

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
        stopped: { code: "stopped", message: "the run was told to stop" },
        next: ["tieout resume run-1", "tieout rerun run-1"],
      }),
    );
    expect(text.split("\n")).to.deep.equal([
      "plan run-1 by nightly: 112 rows of 2025-01-15.csv",
      "    3 unknown",
      "    9 invalid",
      "  100 applied",
      "operations: 90 create applied, 3 patch unknown",
      "reasons:",
      "  8 invalid: id_malformed",
      "  1 invalid: key_missing",
      `not finished: the run was told to stop [stopped]; ${CODES.stopped.todo}`,
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

const SAME = `tieout run nightly --file ${summary({}).file.place}/${summary({}).file.key}`;

describe("nextCommands", () => {
  const next = (words: Partial<WordCounts>, final = true, kind: Summary["kind"] = "run", over: Partial<Summary> = {}) =>
    nextCommands(summary({ words: counts(words), final, kind, results: "s3://out/run-1/1", ...over })).map(
      (command) => command.split("   #")[0],
    );
  const odd = (key: string) => next({}, true, "plan", { file: { ...summary({}).file, place: "s3://in", key } })[0];
  const cases: readonly (readonly [why: string, commands: ReturnType<typeof next>, expected: readonly string[]])[] = [
    ["nothing for rows that are done", next({ applied: 5, unchanged: 2, skipped: 1 }), []],
    ["a resume for a run with something left", next({ skipped: 5 }, false), ["tieout resume run-1"]],
    ["a resume to settle unknown rows", next({ unknown: 1 }), ["tieout resume run-1"]],
    ["one resume for both", next({ unknown: 1, skipped: 5 }, false), ["tieout resume run-1"]],
    ["a rerun for held rows", next({ held: 2 }), ["tieout rerun run-1 --only held"]],
    ...(["invalid", "refused", "failed"] as const).map(
      (word) =>
        [
          `failed.csv or a rerun for ${word} rows`,
          next({ [word]: 1 }),
          ["tieout run rerun-failed --file s3://out/run-1/1/failed.csv", "tieout rerun run-1"],
        ] as const,
    ),
    [
      "the run itself for a rehearsal, whatever is left or held, as no ledger knows of it",
      next({ unknown: 1, held: 1, skipped: 1 }, false, "run", { rehearsal: true }),
      [SAME],
    ],
    [
      "another rehearsal before the run for one with rows to repair",
      next({ invalid: 2, applied: 1 }, true, "run", { rehearsal: true }),
      [SAME.replace("run", "rehearse"), SAME],
    ],
    [
      "a plan for a validated file, whatever its rows",
      next({ invalid: 2 }, true, "validate"),
      [SAME.replace("run", "plan")],
    ],
    ["the run itself for a plan, whatever its rows", next({ held: 1, invalid: 2 }, true, "plan"), [SAME]],
    [
      "each that fits, in this order",
      next({ held: 1, failed: 1 }, false),
      [
        "tieout resume run-1",
        "tieout rerun run-1 --only held",
        "tieout run rerun-failed --file s3://out/run-1/1/failed.csv",
        "tieout rerun run-1",
      ],
    ],
  ];
  for (const [why, commands, expected] of cases) it(why, () => expect(commands).to.deep.equal(expected));

  it("names no job for a file that was judged without one", () => {
    expect(next({}, true, "validate", { job: null })[0]).to.match(/^tieout plan <job> --file /);
  });

  it("quotes a key as a shell needs it", () => {
    expect(odd("a b.csv")).to.equal("tieout run nightly --file 's3://in/a b.csv'");
    expect(odd("o'x.csv")).to.equal("tieout run nightly --file 's3://in/o'\\''x.csv'");
    expect(odd("a\n'b\u202e.csv")).to.equal("tieout run nightly --file $'s3://in/a\\U0000000a\\'b\\U0000202e.csv'");
  });

  it("says how many rows a command is for", () => {
    const commands = nextCommands(summary({ words: counts({ unknown: 4, invalid: 1, failed: 2 }) }));
    expect(commands[0]).to.contain("the 4 unknown");
    expect(commands[1]).to.contain("the 3 rows");
    const one = nextCommands(summary({ words: counts({ invalid: 1 }) }));
    expect(one[0]).to.contain("the 1 row in it");
    const many = nextCommands(summary({ words: counts({ invalid: 12_000 }) }));
    expect(many[0]).to.contain("the 12,000 rows in it");
  });
});
