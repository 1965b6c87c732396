/**
 * Whether a file's bytes are UTF-8 throughout, or say themselves what they are: bytes in, the answer out. Keeps nothing of them.
 */

import { isGzip } from "./expand-gzip.ts";
import { isZip } from "./expand-zip.ts";

/** The byte order marks of UTF-16. */
const MARKED: readonly (readonly [number, number])[] = [
  [0xff, 0xfe],
  [0xfe, 0xff],
];

export async function isUtf8File(bytes: AsyncIterable<Uint8Array>): Promise<boolean> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let isFirst = true;
  try {
    for await (const part of bytes) {
      if (isFirst && (isGzip(part) || isZip(part))) return true;
      if (isFirst && MARKED.some(([one, two]) => part[0] === one && part[1] === two)) return true;
      isFirst = false;
      decoder.decode(part, { stream: true });
    }
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
