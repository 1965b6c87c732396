/**
 * Every way a row can be refused alone, and a file as a whole.
 */
import { expect } from "chai";
import { readCsv } from "../../src/read/read-csv.ts";
import { DEFAULT_READ_SETTINGS } from "../../src/read/reading.ts";
import { codesOf, limits, type ReadOptions, readBytes } from "./read-bytes.ts";

describe("readCsv refuses", () => {
  describe("rows that are refused, alone", () => {
    const undecodable = Buffer.concat([
      Buffer.from("client_account_id,limit\na,1\n"),
      Buffer.from("caf\xe9,2\n", "latin1"),
      Buffer.from("c,3\n"),
    ]);
    const cases: readonly [string, string | Uint8Array, readonly string[]][] = [
      [
        "too few and too many cells",
        "client_account_id,limit\na\nb,1\nc,1,2\n",
        ["row_ragged", "desired", "row_ragged"],
      ],
      ["a blank line in the middle", "client_account_id,limit\n\nb,1\n", ["row_blank", "desired"]],
      ["a blank line in a single column", "client_account_id\n\nb\n", ["row_blank", "desired"]],
      ["an empty quoted cell at the end", 'client_account_id\nb\n""\n', ["desired", "row_blank"]],
      ["rows of delimiters", "client_account_id,limit\n,\nb,1\n , \n", ["row_blank", "desired", "row_blank"]],
      [
        "blank lines among others, and at the end",
        "client_account_id,limit\n\n  \nb,1\n\nc,2\n\n\n",
        ["row_blank", "row_blank", "desired", "row_blank", "desired"],
      ],
      ["bytes that are not UTF-8", undecodable, ["desired", "row_undecodable", "desired"]],
      ["a NUL", "client_account_id,product_name\na,x\u0000\nb,y\n", ["control_character", "desired"]],
    ];
    for (const [what, file, codes] of cases) {
      it(`${what}: ${codes.join(", ")}`, async () => expect(codesOf(await readBytes(file))).to.deep.equal(codes));
    }

    it("have no cells when they are ragged or undecodable, and say where they lie", async () => {
      const row = (await readBytes(undecodable)).rows[1];
      expect(row?.source).to.deep.equal({ row: 3, byteOffset: 28, cells: null });
      const messages = [
        "row 3, which begins at byte 28, has bytes that are not UTF-8 text",
        "row 2, which begins at byte 17, has 1 cell and the header has 2",
        "row 3, which begins at byte 19, has 3 cells and the header has 2",
      ];
      const ragged = await readBytes("account_id,limit\nx\na,b,c\n");
      for (const invalid of [row, ...ragged.rows]) {
        expect(invalid?.source.cells).to.equal(null);
        expect(invalid?.kind === "invalid" && invalid.issues[0]?.message).to.equal(messages.shift());
      }
    });

    it("with a cell over the limit keep their cells and their other issues", async () => {
      const seen = await readBytes(
        `client_account_id,product_name,limit\na,${"é".repeat(6)},x\nb,${"e".repeat(11)},1\n`,
        limits({ cellBytes: 11 }),
      );
      expect(codesOf(seen)).to.deep.equal(["cell_too_long,money_malformed", "desired"]);
      expect(seen.rows[0]?.source.cells?.[1]).to.equal("é".repeat(6));
    });
  });

  describe("files that are rejected", () => {
    const utf16 = Buffer.from("account_id\naccount_1\n", "utf16le");
    const cases: readonly [string, string | Uint8Array, ReadOptions, string, RegExp][] = [
      ["no bytes", "", {}, "file_empty", /no bytes/],
      ["only a byte order mark", "\ufeff", {}, "file_empty", /no bytes/],
      ["a blank first line", "\nlimit\n", {}, "header_column_blank", /blank/],
      ["UTF-16 without a mark", utf16, {}, "file_not_utf8", /row 1, the header, is not UTF-8 text/],
      [
        "bytes that are not UTF-8 in the header",
        Buffer.from("account_id,\xe9\n", "latin1"),
        {},
        "file_not_utf8",
        /UTF-8/,
      ],
      ["an unclosed quote in the header", 'account_id,"limit\n', {}, "file_not_csv", /row 1/],
      [
        "an unclosed quote",
        'client_account_id,product_name\na,x\nb,"oops\nc,y\nd,z\n',
        {},
        "file_not_csv",
        /^row 3, which begins at byte 35, opens a quote that is never closed$/,
      ],
      [
        "an unclosed quote that meets a later one",
        'client_account_id,product_name\na,"oops\nb,"hi"\nc,z\n',
        {},
        "file_not_csv",
        /row 2\b/,
      ],
      ["an unclosed quote, pipes", 'client_account_id|product_name\na|"oops\nb|"hi"\n', {}, "file_not_csv", /row 2\b/],
      [
        "too many rows",
        "account_id\naccount_1\naccount_2\naccount_3\n",
        limits({ rows: 2 }),
        "file_too_many_rows",
        /2 rows/,
      ],
      [
        "a row without end",
        `account_id\n"${"x".repeat(300)}`,
        limits({ rowBytes: 100 }),
        "file_row_too_long",
        /^row 2, which begins at byte 11, opens a quote that is not closed within 100 bytes$/,
      ],
      [
        "a row without end or quote",
        `account_id\n${"x".repeat(300)}`,
        limits({ rowBytes: 100 }),
        "file_row_too_long",
        /^row 2, which begins at byte 11, is longer than 100 bytes$/,
      ],
      [
        "blank lines without end",
        `account_id,limit\n${"\n".repeat(4)}`,
        limits({ rows: 2 }),
        "file_too_many_rows",
        /2 rows/,
      ],
      [
        "no row where the job takes none for a fault",
        "account_id\n\n",
        { headerOnly: "reject" },
        "file_without_rows",
        /no rows/,
      ],
      ["a header without end", "x".repeat(300), limits({ rowBytes: 100 }), "file_row_too_long", /row 1\b/],
      ["a bad header", "limit\n1\n", {}, "header_key_missing", /neither/],
    ];
    for (const [what, file, options, code, message] of cases) {
      it(`${what}: ${code}`, async () => {
        for (const chunkBytes of [1, 65536]) {
          const { rejection } = await readBytes(file, { ...options, chunkBytes });
          expect(rejection?.code).to.equal(code);
          expect(rejection?.message).to.match(message);
        }
      });
    }

    it("still give the rows before the trouble", async () => {
      const seen = await readBytes('client_account_id,product_name\na,x\nb,y\nc,"oops\n');
      expect(codesOf(seen)).to.deep.equal(["desired", "desired"]);
    });

    it("stop reading a row without end long before the file's end", async () => {
      let sent = 0;
      async function* endless() {
        yield Buffer.from('account_id\n"');
        for (const chunk = Buffer.alloc(65536, "x"); ; sent += chunk.length) yield chunk;
      }
      const kinds: string[] = [];
      for await (const event of readCsv(endless(), DEFAULT_READ_SETTINGS)) kinds.push(event.kind);
      expect(kinds).to.deep.equal(["header", "rejected"]);
      expect(sent).to.be.below(4 * 65536);
    });
  });
});
