/**
 * The next commands for every way that a run, a plan or a look at a file can end.
 */
import { resolve } from "node:path";
import { expect } from "chai";
import { CODES } from "../../src/errors/codes/codes.ts";
import type { WordCounts } from "../../src/errors/words.ts";
import { jobWord } from "../../src/report/job-word.ts";
import { nextCommands } from "../../src/report/next-commands.ts";
import type { Summary } from "../../src/report/summary.ts";
import { cause, counts, summary } from "./a-summary.ts";

const SAME = `tieout run nightly --file ${summary({}).file.place}/${summary({}).file.key}`;

describe("nextCommands", () => {
  const next = (words: Partial<WordCounts>, final = true, kind: Summary["kind"] = "run", over: Partial<Summary> = {}) =>
    nextCommands(summary({ words: counts(words), final, kind, results: "s3://out/run-1/1", ...over }), "nightly").map(
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
          ["tieout run nightly --file s3://out/run-1/1/failed.csv", "tieout rerun run-1"],
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
        "tieout run nightly --file s3://out/run-1/1/failed.csv",
        "tieout rerun run-1",
      ],
    ],
  ];
  for (const [why, commands, expected] of cases) it(why, () => expect(commands).to.deep.equal(expected));

  it("names no job for a file that was judged without one", () => {
    expect(next({ invalid: 2 }, true, "validate", { job: null })).to.deep.equal([
      "tieout validate s3://in/2025-01-15.csv",
      "tieout plan --help",
    ]);
    expect(next({}, true, "validate", { job: null })).to.deep.equal(["tieout plan --help"]);
  });

  it("says after a plan what a run will do", () => {
    const plan = (over: Partial<Summary>) => nextCommands(summary({ kind: "plan", ...over }), "nightly");
    const causes = [
      cause({ word: "held", code: "guard", count: 1_200 }),
      cause({ word: "skipped", code: "not_run", count: 20 }),
      cause({ word: "held", code: "lookup_unproven", count: 2 }),
    ];
    const words = counts({ held: 1_202, invalid: 3, skipped: 20 });
    const rest = "holds 1,200 rows until they are approved; holds 2 rows for the causes above; leaves 3 rows to repair";
    expect(plan({ words, causes })).to.deep.equal([`${SAME}   # sends the changes of 20 rows; ${rest}`]);
    expect(plan({ words, causes, maxChange: 30 })).to.deep.equal([
      `${SAME}   # sends what this plan shows, and the changes of the rows beyond --limit; ${rest}`,
    ]);
    expect(plan({ sameBytesAs: { key: "old.csv", run: "run-0" } })).to.deep.equal([
      `${SAME} --again --reason "…"   # run run-0 has had the same bytes; say why again. It sends the changes of 0 rows`,
    ]);
    const nothing = { planHash: "3f9c", causes: [] };
    expect(plan({ ...nothing, words: counts({ unchanged: 2 }) }), "nothing is to be sent").to.deep.equal([]);
    expect(plan({ ...nothing, words: counts({ unchanged: 2, invalid: 1 }) })).to.deep.equal([
      `${SAME.replace("run", "plan")}   # again, after correcting the 1 row to repair`,
    ]);
    const stopped = { code: "bank_unreachable", message: "no answer" } as const;
    expect(plan({ final: false, stopped })).to.deep.equal([
      `${SAME.replace("run", "plan")}   # again, once this is done: ${CODES.bank_unreachable.todo}`,
    ]);
    const byCtrlC = { code: "run_stopped", message: "the run was stopped by Ctrl-C" } as const;
    expect(plan({ final: false, stopped: byCtrlC }), "a plan is not resumed").to.deep.equal([
      `${SAME.replace("run", "plan")}   # from the beginning, since it was stopped`,
    ]);
  });

  it("names a job by its name where that finds it, else by its path, as a shell needs it", () => {
    expect(jobWord(resolve("jobs/nightly.ts"))).to.equal("nightly");
    expect(jobWord(resolve("jobs/deep/nightly.ts"))).to.equal(resolve("jobs/deep/nightly.ts"));
    expect(jobWord("/our jobs/nightly.ts")).to.equal("'/our jobs/nightly.ts'");
  });

  it("names the causes that running again can help, where it cannot help all rows to repair", () => {
    const helped = { word: "failed", code: "bank_error", count: 4, command: "tieout rerun run-1 --cause 1" } as const;
    const causes = [cause(helped), cause({ ...helped, no: 3, count: 2 }), cause({ no: 2, count: 3 })];
    const rerun = (over: Partial<Summary>) =>
      nextCommands(summary(over), "nightly").find((command) => command.startsWith("tieout rerun"));
    const some = "or as they are, those that running again can help";
    expect(rerun({ words: counts({ failed: 6, invalid: 3 }), causes })).to.equal(
      `tieout rerun run-1 --cause 1,3   # ${some}`,
    );
    expect(rerun({ words: counts({ failed: 6 }), causes })).to.match(/^tieout rerun run-1 {3}#/);
    const renumbered = rerun({ words: counts({ failed: 6, invalid: 3 }), causes, renumbered: 2 });
    expect(renumbered).to.equal(`tieout rerun run-1 --cause 1@2,3@2   # ${some}`);
  });

  it("quotes a key as a shell needs it", () => {
    expect(odd("a b.csv")).to.equal("tieout run nightly --file 's3://in/a b.csv'");
    expect(odd("o'x.csv")).to.equal("tieout run nightly --file 's3://in/o'\\''x.csv'");
    expect(odd("a\n'b\u202e.csv")).to.equal("tieout run nightly --file $'s3://in/a\\U0000000a\\'b\\U0000202e.csv'");
  });

  it("says how many rows a command is for", () => {
    const commands = nextCommands(summary({ words: counts({ unknown: 4, invalid: 1, failed: 2 }) }), "nightly");
    expect(commands[0]).to.contain("the 4 unknown");
    expect(commands[1]).to.contain("the 3 rows");
    const one = nextCommands(summary({ words: counts({ invalid: 1 }) }), "nightly");
    expect(one[0]).to.contain("the 1 row in it");
    const many = nextCommands(summary({ words: counts({ invalid: 12_000 }) }), "nightly");
    expect(many[0]).to.contain("the 12,000 rows in it");
  });
});
