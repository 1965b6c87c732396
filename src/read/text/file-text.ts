/**
 * A file's bytes in, its text as UTF-8 out, whatever it is compressed with and encoded in; or why the file is rejected.
 * Knows nothing of rows.
 */
import type { Rejection } from "../../errors/rejection.ts";
import type { Encoding, FileTraits, ReadSettings } from "../reading.ts";
import { type Decoder, encodedBytes, openDecoder } from "./decoder.ts";
import { expandGzip, isGzip } from "./expand-gzip.ts";
import { expandZip, isZip } from "./expand-zip.ts";
import { findEncoding } from "./find-encoding.ts";
import { rejectOtherKind } from "./reject-other-kind.ts";
import { sliceEvenly } from "./slice-evenly.ts";

/** At least this much is searched for the header, its delimiter and the line ends. */
const HEAD_BYTES = 64 * 1024;

/** A file's bytes. What reads a file of the disk has its path, as a ZIP archive is read from its end. */
export type FileBytes = AsyncIterable<Uint8Array> & { readonly path?: string | Buffer };

/** One file, read once. Compression and encoding are known once its first bytes come out. */
export class FileText {
  readonly #bytes: FileBytes;
  readonly #settings: ReadSettings;
  #compression: FileTraits["compression"] = null;
  #encoding: Encoding = "utf-8";
  #markBytes = 0;

  constructor(bytes: FileBytes, settings: ReadSettings) {
    this.#bytes = bytes;
    this.#settings = settings;
  }

  get compression(): FileTraits["compression"] {
    return this.#compression;
  }

  get encoding(): Encoding {
    return this.#encoding;
  }

  /** More than this is in the first part, unless that is all of the text. */
  get headBytes(): number {
    return Math.max(HEAD_BYTES, this.#settings.limits.rowBytes);
  }

  /** Where the text after `before`, its beginning, begins in the (expanded) file. */
  byteOffset(before: Buffer): number {
    return this.#markBytes + encodedBytes(before, this.#encoding);
  }

  /**
   * The text without its byte order mark: first its head, then part after part. A rejection comes last: those of
   * `expandGzip`, `expandZip`, `rejectOtherKind` and `findEncoding`. Errors of the bytes pass through.
   */
  async *parts(): AsyncGenerator<Buffer | Rejection, void> {
    const head: Buffer[] = [];
    let length = 0;
    for await (const part of this.#decoded()) {
      if (!Buffer.isBuffer(part)) return yield part;
      length += part.length;
      head.push(part);
      if (length > this.headBytes) yield Buffer.concat(head.splice(0));
    }
    if (head.length > 0) yield Buffer.concat(head);
  }

  async *#decoded(): AsyncGenerator<Buffer | Rejection, void> {
    let decoder: Decoder | undefined;
    for await (const slice of sliceEvenly(this.#expanded())) {
      if (!Buffer.isBuffer(slice)) return yield slice;
      let text = slice;
      if (decoder === undefined) {
        const other = rejectOtherKind(slice, this.#compression);
        if (other !== undefined) return yield other;
        const found = findEncoding(slice, this.#settings.encoding);
        if (found.kind === "rejected") return yield found.rejection;
        this.#encoding = found.encoding;
        this.#markBytes = found.markBytes;
        decoder = openDecoder(found.encoding);
        text = slice.subarray(found.markBytes);
      }
      yield decoder.decode(text);
    }
    if (decoder !== undefined) yield decoder.finish();
  }

  async *#expanded(): AsyncGenerator<Buffer | Rejection, void> {
    const slices = sliceEvenly<never>(this.#bytes);
    try {
      const first = await slices.next();
      if (first.done) return;
      const { path } = this.#bytes;
      const { limits } = this.#settings;
      if (path !== undefined && isZip(first.value)) {
        this.#compression = "zip";
        return yield* expandZip(String(path), limits);
      }
      const all = rejoin(first.value, slices);
      if (!isGzip(first.value)) return yield* all;
      this.#compression = "gzip";
      yield* expandGzip(all, limits);
    } finally {
      await slices.return();
    }
  }
}

async function* rejoin(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  yield first;
  yield* rest;
}
