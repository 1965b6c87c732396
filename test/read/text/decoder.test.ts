/**
 * Decoding: text comes out whole at every slice size, and what is no text never as U+FFFD.
 */
import { isUtf8 } from "node:buffer";
import { expect } from "chai";
import fc from "fast-check";
import type { Encoding } from "../../../src/read/reading.ts";
import { encodedBytes, openDecoder } from "../../../src/read/text/decoder.ts";

function decode(bytes: Buffer, encoding: Encoding, sliceBytes = bytes.length): Buffer {
  const decoder = openDecoder(encoding);
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += sliceBytes) parts.push(decoder.decode(bytes.subarray(at, at + sliceBytes)));
  return Buffer.concat([...parts, decoder.finish()]);
}

const utf16 = (text: string, encoding: Encoding) => {
  const bytes = Buffer.from(text, "utf16le");
  return encoding === "utf-16be" ? bytes.swap16() : bytes;
};

describe("openDecoder", () => {
  for (const encoding of ["utf-16le", "utf-16be"] as const) {
    it(`gives back any text in ${encoding}, at every slice size`, () => {
      fc.assert(
        fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 9 }), (text, sliceBytes) => {
          const bytes = utf16(text, encoding);
          const decoded = decode(bytes, encoding, sliceBytes);
          expect(decoded.toString()).to.equal(text);
          expect(encodedBytes(decoded, encoding)).to.equal(bytes.length);
        }),
      );
    });

    const broken = ["\ud83d", "\ude00", "a\ud83db", "\ude00\ud83d", "\ud83d\ud83d\ude00", "é\ude00\n"];
    for (const text of broken) {
      it(`makes no UTF-8 of ${JSON.stringify(text)} in ${encoding}`, () => {
        const bytes = utf16(text, encoding);
        for (const sliceBytes of [1, 2, 3, 64]) {
          const decoded = decode(bytes, encoding, sliceBytes);
          expect(isUtf8(decoded)).to.equal(false);
          expect(decoded.includes("\ufffd")).to.equal(false);
          expect(encodedBytes(decoded, encoding)).to.equal(bytes.length);
        }
      });
    }

    it(`makes no UTF-8 of a last byte alone in ${encoding}`, () => {
      const bytes = Buffer.concat([utf16("é\n", encoding), Buffer.from("a")]);
      for (const sliceBytes of [1, 2, 64]) {
        expect(decode(bytes, encoding, sliceBytes)).to.deep.equal(Buffer.from([0xc3, 0xa9, 0x0a, 0xff]));
      }
    });
  }

  it("knows every byte of Windows-1252, and makes no UTF-8 of the five that it does not assign", () => {
    const upper = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";
    for (let byte = 0; byte < 256; byte++) {
      const decoded = decode(Buffer.from([byte]), "windows-1252");
      if ([0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(byte)) expect(isUtf8(decoded)).to.equal(false);
      else expect(decoded.toString()).to.equal(upper[byte - 0x80] ?? String.fromCharCode(byte));
      expect(encodedBytes(decoded, "windows-1252")).to.equal(1);
    }
  });
});
