/**
 * JSON of others: as deep as our code may walk, whatever brackets its texts hold.
 */
import { expect } from "chai";
import { parseJson } from "../../src/text/json.ts";

const nested = (levels: number, inner = "1") => `${"[".repeat(levels)}${inner}${"]".repeat(levels)}`;

describe("parseJson", () => {
  it("takes a hundred levels, and no more", () => {
    expect(parseJson(nested(100))).to.be.an("array");
    expect(parseJson(nested(101))).to.equal(undefined);
    expect(parseJson(`${'{"a":'.repeat(50)}${nested(51)}${"}".repeat(50)}`)).to.equal(undefined);
  });

  it("counts levels, not brackets", () => {
    const many = JSON.stringify(Array.from({ length: 300 }, () => ({ a: [] })));
    expect(parseJson(many)).to.have.length(300);
    expect(parseJson(nested(90, `"${"[{".repeat(200)}"`))).to.be.an("array");
    expect(parseJson(nested(90, `"\\"${"[{".repeat(200)}\\\\"`))).to.be.an("array");
  });

  it("gives nothing for what is no JSON", () => {
    for (const text of ["", "{", "<html>", nested(3).slice(1)]) expect(parseJson(text), text).to.equal(undefined);
  });
});
