/**
 * Bytes in chunks of any size in, the same bytes in slices of one size out. Looks at none of them.
 */

/** Small, since a slice of blank lines is as many rows at once. */
const SLICE_BYTES = 8 * 1024;

/**
 * All slices but the last have the full size, so that neither a huge chunk nor many tiny ones make a difference. Anything
 * but bytes passes through, after the bytes before it.
 */
export async function* sliceEvenly<Other extends object = never>(
  chunks: AsyncIterable<Uint8Array | Other>,
): AsyncGenerator<Buffer | Other, void> {
  let slice = Buffer.allocUnsafe(SLICE_BYTES);
  let length = 0;
  for await (const chunk of chunks) {
    if (!(chunk instanceof Uint8Array)) {
      if (length > 0) yield slice.subarray(0, length);
      slice = Buffer.allocUnsafe(SLICE_BYTES);
      length = 0;
      yield chunk;
      continue;
    }
    for (let at = 0; at < chunk.length; ) {
      const taken = Math.min(SLICE_BYTES - length, chunk.length - at);
      slice.set(chunk.subarray(at, at + taken), length);
      length += taken;
      at += taken;
      if (length < SLICE_BYTES) continue;
      yield slice;
      slice = Buffer.allocUnsafe(SLICE_BYTES);
      length = 0;
    }
  }
  if (length > 0) yield slice.subarray(0, length);
}
