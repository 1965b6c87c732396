/** Which guards a plan trips: counts, shares of the file's accounts, floors, and what is said for all kinds at once. */
import { expect } from "chai";
import { FatalError } from "../../src/errors/fatal-error.ts";
import { defineJob, extendJob, type JobInput } from "../../src/job.ts";
import { judgeGuards } from "../../src/plan/judge-guards.ts";
import { GUARD_KINDS, type GuardKind } from "../../src/plan/operation.ts";

const define = (guards: JobInput["guards"]) =>
  defineJob({ name: "job", source: { folder: "in" }, results: { folder: "out" }, guards });

/** `guard figure/allowed` of each that trips. */
function trippedBy(guards: JobInput["guards"], operations: Partial<Record<GuardKind, number>>, accounts = 20_000) {
  const none = Object.fromEntries(GUARD_KINDS.map((kind) => [kind, 0])) as Record<GuardKind, number>;
  const tripped = judgeGuards(define(guards).guards, { accounts, operations: { ...none, ...operations } });
  return tripped.map(({ guard, figure, allowed }) => `${guard} ${figure}/${allowed}`);
}

describe("judgeGuards", () => {
  const many = Object.fromEntries(GUARD_KINDS.map((kind) => [kind, 1_000_000]));

  it("has a limit for every kind that the job says nothing of", () => {
    expect(trippedBy(undefined, many)).to.deep.equal([
      "clear_documents 1000000/20",
      "create 1000000/1000",
      "activate 1000000/200",
      "patch 1000000/50000",
      "add_relationships 1000000/2000",
      "remove_relationship 1000000/20",
      "deactivate 1000000/200",
      "close 1000000/20",
    ]);
    expect(trippedBy(undefined, { close: 20, create: 1_000 })).to.deep.equal([]);
  });

  const cases: readonly [what: string, limit: JobInput["guards"], accounts: number, allowed: number][] = [
    ["a count alone, however small the file", { close: { max: 50 } }, 10, 50],
    ["nothing at all", { close: { max: 0 } }, 10, 0],
    ["the lesser of count and share: the share", { close: { max: 50, share: "0.5%" } }, 4_000, 20],
    ["the lesser of count and share: the count", { close: { max: 50, share: "0.5%" } }, 40_000, 50],
    ["a share rounded down", { close: { max: 50, share: "0.5%" } }, 999, 4],
    ["one at least of a share", { close: { max: 50, share: "0.5%" } }, 100, 1],
    ["the floor at least", { close: { max: 50, share: "0.5%", floor: 5 } }, 100, 5],
    ["never more than the count, whatever the floor", { close: { max: 3, share: "0.5%", floor: 5 } }, 100, 3],
    ["a share of the kind's own count", { close: { share: "50%" } }, 20_000, 20],
    ["all kinds at once", { all: { max: 7 } }, 10, 7],
    ["the kind before all", { all: { max: 7 }, close: { max: 8 } }, 10, 8],
    ["all, but for what the kind says", { all: { max: 70, share: "1%" }, close: { max: 80 } }, 1_000, 10],
    ["a limit of one kind where all are off", { all: "off", close: { max: 2 } }, 10, 2],
  ];
  for (const [what, guards, accounts, allowed] of cases) {
    it(`allows ${what}`, () => {
      expect(trippedBy(guards, { close: allowed }, accounts)).to.deep.equal([]);
      expect(trippedBy(guards, { close: allowed + 1 }, accounts)).to.deep.equal([`close ${allowed + 1}/${allowed}`]);
    });
  }

  it("lets everything through that is off", () => {
    expect(trippedBy("off", many)).to.deep.equal([]);
    expect(trippedBy({ close: "off" }, { close: 1_000_000 })).to.deep.equal([]);
    expect(trippedBy({ all: "off", close: {} }, { close: 21, patch: 1_000_000 })).to.deep.equal(["close 21/20"]);
  });

  it("says the figure, the limit and where that comes from", () => {
    const { guards } = define({ close: { max: 50, share: "0.5%", floor: 5 } });
    const none = Object.fromEntries(GUARD_KINDS.map((kind) => [kind, 0])) as Record<GuardKind, number>;
    const [close] = judgeGuards(guards, { accounts: 4_000, operations: { ...none, close: 1_214 } });
    expect(close?.why).to.equal(
      "the plan has 1,214 close operations, and 20 may be sent (0.5% of 4,000 accounts, at least 5)",
    );
  });

  it("stays the same in a job that extends another", () => {
    for (const guards of ["off", { close: { share: "1%" } }] as const) {
      const job = define(guards);
      expect(extendJob(job, { name: "other" }).guards).to.deep.equal(job.guards);
    }
  });

  const wrong: readonly [what: string, guards: unknown, says: RegExp][] = [
    ["a share without %", { close: { share: "5" } }, /guards\.close\.share: give a percentage/],
    ["an unknown kind", { clsoe: { max: 1 } }, /guards: .*clsoe/],
    ["a negative count", { all: { max: -1 } }, /guards\.all\.max: /],
    ["a bare number", { close: 5 }, /guards\.close: give \{ max, share, floor \}/],
    ["another word", "on", /guards: /],
  ];
  for (const [what, guards, says] of wrong) {
    it(`refuses ${what}, and names the setting`, () => {
      expect(() => define(guards as JobInput["guards"])).to.throw(FatalError, says);
    });
  }
});
