/**
 * Files in other encodings: what the byte order mark says, what the job says, and rows that are no text in it.
 */
import { expect } from "chai";
import type { Encoding } from "../../src/read/reading.ts";
import { cellsOf, codesOf, readBytes } from "./read-bytes.ts";

const TEXT = "client_account_id,metadata.a\na,ü€\nb,😀\nc,x\n";
const CELLS = [
  ["a", "ü€"],
  ["b", "😀"],
  ["c", "x"],
];

function encode(text: string, encoding: Encoding): Buffer {
  if (encoding === "utf-8") return Buffer.from(text);
  if (encoding === "windows-1252") return Buffer.from(text, "latin1");
  const bytes = Buffer.from(text, "utf16le");
  return encoding === "utf-16le" ? bytes : bytes.swap16();
}

describe("readCsv in an encoding", () => {
  const UNICODE = ["utf-8", "utf-16le", "utf-16be"] as const;
  for (const encoding of UNICODE) {
    it(`reads ${encoding} by its byte order mark, with the job's word or without, and places in the file's bytes`, async () => {
      for (const job of [{}, { encoding }]) {
        const seen = await readBytes(encode(`\ufeff${TEXT}`, encoding), job);
        expect(seen.reading).to.include({ encoding });
        expect(cellsOf(seen)).to.deep.equal(CELLS);
        const starts = ["a,", "b,", "c,"].map(
          (key) => encode(`\ufeff${TEXT.slice(0, TEXT.indexOf(key))}`, encoding).length,
        );
        expect(seen.rows.map(({ source }) => source.byteOffset)).to.deep.equal(starts);
      }
    });

    it(`reads ${encoding} without a mark when the job says so`, async () => {
      const seen = await readBytes(encode(TEXT, encoding), { encoding });
      expect(cellsOf(seen)).to.deep.equal(CELLS);
    });

    for (const other of [...UNICODE, "windows-1252"] as const) {
      if (other === encoding) continue;
      it(`rejects ${encoding} by its mark when the job says ${other}: file_encoding_differs`, async () => {
        const { rejection } = await readBytes(encode(`\ufeff${TEXT}`, encoding), { encoding: other });
        expect(rejection?.code).to.equal("file_encoding_differs");
        expect(rejection?.hint).to.contain(`to ${encoding},`);
      });
    }
  }

  it("reads Windows-1252 when the job says so, and its five bytes without a character spoil their row alone", async () => {
    const file = encode("client_account_id,metadata.a\na,\x80\xe9\nb,\x81\nc,\x9c\n", "windows-1252");
    const seen = await readBytes(file, { encoding: "windows-1252" });
    expect(cellsOf(seen)).to.deep.equal([["a", "€é"], null, ["c", "œ"]]);
    expect(codesOf(seen)).to.deep.equal(["desired", "row_undecodable", "desired"]);
    expect(seen.rows.map(({ source }) => source.byteOffset)).to.deep.equal([29, 34, 38]);
    const row = seen.rows[1];
    expect(row?.kind === "invalid" && row.issues[0]?.message).to.contain("not Windows-1252 text");
  });

  it("spoils one row for half a character in UTF-16, and another for half a code unit at the end", async () => {
    const text = encode("\ufeffclient_account_id,metadata.a\na,\ud83d\nb,x\nc,\ufffd\n", "utf-16le");
    for (const chunkBytes of [1, 65536]) {
      const seen = await readBytes(Buffer.concat([text, Buffer.from("d")]), { chunkBytes });
      expect(codesOf(seen)).to.deep.equal(["row_undecodable", "desired", "replacement_character", "row_undecodable"]);
      expect(seen.rows.map(({ source }) => source.byteOffset)).to.deep.equal([60, 68, 76, 84]);
    }
  });

  it("measures a cell by its UTF-8, in whichever encoding it came", async () => {
    const file = encode(`\ufeffclient_account_id,metadata.a\na,${"€".repeat(2800)}\n`, "utf-16le");
    expect(codesOf(await readBytes(file))).to.deep.equal(["cell_too_long"]);
  });

  it("rejects a header that is no text in the job's encoding: file_not_utf8", async () => {
    const { rejection } = await readBytes(encode("account_id,\ud83d\n", "utf-16le"), { encoding: "utf-16le" });
    expect(rejection?.code).to.equal("file_not_utf8");
    expect(rejection?.message).to.equal("row 1, the header, is not UTF-16LE text");
  });
});
