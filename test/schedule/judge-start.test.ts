/**
 * Whether the schedule starts a job again, by the ends of a start's files and by the error that ended it.
 */
import { expect } from "chai";
import type { Code } from "../../src/errors/codes/codes.ts";
import type { ExitCode } from "../../src/errors/exit-codes.ts";
import { FatalError } from "../../src/errors/fatal-error.ts";
import type { FileEnd } from "../../src/run/start/start-job.ts";
import { isStopOnTheWay, judgeStart, mayComeRight } from "../../src/schedule/judge-start.ts";

const reported = (exit: ExitCode, code?: Code) =>
  ({ kind: "reported", summary: { exit, stopped: code === undefined ? null : { code, message: "" } } }) as FileEnd;
const waiting = { kind: "waiting" } as FileEnd;

describe("judgeStart", () => {
  const cases: readonly (readonly [what: string, ends: readonly FileEnd[], expected: string])[] = [
    ["no file", [], "ended"],
    ["rows to repair", [reported(3), reported(0)], "ended"],
    ["a stop before the end of one file", [reported(0), reported(6, "bank_unreachable")], "stopped"],
    ["files that were left", [{ kind: "left", of: "run", files: 2 }], "stopped"],
    ["a run that waits for a person", [waiting], "ended"],
    ["files to catch up, which a person takes", [{ kind: "to_catch_up", keys: ["1.csv", "2.csv"] }], "ended"],
    ["files that wait for a number that may come", [{ kind: "out_of_turn", awaits: "1", keys: ["2.csv"] }], "stopped"],
    [
      "refused credentials, also behind a stop",
      [reported(6, "bank_unreachable"), reported(2, "bank_forbidden")],
      "refused",
    ],
  ];
  for (const [what, ends, expected] of cases)
    it(`calls ${what} ${expected}`, () => expect(judgeStart(ends)).to.equal(expected));
});

describe("mayComeRight", () => {
  for (const [code, expected] of [
    ["ledger_failed", true],
    ["job_invalid", false],
    ["internal", false],
  ] as const satisfies readonly [Code, boolean][])
    it(`is ${expected} after ${code}`, () =>
      expect(mayComeRight(new FatalError(code, "", { hint: "" }))).to.equal(expected));
});

describe("isStopOnTheWay", () => {
  for (const [code, isStrict, expected] of [
    ["ledger_failed", true, true],
    ["ledger_unusable", false, true],
    ["no_ledger", false, true],
    ["ledger_unusable", true, false],
    ["job_invalid", false, false],
  ] as const satisfies readonly [Code, boolean, boolean][])
    it(`is ${expected} after ${code}${isStrict ? ", judged strictly" : ""}`, () =>
      expect(isStopOnTheWay(new FatalError(code, "", { hint: "" }), isStrict)).to.equal(expected));

  it("is false after a bug of ours", () => expect(isStopOnTheWay(new TypeError(), false)).to.equal(false));
});
