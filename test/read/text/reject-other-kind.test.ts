/** A file of another kind is called by its name, however its bytes come; text that only looks a little like one is not. */
import { gzipSync, zstdCompressSync } from "node:zlib";
import { expect } from "chai";
import { DEFAULT_READ_SETTINGS } from "../../../src/read/reading.ts";
import { FileText } from "../../../src/read/text/file-text.ts";

/** The rejection that the bytes meet, in chunks of that size. */
async function messageOf(bytes: Buffer, chunkBytes = 65_536): Promise<string | null> {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  for await (const part of new FileText(chunks(), DEFAULT_READ_SETTINGS).parts()) {
    if (!Buffer.isBuffer(part)) return `${part.code}: ${part.message}`;
  }
  return null;
}

const zip = (name: string) => Buffer.from(`PK\x03\x04\x14\0\0\0\x08\0${"\0".repeat(20)}${name}`, "latin1");
const CSV = Buffer.from("account_id,status\naccount_1,active\n");
const KINDS: Readonly<Record<string, Buffer>> = {
  "a ZIP archive": zip("accounts.csv"),
  "an Excel workbook (.xlsx)": zip("[Content_Types].xml"),
  "an OpenDocument spreadsheet (.ods)": zip("mimetypeapplication/vnd.oasis.opendocument.spreadsheet"),
  "an old Office document, such as an Excel workbook (.xls)": Buffer.from("d0cf11e0a1b11ae1000000", "hex"),
  "a PDF document": Buffer.from("%PDF-1.7\n"),
  "a Zstandard file": zstdCompressSync(CSV),
  "a bzip2 file": Buffer.from("BZh91AY&SY\x12\x34"),
  "an xz file": Buffer.from("fd377a585a000004", "hex"),
  "a 7-Zip archive": Buffer.from("377abcaf271c0004", "hex"),
  "a RAR archive": Buffer.from("526172211a070100", "hex"),
  "a Parquet file": Buffer.from("PAR1\x15\x04"),
  "a SQLite database": Buffer.from("SQLite format 3\0"),
  "an RTF document": Buffer.from("{\\rtf1\\ansi"),
  "a web page": Buffer.from("\ufeff\n<!DOCTYPE html>\n<html>"),
  "an XML document": Buffer.from('<?xml version="1.0"?><a/>'),
};

describe("rejectOtherKind", () => {
  for (const [kind, bytes] of Object.entries(KINDS)) {
    it(`names ${kind}, plain or in gzip`, async () => {
      const rest = Buffer.concat([bytes, Buffer.alloc(100_000)]);
      for (const chunkBytes of [1_000, 65_536]) {
        expect(await messageOf(rest, chunkBytes)).to.equal(
          `file_of_other_kind: the file is ${kind}, and no CSV, whatever its name says`,
        );
      }
      expect(await messageOf(gzipSync(bytes), 1)).to.equal(
        `file_of_other_kind: the file is ${kind}, compressed with gzip, and no CSV, whatever its name says`,
      );
    });
  }

  it("names gzip within gzip", async () => {
    expect(await messageOf(gzipSync(gzipSync(CSV)))).to.match(/a gzip file, compressed with gzip/);
  });

  for (const text of [
    "PK,account_id",
    "PAR1,account_id",
    "BZh9,status",
    "<b>,account_id",
    "Rar!,x",
    "%PDF,account_id",
    "{rtf,x",
  ]) {
    it(`leaves ${JSON.stringify(text)} to the header`, async () => {
      expect(await messageOf(Buffer.from(`${text}\n1,2\n`))).to.equal(null);
      expect(await messageOf(gzipSync(`${text}\n1,2\n`))).to.equal(null);
    });
  }
});
