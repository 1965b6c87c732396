/**
 * What the page of a plan counts and shows, as text and as Markdown.
 */
import { expect } from "chai";
import type { GuardKind } from "../../src/plan/operation.ts";
import { EvenSample } from "../../src/report/even-sample.ts";
import { renderPlanMarkdown } from "../../src/report/plan-markdown.ts";
import { type Ahead, drawPage, renderAhead, renderPage } from "../../src/report/plan-page.ts";
import { PlanTally } from "../../src/report/plan-tally.ts";
import { cause, counts, summary } from "./a-summary.ts";

const differs = (field: string, actual: string, desired: string) => ({ field, actual, desired });
const AT_NOON = new Date(2026, 0, 15, 12).getTime();
const AHEAD: Ahead = {
  forecast: { calls: 600, perSecond: 10, seconds: 60 },
  atMs: AT_NOON,
  deadlineMs: AT_NOON + 6 * 3_600_000,
};

function tallyOf(changes: readonly (readonly [GuardKind[], ...ReturnType<typeof differs>[]])[]): PlanTally {
  const tally = new PlanTally();
  for (const [index, [kinds, ...differences]] of changes.entries())
    tally.add({ change: index + 2, kinds, differences });
  return tally;
}

describe("EvenSample", () => {
  const sample = (count: number) => {
    const numbers = new EvenSample(5);
    for (let number = 1; number <= count; number++) numbers.add(number);
    return numbers.numbers;
  };

  it("has all of a few numbers, and of many some from the first to near the last", () => {
    expect(sample(0)).to.deep.equal([]);
    expect(sample(3)).to.deep.equal([1, 2, 3]);
    for (const count of [5, 10, 11, 12, 99, 100_000]) {
      const numbers = sample(count);
      expect(numbers).to.have.length(5);
      expect(numbers[0]).to.equal(1);
      expect(numbers[4], `of ${count}`)
        .to.be.above(count / 2)
        .and.at.most(count);
      expect(numbers).to.deep.equal([...new Set(numbers)].sort((one, other) => one - other));
    }
  });
});

