/**
 * A row that a lone line end has cut in two: both halves are invalid, wherever the cut is, and nothing else is.
 */
import { expect } from "chai";
import { codesOf, type ReadOptions, readBytes } from "../read-bytes.ts";

const HEAD = "account_id,product_name,metadata.a";
const B = "row_broken";
const D = "desired";
const R = "row_ragged";

/** Rows end in what stands between them: `¶` is the file's own line end, `·` the lone one. */
const KINDS: readonly (readonly [string, string])[] = [
  ["\r\n", "\n"],
  ["\r\n", "\r"],
  ["\n", "\r"],
  ["\n", "\r\n"],
  ["\r", "\n"],
];

describe("a row that a lone line end cuts in two", () => {
  const files: readonly [string, string, readonly string[]][] = [
    ["in the last cell", "¶account_1,Gold,ok¶account_3,Silver,first half·second half¶account_2,x,y¶", [D, B, B, D]],
    [
      "in the key, so that the second half looks whole",
      "¶account_1,x,y¶acco·unt_3,Silver,z¶account_2,x,y¶",
      [D, B, B, D],
    ],
    ["in a cell between", "¶account_1,x,y¶account_3,Sil·ver,z¶account_2,x,y¶", [D, B, B, D]],
    ["in the first row", "¶account_3,Silver,first·second¶account_2,x,y¶", [B, B, D]],
    ["in the last row", "¶account_1,x,y¶account_3,Silver,first·second¶", [D, B, B]],
    ["in the last row, without a line end", "¶account_1,x,y¶account_3,Silver,first·second", [D, B, B]],
    ["in the only row, without a line end", "¶account_3,Silver,first·second", [B, B]],
    ["twice in the last cell", "¶account_1,x,y¶account_3,Silver,one·two·three¶account_2,x,y¶", [D, B, B, R, D]],
    ["twice in the key", "¶account_1,x,y¶ac·co·unt_3,Silver,z¶account_2,x,y¶", [D, R, B, B, D]],
    ["in every row", "¶account_1,x,a·b¶account_2,x,a·b¶account_3,x,a·b¶", [B, B, B, B, B, B]],
    ["twice in every row, so that it is the commoner one", "¶account_1,x,a·b·c¶account_2,x,a·b·c¶", [B, B, B, B, B, R]],
    [
      "where only the header ends so, which puts one row more in doubt",
      "·account_1,x,a·b¶account_2,x,y¶account_4,x,y¶",
      [B, B, B, D],
    ],
    ["where both kinds are as common, so that more is in doubt", "·account_1,x,a·b¶account_2,x,y¶", [B, B, B]],
    ["where the header ends so and other rows don't", "·account_1,x,y¶account_3,x,a·b¶account_2,x,y¶", [D, B, B, D]],
  ];
  for (const [what, text, codes] of files) {
    it(`${what}: ${codes.join(", ")}`, async () => {
      for (const [own, lone] of KINDS) {
        const file = (HEAD + text).replaceAll("¶", own).replaceAll("·", lone);
        for (const chunkBytes of [1, 2, 3, 7, 65536]) {
          const seen = await readBytes(file, { chunkBytes });
          expect(seen.rejection).to.equal(undefined);
          expect(codesOf(seen), JSON.stringify(file)).to.deep.equal(codes);
        }
      }
    });
  }

  it("says of both halves that they are one row, and gives no cell of them away", async () => {
    const seen = await readBytes(`${HEAD}\r\naccount_3,Silver,first\nsecond\r\n`);
    expect(seen.rows.map((row) => row.kind !== "desired" && row.issues[0]?.message)).to.deep.equal([
      "row 2, which begins at byte 36, and row 3 are one row, cut in two by a line end in an unquoted cell",
      "row 3, which begins at byte 59, and row 2 are one row, cut in two by a line end in an unquoted cell",
    ]);
    expect(seen.rows.map(({ source }) => source.cells)).to.deep.equal([null, null]);
  });

  const whole: readonly [string, string, readonly string[], ReadOptions?][] = [
    ["mixed line ends", "\r\naccount_1,x,y\naccount_2,x,y\raccount_3,x,y\r\n", [D, D, D]],
    ["a second part with other line ends", "\r\naccount_1,x,y\r\naccount_2,x,y\naccount_3,x,y\n", [D, D, D]],
    ["a ragged row among line ends of one kind", "\naccount_1,x,y\naccount_2\naccount_3,x,y\n", [D, R, D]],
    ["a ragged last line that alone ends otherwise", "\r\naccount_1,x,y\r\naccount_2,x,y\r\n2 rows\n", [D, D, R]],
    ["a blank line that ends otherwise", "\r\naccount_1,x,y\r\n\naccount_2,x,y\r\n", [D, "row_blank", D]],
    ["a lone line end in quotes", '\r\naccount_1,x,"y\nz"\r\naccount_2,x,y\r\n', [D, D]],
    ["a lone line end where the job sets the file's own", "\r\naccount_1,x,y\nz\r\n", [D], { lineEnds: "crlf" }],
  ];
  for (const [what, rows, codes, options = {}] of whole) {
    it(`is not found in ${what}`, async () => {
      expect(codesOf(await readBytes(HEAD + rows, options))).to.deep.equal(codes);
    });
  }

  it("is no trailer", async () => {
    const completeness = { trailer: { marker: "T", rowsAt: 2 } };
    const seen = await readBytes(`${HEAD}\r\naccount_1,x,y\r\naccount_2,x\nT,2\r\n`, { completeness });
    expect(codesOf(seen)).to.deep.equal([D, R]);
    expect(seen.end).to.deep.equal({ rows: 2 });
  });
});
