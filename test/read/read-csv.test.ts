/**
 * Whole files to rows: true to the bytes at every chunk size, whatever the delimiter, line ends and quotes.
 */
import { expect } from "chai";
import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import { readCsv } from "../../src/read/read-csv.ts";
import { DEFAULT_READ_SETTINGS } from "../../src/read/reading.ts";
import { cellsOf, codesOf, type ReadOptions, readBytes } from "./read-bytes.ts";

describe("readCsv", () => {
  it("gives the header once, then rows with their number and place", async () => {
    const seen = await readBytes("client_account_id,limit\na,1\nb,2\n");
    expect(seen.reading).to.include({ layout: "tieout", delimiter: "," });
    expect(seen.reading).to.include({ encoding: "utf-8", lineEnds: "lf", headerRow: 1, compression: null });
    expect(seen.end).to.deep.equal({ rows: 2 });
    expect(seen.rows.map(({ source }) => source)).to.deep.equal([
      { row: 2, byteOffset: 24, cells: ["a", "1"] },
      { row: 3, byteOffset: 28, cells: ["b", "2"] },
    ]);
  });

  it("gives rows in batches of the asked size at most", async () => {
    const seen = await readBytes(`account_id\n${"account_1\n".repeat(12)}`, { batchRows: 5 });
    expect(seen.batches).to.deep.equal([5, 5, 2]);
  });

  const head = "client_account_id,metadata.a";
  const sameRows: readonly [string, string | Uint8Array, (readonly string[])[]][] = [
    [
      "LF",
      `${head}\na,1\nb,2\n`,
      [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    [
      "CRLF",
      `${head}\r\na,1\r\nb,2\r\n`,
      [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    [
      "CR",
      `${head}\ra,1\rb,2\r`,
      [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    [
      "line ends of all kinds",
      `${head}\r\na,1\nb,2\rc,3`,
      [
        ["a", "1"],
        ["b", "2"],
        ["c", "3"],
      ],
    ],
    ["no line end at the end", `${head}\na,1`, [["a", "1"]]],
    ["a byte order mark", `\ufeff${head}\na,1\n`, [["a", "1"]]],
    ["a byte order mark before a quote", '\ufeff"client_account_id","metadata.a"\na,1\n', [["a", "1"]]],
    ["one blank line at the end", `${head}\na,1\n\n`, [["a", "1"]]],
    ["blank lines at the end", `${head}\na,1\n\n\n \t\n\n`, [["a", "1"]]],
    ["the sign that ends a file, behind its last line end", `${head}\na,1\n\u001a`, [["a", "1"]]],
    ["blanks around quoted cells", `${head}\n "a" ,\t"x, ""y""" \n`, [["a", 'x, "y"']]],
    ["quoted line ends with blanks behind them", `${head}\na,"x\ny" \n`, [["a", "x\ny"]]],
    ["quoted delimiters, line ends and quotes", `${head}\na,"x,\r\n""y"""\n`, [["a", 'x,\r\n"y"']]],
    ["spaces", `${head}\na, x \n`, [["a", " x "]]],
    ["characters of two, three and four bytes", `${head}\nä,€😀\n`, [["ä", "€😀"]]],
    ["an inner byte order mark, kept", `${head}\na,\ufeffx\n`, [["a", "\ufeffx"]]],
    ["long numbers", `${head}\n00012,9007199254740993\n`, [["00012", "9007199254740993"]]],
    ["a header without rows", `${head}\n`, []],
    ["a header without rows or line end", head, []],
  ];
  for (const [what, file, rows] of sameRows) {
    it(`reads ${what}`, async () => {
      const seen = await readBytes(file);
      expect(seen.rejection).to.equal(undefined);
      expect(codesOf(seen)).to.deep.equal(rows.map(() => "desired"));
      expect(cellsOf(seen)).to.deep.equal(rows);
    });
  }

  const ends: readonly [string, string | Uint8Array, ReadOptions, boolean][] = [
    ["LF", "account_id\naccount_1\n", {}, true],
    ["CRLF", "account_id\r\naccount_1\r\n", {}, true],
    ["CR", "account_id\raccount_1\r", {}, true],
    ["nothing", "account_id\r\naccount_1", {}, false],
    ["nothing, after other rows", "account_id\naccount_1\naccount_", {}, false],
    ["a quote", 'account_id\n"account_1"', {}, false],
    ["a quoted line end", 'account_id,metadata.a\naccount_1,"a\n"', {}, false],
    ["a blank line", "account_id\naccount_1\n\n", {}, true],
    ["a header without a line end", "account_id", {}, false],
    ["LF where CRLF is set", "account_id\r\naccount_1\n", { lineEnds: "crlf" }, false],
    ["CRLF where LF is set", "account_1\r\n", { lineEnds: "lf", header: ["account_id"] }, true],
    ["CRLF where that is set", "account_id\r\naccount_1\r\n", { lineEnds: "crlf" }, true],
    ["LF in UTF-16", Buffer.from("\ufeffaccount_id\naccount_1\n", "utf16le"), {}, true],
    ["nothing in UTF-16", Buffer.from("\ufeffaccount_id\naccount_1", "utf16le"), {}, false],
  ];
  for (const [what, file, options, endsWithLineEnd] of ends) {
    it(`tells a file that ends with ${what}`, async () => {
      for (const chunkBytes of [1, 2, 3, 7, 65536]) {
        expect(await readBytes(file, { ...options, chunkBytes })).to.include({ endsWithLineEnd });
      }
    });
  }

  describe("delimiters", () => {
    for (const delimiter of [",", "|", ";", "\t"]) {
      it(`recognises ${JSON.stringify(delimiter)} by the header`, async () => {
        const file = [
          ["account_id", "metadata.a"],
          ["account_1", "x,y;z".replaceAll(delimiter, "")],
        ];
        const seen = await readBytes(file.map((cells) => cells.join(delimiter)).join("\n"));
        expect(seen.reading?.delimiter).to.equal(delimiter);
        expect(codesOf(seen)).to.deep.equal(["desired"]);
      });
    }

    it("counts aliases as known, and takes what is set", async () => {
      const alias = { columns: { "Konto,alt": "account_id" } };
      expect((await readBytes("Konto,alt|limit\naccount_1|1\n", alias)).reading?.delimiter).to.equal("|");
      expect((await readBytes("account_id|limit\naccount_1|1\n", { delimiter: "," })).rejection?.code).to.equal(
        "header_column_unknown",
      );
    });

    it("takes the comma for a single column", async () => {
      expect((await readBytes("account_id\naccount_1\n")).reading?.delimiter).to.equal(",");
    });
  });

  describe("lists in the bank's files", () => {
    const lists: readonly [string, string, readonly string[]][] = [
      ["bare JSON", '["entity_1","entity_2"]', ["entity_1", "entity_2"]],
      ["bare items", '"entity_1","entity_2"', ["entity_1", "entity_2"]],
      ["a quoted cell", '"[""entity_1"",""entity_2""]"', ["entity_1", "entity_2"]],
      ["one quoted id", '"entity_1"', ["entity_1"]],
      ["an empty list", "[]", []],
      ["semicolons", "entity_1;entity_2", ["entity_1", "entity_2"]],
    ];
    for (const [what, cell, ids] of lists) {
      it(`reads ${what}, wherever the cell stands`, async () => {
        const columns = ["authorized_signers", "authorized_users", "client_account_id"];
        for (const order of [columns, columns.toReversed()]) {
          const cells = order.map((column) => (column === "client_account_id" ? "c1" : cell));
          const { rows, rejection } = await readBytes(`${order.join("|")}\n${cells.join("|")}\n`);
          expect(rejection).to.equal(undefined);
          expect(rows[0]).to.deep.include({ kind: "desired" });
          const row = rows[0];
          expect(row?.kind === "desired" && row.desired).to.deep.include({
            authorized_signers: ids,
            authorized_users: ids,
          });
        }
      });
    }

    it("gives the cells as they stand in the file", async () => {
      const seen = await readBytes(
        'client_account_id|account_holders\nc1|["entity_1","entity_2"]\nc2|"entity_1", "entity_2"\n',
      );
      expect(cellsOf(seen)).to.deep.equal([
        ["c1", '["entity_1","entity_2"]'],
        ["c2", '"entity_1", "entity_2"'],
      ]);
    });

    it("reads documents as bare JSON", async () => {
      const documents = '[{"document_id":"d1","type":"aan","displayed_at":"2026-01-31T09:30:00Z"}]';
      expect(codesOf(await readBytes(`client_account_id|documents\nc1|${documents}\n`))).to.deep.equal(["desired"]);
    });
  });

  it("gives back the cells that csv-stringify wrote", async () => {
    const text = fc.string({ unit: "grapheme", maxLength: 12 });
    const cell = fc.oneof(
      text,
      fc.array(fc.constantFrom('"', ",", "|", "\n", "\r", "[", "a", " "), { maxLength: 6 }).map((all) => all.join("")),
    );
    const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.constantFrom(",", "|", ";", "\t"),
        fc.boolean(),
        fc.boolean(),
        async (rows, delimiter, bom, all) => {
          const header = ["client_account_id", "metadata.a", "metadata.b"];
          const file = stringify([header, ...rows], { delimiter, bom, quoted: all, quoted_match: /[\r\n[]/ });
          const seen = await readBytes(file, { chunkBytes: 3 });
          expect(seen.rejection).to.equal(undefined);
          expect(cellsOf(seen)).to.deep.equal(rows);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("lets an error of the source through, and closes the source when its reader leaves", async () => {
    let isClosed = false;
    async function* source(fails: boolean) {
      try {
        yield Buffer.from("account_id\n");
        for (let n = 0; n < 20_000; n++) yield Buffer.from(`account_${n}\n`);
        if (fails) throw new Error("gone");
      } finally {
        isClosed = true;
      }
    }
    for await (const event of readCsv(source(false), DEFAULT_READ_SETTINGS)) if (event.kind === "rows") break;
    expect(isClosed).to.equal(true);
    let message = "";
    try {
      for await (const _ of readCsv(source(true), DEFAULT_READ_SETTINGS));
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).to.equal("gone");
  });
});
