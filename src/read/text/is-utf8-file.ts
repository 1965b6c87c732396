/**
 * Whether a file's bytes are UTF-8 throughout, or say themselves what they are: bytes in, the answer out. Keeps nothing of them.
 */

/** The beginnings of gzip and of UTF-16 in both orders. */
const MARKED: readonly (readonly [number, number])[] = [
  [0x1f, 0x8b],
  [0xff, 0xfe],
  [0xfe, 0xff],
];

export async function isUtf8File(bytes: AsyncIterable<Uint8Array>): Promise<boolean> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let isFirst = true;
  try {
    for await (const part of bytes) {
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
