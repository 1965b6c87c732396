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
    expect([12_345, -1_000, 0.0625, 1_234.5].map(grouped)).to.deep.equal(["12,345", "-1,000", "0.0625", "1,234.5"]);
  });
});
