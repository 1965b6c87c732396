/**
 * Well-formed and ill-formed UTF-8 at every boundary of the Unicode Standard's table 3-7, each sequence a row of one file:
 * what is well-formed comes back as it was, and what is not spoils no row but its own.
 */
import { expect } from "chai";
import { codesOf, readBytes } from "./read-bytes.ts";

type Range = readonly [number, number];
const ANY: Range = [0x80, 0xbf];

/** Table 3-7, "Well-Formed UTF-8 Byte Sequences": the ranges of the first, second, third and fourth byte. */
const TABLE: readonly (readonly Range[])[] = [
  [[0x00, 0x7f]],
  [[0xc2, 0xdf], ANY],
  [[0xe0, 0xe0], [0xa0, 0xbf], ANY],
  [[0xe1, 0xec], ANY, ANY],
  [[0xed, 0xed], [0x80, 0x9f], ANY],
  [[0xee, 0xef], ANY, ANY],
  [[0xf0, 0xf0], [0x90, 0xbf], ANY, ANY],
  [[0xf1, 0xf3], ANY, ANY, ANY],
  [[0xf4, 0xf4], [0x80, 0x8f], ANY, ANY],
];

const EXTRA: readonly (readonly number[])[] = [
  [0xc0, 0x80],
  [0xc1, 0xbf],
  [0xe0, 0x80, 0x80],
  [0xe0, 0x9f, 0xbf],
  [0xf0, 0x80, 0x80, 0x80],
  [0xf0, 0x8f, 0xbf, 0xbf],
  [0xed, 0xa0, 0x80],
  [0xed, 0xbf, 0xbf],
  [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf8, 0x88, 0x80, 0x80, 0x80],
  [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80],
  [0xfe],
  [0xff],
];

/** Whether the bytes are sequences of the table, one after the other. */
function isWellFormed(bytes: readonly number[]): boolean {
  if (bytes.length === 0) return true;
  return TABLE.some((ranges) => {
    const fits = ranges.every(([low, high], at) => (bytes[at] ?? -1) >= low && (bytes[at] ?? -1) <= high);
    return fits && isWellFormed(bytes.slice(ranges.length));
  });
}

/** All choices of one byte from each list. */
function product(lists: readonly (readonly number[])[]): number[][] {
  return lists.reduce<number[][]>((all, list) => all.flatMap((one) => list.map((byte) => [...one, byte])), [[]]);
}

const boundaries = TABLE.flatMap((ranges) => product(ranges));
const neighbours = TABLE.slice(1).flatMap((ranges) =>
  ranges.flatMap(([low, high], at) =>
    [low - 1, high + 1].map((byte) => ranges.map(([first], other) => (other === at ? byte : first))),
  ),
);
const truncated = boundaries.flatMap((bytes) => bytes.slice(1).map((_, length) => bytes.slice(0, length + 1)));
const sequences = [...boundaries, ...neighbours, ...truncated, ...EXTRA];

describe("readCsv of UTF-8", () => {
  it("takes every boundary of the table as it is, and refuses what lies beyond, in its own row", async () => {
    const head = Buffer.from("client_account_id,metadata.a\n");
    const rows = sequences.flatMap((bytes, n) => [
      Buffer.concat([Buffer.from(`k${n},<`), Buffer.from(bytes), Buffer.from(">\n")]),
      Buffer.from(`after${n},<ü>\n`),
    ]);
    for (const chunkBytes of [1, 7, 65536]) {
      const seen = await readBytes(Buffer.concat([head, ...rows]), { chunkBytes });
      const codes = codesOf(seen);
      for (const [n, bytes] of sequences.entries()) {
        const source = seen.rows[2 * n]?.source;
        const shown = Buffer.from(bytes).toString("hex");
        if (isWellFormed(bytes)) {
          expect(Buffer.from(source?.cells?.[1] ?? ""), shown).to.deep.equal(Buffer.from([0x3c, ...bytes, 0x3e]));
          const isControl = bytes.length === 1 || bytes[0] === 0xc2;
          expect(codes[2 * n], shown).to.equal(isControl && bytes[1] !== 0xbf ? "control_character" : "desired");
        } else {
          expect(codes[2 * n], shown).to.equal("row_undecodable");
          expect(source?.cells, shown).to.equal(null);
        }
        expect(codes[2 * n + 1], shown).to.equal("desired");
      }
    }
  });

  it("is tried with well-formed and ill-formed sequences of every length", () => {
    const counts = { boundaries: boundaries.length, illFormed: sequences.filter((one) => !isWellFormed(one)).length };
    expect(counts).to.deep.equal({ boundaries: 86, illFormed: 270 });
    expect(boundaries.every(isWellFormed)).to.equal(true);
    expect(EXTRA.some(isWellFormed)).to.equal(false);
  });
});
