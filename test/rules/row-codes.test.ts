/**
 * Every code of a row, proved by a row that gets it and by one beside it that does not; and every message, by what it tells
 * and what it keeps to itself. A code without a rule does not compile.
 */
import { expect } from "chai";
import { PLAN_CODES } from "../../src/errors/codes/plan.ts";
import { REPAIR_CODES } from "../../src/errors/codes/repair.ts";
import { ROW_CODES } from "../../src/errors/codes/row.ts";
import { SHAPE_CODES } from "../../src/errors/codes/shape.ts";
import { PLAN_RULES } from "./plan-rules.ts";
import { REPAIR_RULES } from "./repair-rules.ts";
import { ROW_RULES } from "./row-rules.ts";
import type { Rule, RunRule } from "./rule.ts";
import { SHAPE_RULES } from "./shape-rules.ts";
import { cellsShownBy } from "./shown-cells.ts";
import { type Found, judge, judgeRun, type RunTrial, type Trial } from "./trial.ts";

/** What is told of a row that goes on: nothing of it is rejected. */
const NOTES: readonly string[] = [
  ...["extra_relationship", "client_account_id_absent", "bank_keeps_other"],
  ...["edit_allowed", "cell_restored"],
];

const found = (trial: Trial | RunTrial): Promise<Found> => ("csv" in trial ? judgeRun(trial) : judge(trial));
const codesOf = ({ issues }: Found) => issues.map(({ code }) => code);

function suiteOf(rules: Readonly<Record<string, Rule | RunRule>>, isPlan: boolean): void {
  for (const [code, { rejects, accepts, says }] of Object.entries(rules)) {
    it(`${code} ${NOTES.includes(code) ? "is told of" : "rejects"} ${rejects.what}`, async () => {
      const { cells, issues } = await found(rejects);
      expect([...new Set(issues.map((issue) => issue.code))]).to.deep.equal([code]);
      const message = issues[0]?.message ?? "";
      expect(message).to.match(says);
      expect(message, "one line").to.match(/^[^\r\n]+$/);
      expect(cellsShownBy(message, cells, isPlan), message).to.deep.equal([]);
    });

    it(`${code} lets ${accepts.what} through`, async () => {
      expect(codesOf(await found(accepts))).to.deep.equal([]);
    });
  }
}

describe("codes of a row by itself", () => {
  suiteOf(ROW_RULES, false);

  it("are all here", () => expect(Object.keys(ROW_RULES)).to.have.members(Object.keys(ROW_CODES)));
});

describe("codes of a row by what the job says of its file", () => {
  suiteOf(SHAPE_RULES, false);

  it("are all here", () => expect(Object.keys(SHAPE_RULES)).to.have.members(Object.keys(SHAPE_CODES)));
});

describe("codes of a row beside the one it came from", () => {
  suiteOf(REPAIR_RULES, false);

  it("are all here", () => expect(Object.keys(REPAIR_RULES)).to.have.members(Object.keys(REPAIR_CODES)));
});

describe("codes of a row beside the bank", () => {
  suiteOf(PLAN_RULES, true);

  it("are all here", () => expect(Object.keys(PLAN_RULES)).to.have.members(Object.keys(PLAN_CODES)));
});

describe("cellsShownBy", () => {
  it("finds a cell in a message, whole or as an item of a list, and no masked one", () => {
    const cells = ["Ann Example", "entity_alpha;entity_beta", "Card", "closed"];
    expect(cellsShownBy("Ann Example is no product", cells, false)).to.deep.equal(["Ann Example"]);
    expect(cellsShownBy("entity_beta is not active", cells, false)).to.deep.equal(["entity_beta"]);
    expect(cellsShownBy("entity_beta is not active", cells, true)).to.deep.equal([]);
    expect(cellsShownBy('"An…" and "entity_…" are closed for Card', cells, false)).to.deep.equal([]);
  });
});
