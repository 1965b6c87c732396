/**
 * What lies in a folder, and what only begins like it.
 */
import { expect } from "chai";
import { isBelow } from "../../src/store/is-below.ts";

describe("a path below a folder", () => {
  it("lies in it at any depth, and is not the folder itself or its neighbour", () => {
    const paths = ["in/a.csv", "in/", "in", "inner/a.csv", "a/in/b.csv", "in/../a.csv", "in/..a.csv"];
    expect(paths.filter((path) => isBelow(path, "./in"))).to.deep.equal(["in/a.csv", "in/..a.csv"]);
    expect(isBelow("/in/a.csv", "/")).to.equal(true);
    expect(isBelow("/", "/")).to.equal(false);
  });
});
