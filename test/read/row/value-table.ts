/**
 * A parser put to a table: what it takes and what it refuses, each a test of its own.
 */
import { expect } from "chai";
import { type CellFaults, isFaults } from "../../../src/read/cell-fault.ts";

export type Parse = (text: string) => unknown;

/** Cases are [text, value], or [text, code, …] for one fault after another. */
export function table(
  name: string,
  parse: Parse,
  takes: readonly [string, unknown][],
  refuses: readonly [string, ...string[]][],
) {
  describe(name, () => {
    for (const [text, value] of takes) {
      it(`takes ${JSON.stringify(text)}`, () => expect(parse(text)).to.deep.equal(value));
    }
    for (const [text, ...codes] of refuses) {
      it(`refuses ${JSON.stringify(text)}: ${codes.join(", ")}`, () => {
        const refused = parse(text);
        expect(isFaults(refused)).to.equal(true);
        expect((refused as CellFaults).all.map(({ code }) => code)).to.deep.equal(codes);
      });
    }
  });
}
