/**
 * Near ids: what a copy, a keyboard or a spreadsheet changes unseen makes no difference, and all else does.
 */
import { expect } from "chai";
import { nearId } from "../../src/ledger/near-id.ts";

describe("nearId", () => {
  const near: readonly (readonly string[])[] = [
    ["0001700", "1700", " 1700", "01700", "1 700", "\u00a01700", "１７００"],
    ["core-1001", "CORE-1001", "Core-1001", "core-1001\u00a0", "core-\u200b1001", "ｃore-1001", "00core-1001"],
    ["m\u00fcller", "mu\u0308ller", "M\u00dcLLER"],
    ["0", "00", "000"],
    ["\ufb01n-1", "fin-1", "FIN-1"],
  ];
  for (const [first = "", ...others] of near) {
    for (const other of others) {
      it(`${JSON.stringify(other)} is near ${JSON.stringify(first)}`, () =>
        expect(nearId(other)).to.equal(nearId(first)));
    }
  }

  const apart: readonly (readonly [string, string])[] = [
    ["1700", "17000"],
    ["A-007", "A-7"],
    ["core-1001", "core_1001"],
    ["core-1001", "core1001"],
    ["0", "1"],
    ["a", "á"],
  ];
  for (const [one, other] of apart) {
    it(`${one} is not near ${other}`, () => expect(nearId(one)).to.not.equal(nearId(other)));
  }
});
