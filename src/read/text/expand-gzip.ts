/**
 * Slices of a gzip file in, what they expand to out, or why the file is rejected. Asks for no more bytes than its
 * reader takes, and keeps none.
 */
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { nodeCode } from "../../errors/node-code.ts";
import type { Rejection } from "../../errors/rejection.ts";
import type { Limits } from "../reading.ts";
import { rejectGrowth } from "./reject-growth.ts";

/** Whether a file that begins so is gzip (RFC 1952, ID1 and ID2), whatever its name. */
export function isGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

/**
 * Members that follow each other are one file. The rejection comes last: file_not_gzip for a file that is cut or damaged
 * or goes on as something else, file_expands_too_far by `limits.expandedBytes` and, judged by what is expanded so far,
 * `limits.ratio`. Errors of `slices` pass through.
 */
export async function* expandGzip(
  slices: AsyncIterable<Uint8Array>,
  limits: Limits,
): AsyncGenerator<Buffer | Rejection, void> {
  const gunzip = createGunzip();
  let given = 0;
  async function* counted() {
    for await (const slice of slices) {
      given += slice.length;
      yield slice;
    }
  }
  const piped = pipeline(counted(), gunzip).catch(() => {});
  try {
    let expanded = 0;
    for await (const part of gunzip) {
      expanded += (part as Buffer).length;
      const rejection = rejectGrowth("gzip file", { expanded, compressed: gunzip.bytesWritten }, limits);
      if (rejection !== undefined) return yield rejection;
      yield part as Buffer;
    }
    // Node takes zeros after the last member for padding and leaves them unread.
    if (given > gunzip.bytesWritten) yield damaged("has bytes after its end that are not gzip");
  } catch (error) {
    const code = nodeCode(error);
    if (!code?.startsWith("Z_")) throw error;
    yield damaged(code === "Z_BUF_ERROR" ? "ends before it is complete" : "is damaged");
  } finally {
    gunzip.destroy();
    await piped;
  }
}

function damaged(what: string): Rejection {
  return {
    code: "file_not_gzip",
    message: `the file begins as gzip and ${what}`,
    hint: "send the complete file again, or send it as plain CSV",
  };
}
