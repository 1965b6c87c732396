/** In what an account differs from what a plan saw, as far as the plan needs it. */
import { expect } from "chai";
import { type Compared, findDrift, makesSameCalls } from "../../src/plan/drift.ts";
import type { OperationKind } from "../../src/plan/operation.ts";

const NOTHING: Compared = { operations: [], differences: [] };
const difference = (field: string, actual: string, desired: string) => ({ field, actual, desired });
const call = (kind: OperationKind, body: object | null = null) => ({
  kind,
  body: body === null ? "" : JSON.stringify(body),
});
const differing = (...differences: Compared["differences"][number][]): Compared => ({ ...NOTHING, differences });
const calling = (...operations: Compared["operations"][number][]): Compared => ({ ...NOTHING, operations });

describe("drift", () => {
  it("has a field that the bank now has another value of, though the call would be the same", () => {
    const then = {
      ...differing(difference("credit_limit", "100", "200")),
      operations: [call("patch", { credit: 200 })],
    };
    const now = { ...then, ...differing(difference("credit_limit", "150", "200")), operations: then.operations };
    expect(makesSameCalls(then, now)).to.equal(true);
    expect(findDrift(then, now)).to.deep.equal([{ field: "credit_limit", wanted: "200", saw: "100", now: "150" }]);
  });

  it("has one that agrees by now, and one that agreed then", () => {
    const then = differing(difference("a", "1", "2"), difference("b", "", "5"));
    const now = differing(difference("b", "", "5"), difference("c", "7", "8"));
    expect(findDrift(then, now)).to.deep.equal([
      { field: "a", wanted: "2", saw: "1", now: "2" },
      { field: "c", wanted: "8", saw: "8", now: "7" },
    ]);
  });

  it("is none where nothing that the plan needs has moved", () => {
    const one = { ...differing(difference("a", "1", "2")), operations: [call("patch", { a: 2 })] };
    expect(findDrift(one, structuredClone(one))).to.deep.equal([]);
    expect(makesSameCalls(one, structuredClone(one))).to.equal(true);
  });

  it("names what a call sends along because the bank has it", () => {
    const patch = (metadata: object) => calling(call("patch", { details: { metadata } }));
    expect(findDrift(patch({ mine: "1", other: "2" }), patch({ mine: "1", other: "3", more: "4" }))).to.deep.equal([
      { field: "1 patch.details.metadata.other", wanted: "", saw: "2", now: "3" },
      { field: "1 patch.details.metadata.more", wanted: "", saw: "", now: "4" },
    ]);
  });

  it("names a call that is no longer made, or is made now", () => {
    const then = calling(call("activate"), call("patch", { a: [1, 2] }));
    const now = calling(call("patch", { a: [1, 2] }));
    expect(makesSameCalls(then, now)).to.equal(false);
    expect(findDrift(then, now).map(({ field }) => field)).to.deep.equal(["1 activate", "2 patch.a", "1 patch.a"]);
  });
});
