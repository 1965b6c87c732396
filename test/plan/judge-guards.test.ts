/** Which guards a plan trips: counts, shares of the file's accounts, floors, and what is said for all kinds at once. */
import { expect } from "chai";
import { FatalError } from "../../src/errors/fatal-error.ts";
import { defineJob, extendJob, type JobInput } from "../../src/job.ts";
import { listFreezes } from "../../src/plan/guard-settings.ts";
import { judgeGuards, type PlanFigures } from "../../src/plan/judge-guards.ts";
import type { Size } from "../../src/plan/judge-size.ts";
import { GUARD_KINDS, type GuardKind, type ProductCounts } from "../../src/plan/operation.ts";

const define = (guards: JobInput["guards"]) =>
  defineJob({ name: "job", source: { folder: "in" }, results: { folder: "out" }, guards });

const ZERO = Object.fromEntries(GUARD_KINDS.map((kind) => [kind, 0])) as Record<GuardKind, number>;
const NOTHING: PlanFigures = {
  accounts: 0,
  planned: 0,
  operations: ZERO,
  protected: { ids: [], planned: 0 },
  freeze: null,
  size: null,
};

/** `guard figure/allowed` of each that trips. */
function trippedBy(guards: JobInput["guards"], operations: Partial<Record<GuardKind, number>>, accounts = 20_000) {
  const figures = { ...NOTHING, accounts, operations: { ...ZERO, ...operations } };
  const tripped = judgeGuards(define(guards).guards, figures);
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
    const figures = { ...NOTHING, accounts: 4_000, operations: { ...ZERO, close: 1_214 } };
    const [close] = judgeGuards(guards, figures);
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
    ["an unknown kind", { clsoe: { max: 1 } }, /guards\.clsoe: /],
    ["a negative count", { all: { max: -1 } }, /guards\.all\.max: /],
    ["a bare number", { close: 5 }, /guards\.close: give \{ max, share, floor \}/],
    ["another word", "on", /guards: /],
  ];
  for (const [what, guards, says] of wrong) {
    it(`refuses ${what}, and names the setting`, () => {
      expect(() => define(guards as JobInput["guards"])).to.throw(FatalError, says);
    });
  }

  describe("of a job's usual size", () => {
    const earlier = (rows: number, patch: number, runs = 5) =>
      Array.from({ length: runs }, (_, index) => ({
        rows: rows + index - 2,
        operations: { patch, close: 3 },
        products: { "patch Card": patch },
      }));
    type Sized = Omit<Size, "products"> & Partial<Size>;
    const sizeOf = (given: Sized): Size => ({ products: {}, ...given });
    const sized = (given: Sized | null, operations: Partial<Record<GuardKind, number>> = {}, settings = {}) => {
      const { guards } = define({ all: "off", size: settings });
      const size = given && sizeOf(given);
      const figures = { ...NOTHING, operations: { ...ZERO, ...operations }, size };
      return judgeGuards(guards, figures).map(({ guard, figure, allowed }) => `${guard} ${figure}/${allowed}`);
    };
    const usual = earlier(20_000, 1_000);

    it("holds a file that shrank below half or swelled beyond twice the median, and none in between", () => {
      expect(sized({ rows: 9_999, earlier: usual })).to.deep.equal(["size.rows 9999/10000"]);
      expect(sized({ rows: 10_000, earlier: usual })).to.deep.equal([]);
      expect(sized({ rows: 40_000, earlier: usual })).to.deep.equal([]);
      expect(sized({ rows: 40_001, earlier: usual })).to.deep.equal(["size.rows 40001/40000"]);
      expect(sized({ rows: 9_999, earlier: usual }, {}, { rows: { least: "1%" } })).to.deep.equal([]);
    });

    it("judges nothing with fewer than five earlier runs, or without being asked to", () => {
      expect(sized({ rows: 1, earlier: usual.slice(1) })).to.deep.equal([]);
      expect(sized({ rows: 1, earlier: usual.slice(1) }, {}, { needs: 4 })).to.deep.equal(["size.rows 1/10000"]);
      expect(sized(null)).to.deep.equal([]);
      const { guards } = define(undefined);
      expect(judgeGuards(guards, { ...NOTHING, size: sizeOf({ rows: 1, earlier: usual }) })).to.deep.equal([]);
    });

    it("takes no small file for a swollen or shrunken one", () => {
      expect(sized({ rows: 100, earlier: earlier(4, 1) })).to.deep.equal([]);
      expect(sized({ rows: 101, earlier: earlier(4, 1) })).to.deep.equal(["size.rows 101/100"]);
      expect(sized({ rows: 1, earlier: earlier(90, 1) })).to.deep.equal([]);
    });

    it("holds the kinds of which there are more than thrice the median, together", () => {
      const rows = 20_000;
      expect(sized({ rows, earlier: usual }, { patch: 3_000, close: 50 })).to.deep.equal([]);
      expect(sized({ rows, earlier: usual }, { patch: 3_001, close: 50 })).to.deep.equal(["size.operations 3001/3000"]);
      const { guards } = define({ all: "off", size: {} });
      const figures = {
        ...NOTHING,
        operations: { ...ZERO, patch: 3_001, close: 51 },
        size: sizeOf({ rows, earlier: usual }),
      };
      const [both] = judgeGuards(guards, figures);
      expect(both).to.deep.include({
        figure: 3_052,
        allowed: 3_050,
        holds: { kind: "kinds", kinds: ["patch", "close"] },
      });
      expect(both?.why).to.contain("3,001 patch of at most 3,000 (median 1,000), 51 close of at most 50 (median 3)");
    });

    it("holds the operations for a product of which there are more than thrice the median, and no other rows", () => {
      const [rows, { guards }] = [20_000, define({ all: "off", size: {} })];
      const judged = (products: ProductCounts, operations = {}, before = usual) =>
        judgeGuards(guards, {
          ...NOTHING,
          operations: { ...ZERO, ...operations },
          size: { rows, products, earlier: before },
        });
      expect(judged({ "patch Card": 3_000, "patch New": 50, "close Card": 50 })).to.deep.equal([]);
      const [swollen, ...more] = judged({ "patch Card": 3_001, "patch New": 51, "close Card": 50 });
      expect(more).to.deep.equal([]);
      expect(swollen).to.deep.include({
        guard: "size.products",
        figure: 3_052,
        allowed: 3_050,
        holds: { kind: "products", products: ["patch Card", "patch New"] },
      });
      expect(swollen?.why).to.equal(
        'the plan has more operations than 5 runs before: 3,001 patch for "Card" of at most 3,000 (median 1,000), 51 patch for "New" of at most 50 (median 0)',
      );
      const names = Array.from({ length: 9 }, (_, n) => [`patch P${n}`, 51]);
      expect(judged(Object.fromEntries(names))[0]?.why).to.match(/"P6" of at most 50 \(median 0\) and 2 more$/);
    });

    it("does not judge the products of a kind that is held as a whole, nor beside runs whose products nobody counted", () => {
      const [rows, products] = [20_000, { "patch Card": 3_001, "close Card": 51 }];
      expect(
        sized({ rows, products, earlier: usual }, { patch: 3_001, close: 51 }, { operations: { floor: 51 } }),
      ).to.deep.equal(["size.operations 3001/3000", "size.products 51/50"]);
      const uncounted = usual.map((run, index) => (index === 0 ? { ...run, products: null } : run));
      expect(sized({ rows, products, earlier: uncounted })).to.deep.equal([]);
      expect(sized({ rows, products, earlier: uncounted }, {}, { needs: 4 })).to.deep.equal([
        "size.products 3052/3050",
      ]);
    });
  });

  describe("freeze windows", () => {
    const at = (text: string) => Date.parse(text);
    const windows = (freeze: unknown, nowMs: number) =>
      listFreezes(define({ freeze } as JobInput["guards"]).guards, nowMs).map(({ fromMs }) =>
        new Date(fromMs).toISOString(),
      );
    const XMAS = { from: "2026-12-24T18:00", to: "2026-12-27T00:00", zone: "America/Chicago" };

    it("are in their own zone, the first that begins before the others, and over at their end", () => {
      const other = { from: "2026-12-31T00:00", to: "2027-01-02T00:00" };
      expect(windows([other, XMAS], at("2026-12-01T00:00:00Z"))).to.deep.equal([
        "2026-12-25T00:00:00.000Z",
        "2026-12-31T00:00:00.000Z",
      ]);
      expect(windows([XMAS], at("2026-12-27T05:59:59Z"))).to.have.length(1);
      expect(windows([XMAS], at("2026-12-27T06:00:00Z"))).to.deep.equal([]);
    });

    it("follow the zone's clock through summer time", () => {
      const day = (date: string) => ({ from: `${date}T02:30`, to: `${date}T04:00`, zone: "America/Chicago" });
      expect(windows([day("2026-07-01")], 0)).to.deep.equal(["2026-07-01T07:30:00.000Z"]);
      expect(windows([day("2026-03-08")], 0), "a time that is jumped over").to.deep.equal(["2026-03-08T08:30:00.000Z"]);
      expect(windows([{ ...day("2026-11-01"), from: "2026-11-01T01:30" }], 0), "the first of two").to.deep.equal([
        "2026-11-01T06:30:00.000Z",
      ]);
    });

    const wrong: readonly [what: string, window: unknown, says: RegExp][] = [
      ["a day alone", { ...XMAS, from: "2026-12-24" }, /guards\.freeze\.0\.from: give a day and a time/],
      ["an end before its beginning", { from: XMAS.to, to: XMAS.from }, /from must be before to/],
      ["an unknown zone", { ...XMAS, zone: "Mars/Base" }, /guards\.freeze\.0\.zone: give an IANA zone/],
    ];
    for (const [what, window, says] of wrong) {
      it(`refuse ${what}`, () => {
        expect(() => define({ freeze: [window] } as JobInput["guards"])).to.throw(FatalError, says);
      });
    }
  });
});
