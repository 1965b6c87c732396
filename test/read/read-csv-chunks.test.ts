/**
 * Files in chunks of any size: the same events, whatever the sizes that the bytes arrive in.
 */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { readBytes, type Seen } from "./read-bytes.ts";

const SAMPLES = new URL("../../samples/", import.meta.url);
const CHUNK_BYTES = [1, 2, 3, 7, 65536];

const samples = readdirSync(SAMPLES, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".csv"))
  .sort();

async function expectSame(bytes: Buffer): Promise<Seen> {
  const whole = await readBytes(bytes, { chunkBytes: bytes.length });
  for (const chunkBytes of CHUNK_BYTES) expect(await readBytes(bytes, { chunkBytes })).to.deep.equal(whole);
  return whole;
}

describe("readCsv gives the same at every chunk size", () => {
  for (const name of samples) {
    it(`samples/${name}`, async () => {
      await expectSame(readFileSync(new URL(name, SAMPLES)));
    });
  }

  const text = readFileSync(new URL("accounts.csv", SAMPLES), "utf8");
  const utf16le = Buffer.from(`\ufeff${text}`, "utf16le");
  const forms: readonly [string, Buffer, object][] = [
    ["UTF-16LE", utf16le, { encoding: "utf-16le", compression: null }],
    ["UTF-16BE", Buffer.from(utf16le).swap16(), { encoding: "utf-16be", compression: null }],
    ["gzip", gzipSync(text), { encoding: "utf-8", compression: "gzip" }],
    ["UTF-16LE in gzip", gzipSync(utf16le), { encoding: "utf-16le", compression: "gzip" }],
  ];
  for (const [what, bytes, traits] of forms) {
    it(`samples/accounts.csv as ${what}, with the rows of the file itself`, async () => {
      const seen = await expectSame(bytes);
      const plain = await readBytes(text);
      expect(seen.reading).to.include(traits);
      expect(seen.rows.map(({ source: { row, cells } }) => ({ row, cells }))).to.deep.equal(
        plain.rows.map(({ source: { row, cells } }) => ({ row, cells })),
      );
    });
  }

  it("a file of thousands of rows, some of them faulty", async () => {
    const rows = Array.from({ length: 4000 }, (_, n) =>
      n % 7 === 0 ? `k${n},"ü ""x""\r\n${n}"` : n % 11 === 0 ? `k${n}` : `k${n},plain ${n}`,
    );
    const bytes = Buffer.concat([
      Buffer.from(`\ufeffclient_account_id,metadata.a\r\n${rows.join("\r\n")}\r\n`),
      Buffer.from("z,\xff\n", "latin1"),
    ]);
    expect(bytes.length).to.be.above(65536);
    expect((await expectSame(bytes)).rows.length).to.equal(4001);
  });
});
