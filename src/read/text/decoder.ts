/**
 * A file's bytes in, the same text as UTF-8 out. What is no text in the file's encoding comes out as bytes that are no
 * UTF-8 either, never as U+FFFD, so that the check of the UTF-8 finds it in its own row.
 */
import { isAscii } from "node:buffer";
import type { Encoding } from "../reading.ts";

/** Decodes one file, slice after slice. */
export interface Decoder {
  /** The text of these bytes, as far as it is complete. */
  decode(slice: Buffer): Buffer;
  /** What was left incomplete when the bytes ended. */
  finish(): Buffer;
}

/** Neither is ever part of UTF-8: a byte that begins nothing, and a surrogate in the form of other characters. */
const NO_BYTE = Buffer.from([0xff]);
const NO_CHARACTER = Buffer.from([0xed, 0xa0, 0x80]);
const NOTHING = Buffer.alloc(0);
const LONE_SURROGATE = /\p{Surrogate}/u;

/** A decoder for bytes after the byte order mark. */
export function openDecoder(encoding: Encoding): Decoder {
  if (encoding === "utf-8") return { decode: (slice) => slice, finish: () => NOTHING };
  if (encoding === "windows-1252") return { decode: decodeWindows1252, finish: () => NOTHING };
  return new Utf16Decoder(encoding === "utf-16be");
}

/** How many bytes of the file became this text, which must begin and end between characters. */
export function encodedBytes(text: Buffer, encoding: Encoding): number {
  if (encoding === "utf-8") return text.length;
  const isUtf16 = encoding !== "windows-1252";
  let units = 0;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] ?? 0;
    if ((byte & 0xc0) !== 0x80) units++;
    // Four bytes of UTF-8 are a pair of surrogates.
    if (isUtf16 && byte >= 0xf0) units++;
  }
  return isUtf16 ? 2 * units : units;
}

class Utf16Decoder implements Decoder {
  readonly #isBigEndian: boolean;
  /** Half a code unit, half a pair of surrogates, or both. */
  #rest: Buffer = NOTHING;

  constructor(isBigEndian: boolean) {
    this.#isBigEndian = isBigEndian;
  }

  decode(slice: Buffer): Buffer {
    const bytes = this.#rest.length === 0 ? slice : Buffer.concat([this.#rest, slice]);
    let end = bytes.length - (bytes.length % 2);
    if (end > 0 && this.#beginsPair(bytes, end - 2)) end -= 2;
    this.#rest = Buffer.from(bytes.subarray(end));
    return this.#decodeUnits(bytes.subarray(0, end));
  }

  finish(): Buffer {
    const odd = this.#rest.length % 2;
    const text = this.#decodeUnits(this.#rest.subarray(0, this.#rest.length - odd));
    return odd === 0 ? text : Buffer.concat([text, NO_BYTE]);
  }

  #beginsPair(bytes: Buffer, at: number): boolean {
    const unit = this.#isBigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at);
    return unit >= 0xd800 && unit < 0xdc00;
  }

  #decodeUnits(bytes: Buffer): Buffer {
    const text = (this.#isBigEndian ? Buffer.from(bytes).swap16() : bytes).toString("utf16le");
    if (text.isWellFormed()) return Buffer.from(text);
    const parts = text.split(LONE_SURROGATE).flatMap((part) => [NO_CHARACTER, Buffer.from(part)]);
    return Buffer.concat(parts.slice(1));
  }
}

/** 0x80 to 0x9F; a space where nothing is assigned. From 0xA0 on, the byte is the character's number. */
const WINDOWS_1252 = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

/** The UTF-8 of the bytes 0x80 to 0xFF. */
const UPPER_HALF: readonly Buffer[] = Array.from({ length: 128 }, (_, at) => {
  const character = WINDOWS_1252[at] ?? String.fromCharCode(0x80 + at);
  return character === " " ? NO_BYTE : Buffer.from(character);
});

function decodeWindows1252(slice: Buffer): Buffer {
  if (isAscii(slice)) return slice;
  const text = Buffer.allocUnsafe(3 * slice.length);
  let length = 0;
  for (const byte of slice) {
    if (byte < 0x80) text[length++] = byte;
    else length += UPPER_HALF[byte - 0x80]?.copy(text, length) ?? 0;
  }
  return text.subarray(0, length);
}
