/**
 * Gzip files: recognised by their bytes, read to the last of them, and stopped where they grow too far.
 */
import { hash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { readCsv } from "../../../src/read/read-csv.ts";
import { DEFAULT_READ_SETTINGS } from "../../../src/read/reading.ts";
import { itWhole } from "../../support/extent.ts";
import { cellsOf, limits, readBytes } from "../read-bytes.ts";

const HEAD = "client_account_id,metadata.a\n";
const whole = gzipSync(`${HEAD}a,1\nb,2\n`);
/** Compressed it is still longer than several slices. */
const unlike = gzipSync(HEAD + Array.from({ length: 20_000 }, (_, n) => `a,${hash("sha1", `${n}`)}\n`).join(""));
const like = gzipSync(HEAD + "a,1\n".repeat(600_000));

describe("readCsv of gzip", () => {
  it("gives the rows, with their places in the expanded file", async () => {
    const seen = await readBytes(whole);
    expect(seen.reading).to.include({ compression: "gzip" });
    expect(seen.rows.map(({ source }) => source)).to.deep.equal([
      { row: 2, byteOffset: 29, cells: ["a", "1"] },
      { row: 3, byteOffset: 33, cells: ["b", "2"] },
    ]);
  });

  it("takes members that follow each other for one file, even when they part a row", async () => {
    const members = [HEAD, "a", ",1\nb,", "2\n"].map((text) => gzipSync(text));
    for (const chunkBytes of [1, 5, 65536]) {
      const seen = await readBytes(Buffer.concat(members), { chunkBytes });
      expect(cellsOf(seen)).to.deep.equal([
        ["a", "1"],
        ["b", "2"],
      ]);
    }
  });

  it("takes a file of nothing in gzip for a file of nothing", async () => {
    expect((await readBytes(gzipSync(""))).rejection?.code).to.equal("file_empty");
  });

  const damaged = Buffer.from(whole);
  damaged.writeUInt8((damaged.at(-6) ?? 0) ^ 1, damaged.length - 6);
  const broken: readonly [string, Buffer, RegExp][] = [
    ["is cut", whole.subarray(0, -1), /ends before it is complete/],
    ["is cut after its first bytes", whole.subarray(0, 2), /ends before it is complete/],
    ["is cut in its second member", Buffer.concat([whole, whole.subarray(0, 9)]), /ends before it is complete/],
    ["has another checksum than its bytes", damaged, /is damaged/],
    ["goes on as text", Buffer.concat([whole, Buffer.from("c,3\n")]), /is damaged/],
    ["goes on as zeros", Buffer.concat([whole, Buffer.alloc(7)]), /has bytes after its end/],
    ["goes on as many zeros", Buffer.concat([whole, Buffer.alloc(300_000)]), /has bytes after its end/],
    ["is cut when it is large", like.subarray(0, -9), /ends before it is complete/],
  ];
  for (const [what, bytes, message] of broken) {
    it(`rejects a file that ${what}: file_not_gzip`, async () => {
      for (const chunkBytes of [bytes.length, ...(bytes.length < 1000 ? [1, 7] : [])]) {
        const { rejection } = await readBytes(bytes, { chunkBytes, ...limits({ ratio: 1e6 }) });
        expect(rejection?.code).to.equal("file_not_gzip");
        expect(rejection?.message).to.match(message);
      }
    });
  }

  itWhole("rejects a file that grows beyond either limit: file_expands_too_far", async () => {
    const ratio = await readBytes(like, limits({ ratio: 50 }));
    expect(ratio.rejection).to.include({ code: "file_expands_too_far" });
    expect(ratio.rejection?.message).to.contain("50 times");
    const bytes = await readBytes(like, limits({ ratio: 1e6, expandedBytes: 2_000_000 }));
    expect(bytes.rejection).to.include({ code: "file_expands_too_far" });
    expect(bytes.rejection?.message).to.contain("2,000,000 bytes");
  });

  it("lets the first MiB grow as it will, and takes a file of just the limit", async () => {
    const text = HEAD + "a,1\n".repeat(200_000);
    const seen = await readBytes(gzipSync(text), limits({ ratio: 2, expandedBytes: text.length }));
    expect(seen.end).to.deep.equal({ rows: 200_000 });
  });

  it("lets an error of the source through, and closes the source when its reader leaves", async () => {
    let isClosed = false;
    async function* source() {
      try {
        for (let at = 0; at < unlike.length - 1000; at += 1000) yield unlike.subarray(at, at + 1000);
        throw new Error("gone");
      } finally {
        isClosed = true;
      }
    }
    for await (const event of readCsv(source(), DEFAULT_READ_SETTINGS)) if (event.kind === "rows") break;
    expect(isClosed).to.equal(true);
    let message = "";
    try {
      for await (const _ of readCsv(source(), DEFAULT_READ_SETTINGS));
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).to.equal("gone");
  });
});
