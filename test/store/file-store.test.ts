/** Which two answers of a store mean one object in one state, whatever form the store gives them. */
import { expect } from "chai";
import { isSameObject, quotedEtag, type StoredFile } from "../../src/store/file-store.ts";

describe("quotedEtag", () => {
  const forms: readonly [string | undefined, string][] = [
    ['"abc"', '"abc"'],
    ["abc", '"abc"'],
    ['W/"abc"', '"abc"'],
    ['"abc-12"', '"abc-12"'],
    ["", ""],
    [undefined, ""],
  ];
  for (const [given, expected] of forms) {
    it(`makes ${expected || "nothing"} of ${given ?? "nothing"}`, () => expect(quotedEtag(given)).to.equal(expected));
  }
});

describe("isSameObject", () => {
  const file = (over: Partial<StoredFile> = {}): StoredFile => ({
    ...{ key: "a.csv", size: 1, lastModifiedMs: 5_000, etag: '"e"' },
    ...over,
  });
  const pairs: readonly [string, StoredFile, StoredFile, boolean][] = [
    ["a listing that is finer than a second", file({ lastModifiedMs: 5_999 }), file(), true],
    ["another second", file({ lastModifiedMs: 6_000 }), file(), false],
    ["another ETag", file({ etag: '"f"' }), file(), false],
    ["a version id on one side", file({ versionId: "v1" }), file(), true],
    ["one version", file({ versionId: "v1" }), file({ versionId: "v1", lastModifiedMs: 9_000 }), true],
    ["two versions of the same second", file({ versionId: "v1" }), file({ versionId: "v2" }), false],
  ];
  for (const [what, one, other, expected] of pairs) {
    it(`${expected ? "holds" : "does not hold"} for ${what}`, () => {
      expect(isSameObject(one, other)).to.equal(expected);
      expect(isSameObject(other, one)).to.equal(expected);
    });
  }
});