describe("the page of a plan", () => {
  it("counts operations by kind beside the guards and earlier runs, and shows some of their rows", () => {
    const tally = tallyOf([[["patch", "close"]], [["close"]], [["close"]], [["clear_documents", "patch"]]]);
    const history = [
      { "close=applied": 3, "close=skipped": 90, "patch=applied": 1, "create=applied": 2 },
      { "close=applied": 9, "close=refused": 2, "patch=unknown": 1 },
    ];
    const allowed = (kind: GuardKind) => (kind === "patch" ? null : 2);
    expect(drawPage(tally, { allowed, history, ahead: null }).operations).to.deep.equal([
      { kind: "clear_documents", count: 1, rows: [5], allowed: 2, usual: null, irreversible: true },
      { kind: "create", count: 0, rows: [], allowed: 2, usual: { least: 0, most: 2, runs: 2 }, irreversible: true },
      {
        kind: "patch",
        count: 2,
        rows: [2, 5],
        allowed: null,
        usual: { least: 1, most: 1, runs: 2 },
        irreversible: false,
      },
      {
        kind: "close",
        count: 3,
        rows: [2, 3, 4],
        allowed: 2,
        usual: { least: 3, most: 11, runs: 2 },
        irreversible: true,
      },
    ]);
  });

  it("shows the three commonest changes of words and booleans, and of anything else only how often it changes", () => {
    const patch: GuardKind[] = ["patch"];
    const { fields } = tallyOf([
      ...Array(4).fill([patch, differs("status", "active", "closed"), differs("product_name", "Secret", "Hidden")]),
      ...Array(3).fill([patch, differs("status", "inactive", "closed")]),
      ...Array(2).fill([patch, differs("status", "", "inactive")]),
      [patch, differs("status", "a word of tomorrow", "active"), differs("is_mla", "false", "true")],
      [patch, differs("capabilities", "deposit", "deposit;credit_with_underwriting")],
      [patch, differs("documents.doc_9 (aan)", "", "aan v1"), differs("documents.doc_8 (aan)", "", "aan v2")],
      [patch, differs("metadata.note", "x", "y"), differs("limit", "1", "2"), differs("constructor", "1", "2")],
      [["create"], differs("status", "", "active"), differs("product_name", "", "Secret")],
    ]);
    const change = (from: string, to: string, accounts: number) => ({ from, to, accounts });
    expect(fields.map(({ field, accounts }) => `${field} ${accounts}`)).to.deep.equal([
      "status 10",
      "product_name 4",
      "capabilities 1",
      "constructor 1",
      "documents 1",
      "is_mla 1",
      "limit 1",
      "metadata.note 1",
    ]);
    const changesOf = (name: string) => fields.find(({ field }) => field === name)?.changes;
    expect(changesOf("status")).to.deep.equal([
      change("active", "closed", 4),
      change("inactive", "closed", 3),
      change("none", "inactive", 2),
    ]);
    expect(changesOf("is_mla")).to.deep.equal([change("false", "true", 1)]);
    expect(changesOf("capabilities")).to.deep.equal([change("deposit", "deposit;credit_with_underwriting", 1)]);
    for (const name of ["product_name", "constructor", "documents", "limit", "metadata.note"])
      expect(changesOf(name)).to.deep.equal([]);
    expect(fields.filter(({ irreversible }) => irreversible).map(({ field }) => field)).to.deep.equal(["capabilities"]);
    const odd = tallyOf([[patch, differs("status", "a word of tomorrow", "active")]]).fields;
    expect(odd[0]?.changes).to.deep.equal([change("other", "active", 1)]);
  });

  it("holds no more of a million accounts than of a few", () => {
    const tally = new PlanTally();
    for (let change = 2; change < 1_000_002; change++)
      tally.add({ change, kinds: ["patch"], differences: [differs(`documents.d${change} (aan)`, `${change}`, "new")] });
    expect(tally.ofKind("patch")).to.include({ count: 1_000_000 });
    expect(JSON.stringify([tally.fields, tally.ofKind("patch")])).to.have.length.below(300);
  });

  const page = drawPage(
    tallyOf([
      ...Array(21).fill([["close"], differs("status", "active", "closed")]),
      [["patch"], differs("product_name", "Old", "New")],
    ]),
    {
      allowed: (kind) => (kind === "close" ? 20 : 50_000),
      history: [{ "close=applied": 3 }, { "close=applied": 11 }],
      ahead: AHEAD,
    },
  );

  it("is read on a terminal in a few lines", () => {
    expect(renderPage(page)).to.deep.equal([
      "operations:",
      "  patch   1 of 50,000 allowed, usual 0, such as row 23",
      "  close  21 of 20 allowed, so they are held, usual 3–11, cannot be undone, such as rows 2, 6, 10, 14, 22",
      "fields that change:",
      "  status: 21 accounts: active → closed 21",
      "  product_name: 1 account",
      "a run now: 600 calls at 10 a second ≈ 60 s, done 12:01; the 18:00 deadline holds",
    ]);
    expect(renderAhead({ ...AHEAD, deadlineMs: AT_NOON + 30_000 })).to.match(
      /; misses the 12:00 deadline by 30 s: the run stops then, and resume continues it$/,
    );
  });

  it("is Markdown whose tables and code nothing of the file can leave", () => {
    const odd = {
      ...page,
      fields: [{ field: "metadata.`a|b` @team <b>", accounts: 1, irreversible: false, changes: [] }],
    };
    const text = renderPlanMarkdown(
      summary({
        kind: "plan",
        page: odd,
        words: counts({ held: 21, skipped: 1 }),
        causes: [cause({ word: "refused", code: "bank_refused", bankCode: "a_b", column: "c|d", bankReason: "is |" })],
        file: { place: "s3://in", key: "a|`b`.csv", size: 9, sha256: "abc" },
        next: ["tieout run nightly   # sends"],
      }),
      odd,
      (command) => command.replace("tieout", "npx tieout"),
    );
    const lines = text.split("\n");
    expect(lines.slice(0, 3)).to.deep.equal([
      "# Plan run-1",
      "",
      "3 rows of `a\\|'b'.csv` by `nightly`, against `https://bank.test` (program `one`). Nothing was sent.",
    ]);
    expect(lines).to.include.members([
      "| operation | planned | allowed | usual (2 runs) | such as rows |",
      "| **`close`** (cannot be undone) | **21** | 20, so they are **held** | 3–11 | 2, 6, 10, 14, 22 |",
      "| `metadata.'a\\|b' @team <b>` | 1 |  |",
      "| refused | `bank_refused` | `a_b` in `c\\|d`: `is \\|` | 1 | 7 |",
      "npx tieout run nightly   # sends",
    ]);
    const cells = lines.filter((line) => line.startsWith("|")).map((line) => line.split(/(?<!\\)\|/).length);
    expect(new Set(cells)).to.deep.equal(new Set([7, 5, 4, 7]));
  });
});
