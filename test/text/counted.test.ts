/** Figures for people: with separators, with the noun in the right number. */
import { expect } from "chai";
import { counted, grouped } from "../../src/text/counted.ts";

describe("figures as people read them", () => {
  it("have separators, and the noun in the right number", () => {
    expect([0, 1, 2, 5_000, 1_234_567].map((figure) => counted(figure, "row"))).to.deep.equal([
      "0 rows",
      "1 row",
      "2 rows",
      "5,000 rows",
      "1,234,567 rows",
    ]);
    expect([1, 2].map((figure) => counted(figure, "entity", "entities"))).to.deep.equal(["1 entity", "2 entities"]);
    expect(grouped(12_345)).to.equal("12,345");
  });
});
