/** Which effective_at counts as applied with an answer of the bank. */
import { expect } from "chai";
import { effectiveAtOf } from "../../../src/run/apply/send-operation.ts";

describe("the effective_at that has been applied", () => {
  const at = "2026-01-01T00:00:00Z";
  const issueOf = (code: "bank_kept_different" | "bank_keeps_other") => ({ code, column: "", message: code });

  it("is the row's, also where the bank keeps a value in its own form", () => {
    for (const issue of [null, issueOf("bank_keeps_other")])
      expect(effectiveAtOf({ effective_at: at }, { issue })).to.equal(at);
  });

  it("is none where the bank kept another value, so that a row of the same instant may correct it, nor where the row has none", () => {
    expect(effectiveAtOf({ effective_at: at }, { issue: issueOf("bank_kept_different") })).to.equal(null);
    expect(effectiveAtOf({}, { issue: null })).to.equal(null);
  });
});
