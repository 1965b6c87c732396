/**
 * Quotes that CSV does not know: the row that has one is invalid where its end is beyond doubt, and else the file is
 * rejected. No row is ever merged with another one, or cut in two, unseen.
 */
import { expect } from "chai";
import { codesOf, type ReadOptions, readBytes, type Seen } from "../read-bytes.ts";

const HEAD = "client_account_id,product_name\n";
const CHUNK_BYTES = [1, 2, 3, 7, 65536];
const S = "quote_stray";
const D = "desired";

/** The same at every chunk size. */
async function readInChunks(file: string | Uint8Array, options: ReadOptions = {}): Promise<Seen> {
  const whole = await readBytes(file, options);
  for (const chunkBytes of CHUNK_BYTES) {
    expect(await readBytes(file, { ...options, chunkBytes }), `chunks of ${chunkBytes}`).to.deep.equal(whole);
  }
  return whole;
}

describe("a stray quote", () => {
  const alone: readonly [string, string, readonly string[]][] = [
    ["in a bare cell", 'a,5" pipe\nb,x\n', [S, D]],
    ["at the end of a bare cell", 'a,5"\nb,x\n', [S, D]],
    ["in the first cell", 'a"b,c\nb,x\n', [S, D]],
    ["after a closed one", '"a"b,c\nb,x\n', [S, D]],
    ["after a closed one, in the last cell", 'a,"x"y\nb,x\n', [S, D]],
    ["before and after doubled ones", 'a,"x""y"z"\nb,x\n', [S, D]],
    ["around a word", 'a,say "hi"\nb,x\n', [S, D]],
    ["around a word in a quoted cell", 'a,"say "hi" there"\nb,x\n', [S, D]],
    ["around a delimiter in a quoted cell, which makes other cells", 'a,"say "hi, you" there"\nb,x\n', [S, D]],
    ["twice in a row that is too short or too long", 'a"b"\nb,x\nc,d,"5"x\nd,x\n', [S, D, S, D]],
    ["before a delimiter in a quoted cell", 'a,"12" vinyl, new"\nb,"7" vinyl, new"\nc,x\n', [S, S, D]],
    ["in a last row that is too short", 'a,x\nb"\n', [D, S]],
    ["in the last row", 'a,x\nb,5" pipe\n', [D, S]],
    ["in the last row, without a line end", 'a,x\nb,5" pipe', [D, S]],
    ["as the last character", 'a,x\nb,5"', [D, S]],
    ["before blank lines at the end", 'a,x\nb,5"\n\n\n', [D, S]],
    ["before a blank line among the rows", 'a,5"\n\nb,x\n', [S, "row_blank", D]],
    ["and lines later another one", 'a,5"\nb,x\nc,y\nd,6"\ne,z\n', [S, D, D, S, D]],
    ["in every row", 'a,5"\nb,6"\nc,"7"x\n', [S, S, S]],
    ["before a quoted cell of several lines", 'a,5"\nb,"x\ny"\nc,z\n', [S, D, D]],
    ["after a quoted cell of several lines", 'b,"x\ny"\na,5"\nc,z\n', [D, S, D]],
    ["before a row with blanks around a quoted cell", 'a,5"\nb, "x" \n', [S, D]],
    ["before the header once more", `a,5"\n${HEAD}`, [S, "header_repeated"]],
  ];
  for (const [what, rows, codes] of alone) {
    it(`${what}: ${codes.join(", ")}`, async () => {
      for (const lineEnd of ["\n", "\r\n", "\r"]) {
        const seen = await readInChunks((HEAD + rows).replaceAll("\n", lineEnd));
        expect(seen.rejection).to.equal(undefined);
        expect(codesOf(seen)).to.deep.equal(codes);
      }
    });
  }

  for (const delimiter of ["|", ";", "\t"]) {
    it(`is told from lists, with the delimiter ${JSON.stringify(delimiter)}`, async () => {
      const rows = [
        'a|5" pipe',
        "b|x",
        'c|["e1","e2"]',
        'd|"e1", "e2"',
        'e| ["e1","e2"] ',
        'f|"e1"x',
        'g|["e1" x',
        "h|y",
      ];
      const file = `${HEAD}${rows.join("\n")}\n`.replaceAll(/(?<=[a-h])[|]|,(?=product)/g, delimiter);
      const seen = await readInChunks(file);
      expect(seen.rejection).to.equal(undefined);
      expect(codesOf(seen)).to.deep.equal([S, D, D, D, D, S, S, D]);
    });
  }

  it("says where the row is, and gives none of its cells away", async () => {
    const seen = await readBytes(`${HEAD}ä,x\nb,5" pipe\nc,y\n`);
    expect(seen.rows[1]).to.deep.equal({
      kind: "invalid",
      source: { row: 3, byteOffset: 36, cells: null },
      issues: [
        {
          code: S,
          column: "",
          message:
            "row 3, which begins at byte 36, has a quote where none is allowed: inside an unquoted cell, or before more text in a quoted cell",
        },
      ],
    });
  });

  it("is found in other encodings, at the bytes of the file", async () => {
    const text = 'ä,5"\nb,x\n';
    const files: readonly [Uint8Array, ReadOptions, number][] = [
      [Buffer.from(HEAD + text, "latin1"), { encoding: "windows-1252" }, 36],
      [Buffer.from(`\ufeff${HEAD}${text}`, "utf16le"), {}, 74],
    ];
    for (const [file, options, byteOffset] of files) {
      const seen = await readInChunks(file, options);
      expect(codesOf(seen)).to.deep.equal([S, D]);
      expect(seen.rows[1]?.source).to.include({ row: 3, byteOffset });
    }
  });

  it("may be in the last row before a trailer, which is as wide as it likes", async () => {
    const completeness = { trailer: { marker: "T", rowsAt: 2 } };
    expect(codesOf(await readInChunks(`${HEAD}a,x\nb,5"\nT,2,x,y\n`, { completeness }))).to.deep.equal([D, S]);
  });

  it("counts as a row for the limit of rows", async () => {
    const { DEFAULT_LIMITS } = await import("../../../src/read/reading.ts");
    const seen = await readInChunks(`${HEAD}a,5"\nb,6"\nc,x\n`, { limits: { ...DEFAULT_LIMITS, rows: 2 } });
    expect(seen.rejection?.code).to.equal("file_too_many_rows");
    expect(codesOf(seen)).to.deep.equal([S, S]);
  });

  const doubtful: readonly [string, string, RegExp][] = [
    ["a quoted cell that is never closed", 'a,x\nb,"oops\nc,y\n', /^row 3, .* opens a quote that is never closed$/],
    ["doubled quotes at the end of the file", 'a,x\nb,"a""b', /^row 3, .* opens a quote that is never closed$/],
    ["doubled quotes at the end of a line", 'a,"a""\nb,x\n', /^row 2, .* opens a quote that is never closed$/],
    ["a quoted cell that a later stray quote closes", 'a,"oops\nb,5" pipe\nc,x\n', /^row 2, .* only in a later row$/],
    ["a quoted cell that a later quoted one closes", 'a,"oops\nb,"hi"\nc,z\n', /^row 2, .* only in a later row$/],
    ["a row of several lines with a stray quote", '"a\nb",5"\nc,x\n', /^row 2, .* only in a later row$/],
    ["a stray quote before a quoted cell of several lines", 'a"b,"x\ny"\nc,z\n', /^row 2, .* only in a later row$/],
    ["a blank and a quote that its line does not close", 'a, "x\nb,y\n', /^row 2, .* only in a later row$/],
    ["a quote after a blank that a later row closes", 'a, "x\nb,y\nc,z"\n', /^row 2, .* only in a later row$/],
    [
      "a stray quote before a row of another width",
      'a,5"\nb\nc,x\n',
      /^row 2, which begins at byte 31, has a stray quote, .* because row 3 has 1 cell and the header has 2$/,
    ],
    [
      "a stray quote before a stray one in a row of another width",
      'a,5"\nb,6",x\nc,x\n',
      /^row 2, .* row 3 has 3 cells/,
    ],
    [
      "text of several lines in quotes that begin late",
      'a,say "hi,\nhow, are\nyou"\nb,x\n',
      /^row 2, .* because it has 3/,
    ],
    [
      "such a text, of which all but the last line may be a row",
      'a,say "hi\nhow, are\nyou"\nb,x\n',
      /^row 4, .* because it has 1/,
    ],
    [
      "a stray quote in a row that is too long",
      'a,x,5"\nb,x\n',
      /^row 2, .* because it has 3 cells and the header has 2$/,
    ],
  ];
  for (const [what, rows, message] of doubtful) {
    it(`leaves it in doubt where rows end: ${what}`, async () => {
      for (const lineEnd of ["\n", "\r\n", "\r"]) {
        const seen = await readInChunks((HEAD + rows).replaceAll("\n", lineEnd));
        expect(seen.rejection?.code).to.equal("file_not_csv");
        if (lineEnd === "\n") expect(seen.rejection?.message).to.match(message);
      }
    });
  }
});

describe("blanks around a quoted cell", () => {
  it("are no part of its value, in the header neither", async () => {
    const seen = await readInChunks(
      '"client_account_id", "product_name" ,\t"metadata.a"\na, "x, ""y""" , "z"\nb, y ,"z"\t\n',
    );
    expect(seen.reading?.header).to.deep.equal(["client_account_id", "product_name", "metadata.a"]);
    expect(seen.rows.map(({ source }) => source.cells)).to.deep.equal([
      ["a", 'x, "y"', "z"],
      ["b", " y ", "z"],
    ]);
  });

  it("leave the file rejected where csv-parse would cut the row otherwise", async () => {
    expect((await readInChunks(`${HEAD}a, "x,"\nb,y\n`)).rejection?.code).to.equal("file_not_csv");
  });
});
