/**
 * ZIP archives as programs write them: one member reads as if it lay there plain, and whatever else an archive can be is told in one line.
 * `zips/` has archives of Info-ZIP 3.0 and Python 3, and workbooks of LibreOffice.
 */
import { createReadStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { ZipFile } from "yazl";
import { DEFAULT_LIMITS, DEFAULT_READ_SETTINGS, type Limits } from "../../../src/read/reading.ts";
import { FileText } from "../../../src/read/text/file-text.ts";
import { isUtf8File } from "../../../src/read/text/is-utf8-file.ts";

const ZIPS = fileURLToPath(new URL("zips", import.meta.url));
const TEXT = "client_account_id,metadata.a\na,1\nb,2\n";

/** What the file at `path` reads as, and then why it is rejected, if it is. */
async function read(path: string, limits: Partial<Limits> = {}): Promise<{ text: string; end: string; kind: unknown }> {
  const settings = { ...DEFAULT_READ_SETTINGS, limits: { ...DEFAULT_LIMITS, ...limits } };
  const file = new FileText(createReadStream(path), settings);
  const parts: Buffer[] = [];
  let end = "whole";
  for await (const part of file.parts()) {
    if (Buffer.isBuffer(part)) parts.push(part);
    else end = `${part.code}: ${part.message}`;
  }
  return { text: Buffer.concat(parts).toString(), end, kind: file.compression };
}

async function zipped(members: Readonly<Record<string, Buffer>>, compress = true): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, bytes] of Object.entries(members)) zip.addBuffer(bytes, name, { compress });
  zip.end();
  return buffer(zip.outputStream);
}

describe("a ZIP archive", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-zip-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function readBytes(bytes: Uint8Array, limits?: Partial<Limits>) {
    const path = join(folder, "file.csv");
    await writeFile(path, bytes);
    return read(path, limits);
  }

  for (const name of ["info-zip", "info-comment", "stored", "streamed", "zip64", "python", "python-zip64"]) {
    it(`of ${name} reads as its only member`, async () => {
      expect(await read(join(ZIPS, `${name}.zip`))).to.deep.equal({ text: TEXT, end: "whole", kind: "zip" });
    });
  }

  const TOLD: Readonly<Record<string, string>> = {
    "two.zip": "file_zip_members: the ZIP archive has 2 members, and must have one file",
    "folder.zip": "file_zip_members: the ZIP archive has 2 members, and must have one file",
    "mac.zip": "file_zip_members: the ZIP archive has 3 members, and must have one file",
    "empty.zip": "file_zip_members: the ZIP archive has 0 members, and must have one file",
    "encrypted.zip": "file_not_zip: the file begins as a ZIP archive and is encrypted",
    "bzip2.zip":
      "file_not_zip: the file begins as a ZIP archive and is compressed by method 12, which is not supported",
    "slip.zip": "file_not_zip: the file begins as a ZIP archive and names its member by a path that leads out of it",
    "accounts.xlsx": "file_of_other_kind: the file is an Excel workbook (.xlsx), and no CSV, whatever its name says",
    "accounts.ods":
      "file_of_other_kind: the file is an OpenDocument file, such as a spreadsheet (.ods), and no CSV, whatever its name says",
  };
  for (const [name, line] of Object.entries(TOLD)) {
    it(`${name} is rejected in one line`, async () => {
      expect(await read(join(ZIPS, name))).to.include({ text: "", end: line });
    });
  }

  it("tells archives within archives by their names", async () => {
    const inner = await zipped({ "a.csv": Buffer.from(TEXT) });
    expect((await readBytes(await zipped({ "a.zip": inner }))).end).to.contain("a ZIP archive, compressed with zip");
    expect((await readBytes(await zipped({ "a.gz": gzipSync(TEXT) }))).end).to.contain(
      "a gzip file, compressed with zip",
    );
    expect((await readBytes(gzipSync(inner))).end).to.contain("a ZIP archive, compressed with gzip");
  });

  it("is not whole when any end of it is missing", async () => {
    const bytes = await readFile(join(ZIPS, "python.zip"));
    for (let length = 4; length < bytes.length; length++) {
      expect((await readBytes(bytes.subarray(0, length))).end, `${length} bytes`).to.match(/^file_not_zip: /);
    }
  });

  it("gives nothing else when any bit of its data or its checksum is another", async () => {
    const whole = await readFile(join(ZIPS, "python.zip"));
    let told = 0;
    for (let at = 0; at < whole.length * 8; at += 5) {
      const bytes = Buffer.from(whole);
      bytes.writeUInt8(bytes.readUInt8(at >> 3) ^ (1 << (at & 7)), at >> 3);
      const { text, end } = await readBytes(bytes);
      if (end === "whole") expect(text, `bit ${at}`).to.be.oneOf([TEXT, bytes.toString()]);
      else told++;
    }
    expect(told).to.be.greaterThan(50);
  });

  it("is rejected when another archive or text follows it, or lies before it", async () => {
    const one = await zipped({ "a.csv": Buffer.from(TEXT) });
    const other = await zipped({ "a.csv": Buffer.from(TEXT.replace("1", "9")) });
    expect(one.length).to.equal(other.length);
    for (const bytes of [Buffer.concat([one, other]), Buffer.concat([one, Buffer.from("c,3\n")])]) {
      expect((await readBytes(bytes)).end).to.match(/^file_not_zip: /);
    }
  });

  it("is stopped where it grows too far, by what it says and by what comes", async () => {
    const bomb = await zipped({ "a.csv": Buffer.alloc(4_000_000, "a,1\n") });
    expect((await readBytes(bomb, { ratio: 50 })).end).to.match(/^file_expands_too_far: .* 50 times/);
    expect((await readBytes(bomb, { expandedBytes: 3_999_999, ratio: 1e6 })).end).to.equal(
      "file_expands_too_far: the ZIP archive expands to more than 3,999,999 bytes",
    );
    expect((await readBytes(bomb, { expandedBytes: 4_000_000, ratio: 1e6 })).end).to.equal("whole");
    const lying = Buffer.from(bomb);
    lying.writeUInt32LE(100, lying.indexOf("PK\x01\x02", 0, "latin1") + 24);
    const { text, end } = await readBytes(lying, { ratio: 50 });
    expect(end).to.equal("file_not_zip: the file begins as a ZIP archive and is damaged");
    expect(text.length).to.be.at.most(100);
  });

  it("says itself what it is, so its bytes need not be UTF-8", async () => {
    expect(await isUtf8File(createReadStream(join(ZIPS, "info-zip.zip")))).to.equal(true);
  });

  it("leaves a header that begins with PK to the header", async () => {
    expect(await readBytes(Buffer.from("PK,b\n1,2\n"))).to.include({ text: "PK,b\n1,2\n", kind: null });
  });

  it("reads as its content does plain, whatever that is", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary", maxLength: 300 }),
        fc.nat(400),
        fc.boolean(),
        async (line, times, deflated) => {
          const plain = Buffer.from(`client_account_id\n${`${line}\n`.repeat(times)}`);
          const zip = await readBytes(await zipped({ "in/a.csv": plain }, deflated));
          expect(zip).to.deep.equal({ ...(await readBytes(plain)), kind: "zip" });
        },
      ),
      { numRuns: 60 },
    );
  });
});
