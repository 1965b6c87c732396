/**
 * The code of an error of the machine's, and of everything else that may be thrown.
 */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { nodeCode } from "../../src/errors/node-code.ts";

describe("nodeCode", () => {
  it("gives the code of what Node throws", () => {
    let thrown: unknown;
    try {
      readFileSync("/nowhere/at/all");
    } catch (error) {
      thrown = error;
    }
    expect(nodeCode(thrown)).to.equal("ENOENT");
  });

  it("gives none for an error without a code, with a code that is no text, and for what is no error", () => {
    expect(nodeCode(new Error("EPIPE"))).to.equal(undefined);
    expect(nodeCode(Object.assign(new Error("no"), { code: 5 }))).to.equal(undefined);
    expect(nodeCode({ code: "ENOENT" })).to.equal(undefined);
    expect(nodeCode("ENOENT")).to.equal(undefined);
  });
});
