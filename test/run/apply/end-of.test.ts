/** How a change ends with the end of one of its operations, and when the next one follows instead. */
import { expect } from "chai";
import type { ChangeToApply } from "../../../src/ledger/ledger.ts";
import { endOf, goesOn, type OperationEnd } from "../../../src/run/apply/end-of.ts";

const issueOf = (code: "bank_kept_different" | "bank_keeps_other" | "bank_error") => ({
  code,
  column: "",
  message: code,
});
const APPLIED: OperationEnd = { state: "applied", issue: null };
const IN_OWN_FORM: OperationEnd = { state: "applied", issue: issueOf("bank_keeps_other") };
const KEPT_DIFFERENT: OperationEnd = { state: "applied", issue: issueOf("bank_kept_different") };
const FAILED: OperationEnd = { state: "failed", issue: issueOf("bank_error") };
const NOTE = { code: "extra_relationship", column: "account_holders", message: "a note" } as const;

function changeOf(...operations: readonly OperationEnd[]): ChangeToApply {
  return { operations, notes: [NOTE] } as unknown as ChangeToApply;
}

describe("the end of a change", () => {
  const cases: readonly [string, readonly OperationEnd[], OperationEnd, string | null, readonly string[]][] = [
    ["goes on behind one that applied", [APPLIED, APPLIED], APPLIED, null, []],
    ["goes on behind one that the bank keeps in its own form", [APPLIED, APPLIED], IN_OWN_FORM, null, []],
    ["is applied with the last", [APPLIED], APPLIED, "applied", []],
    [
      "is refused where the bank keeps another value",
      [APPLIED, APPLIED],
      KEPT_DIFFERENT,
      "refused",
      ["bank_kept_different"],
    ],
    ["is failed with one that failed", [APPLIED, APPLIED], FAILED, "failed", ["bank_error"]],
    ["is unchanged where nothing came of its only one", [APPLIED], { state: "planned", issue: null }, "unchanged", []],
  ];
  for (const [what, operations, outcome, word, codes] of cases) {
    it(what, () => {
      const change = changeOf(...operations);
      expect(goesOn(change, 0, outcome)).to.equal(word === null);
      if (word === null) return;
      const end = endOf(change, 0, outcome);
      expect(end.word).to.equal(word);
      expect(end.issues.map(({ code }) => code)).to.deep.equal([...codes, NOTE.code]);
    });
  }

  it("has the words and issues of all that was applied before, and none of what comes after", () => {
    const { word, issues } = endOf(changeOf(IN_OWN_FORM, APPLIED, FAILED), 1, { state: "unknown", issue: null });
    expect(word).to.equal("unknown");
    expect(issues.map(({ code }) => code)).to.deep.equal(["bank_keeps_other", NOTE.code]);
    expect(endOf(changeOf(APPLIED, APPLIED), 1, { state: "skipped", issue: null }).word).to.equal("skipped");
  });
});
