/**
 * The raw body of one PUT goes in, the object's bytes come out, once every hash that came with them has been checked.
 * Knows a plain body and an unsigned aws-chunked one with a trailing checksum; never a chunk-signed or a multipart one.
 */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { crc32 } from "node:zlib";
import { S3Error } from "./s3-error.ts";

const DIGESTS: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
  "content-md5": (bytes) => createHash("md5").update(bytes).digest("base64"),
  "x-amz-checksum-sha256": (bytes) => createHash("sha256").update(bytes).digest("base64"),
  "x-amz-checksum-crc32": crc32Of,
};

/** The checksum header S3 would give with an object: its CRC-32, as of all objects put without another. */
export function crc32Of(bytes: Uint8Array): string {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(bytes));
  return checksum.toString("base64");
}

/** Throws S3Error: BadDigest, XAmzContentSHA256Mismatch, IncompleteBody, MissingContentLength, NotImplemented. */
export function readBody(request: IncomingMessage, raw: Buffer): Buffer {
  const signedHash = String(request.headers["x-amz-content-sha256"] ?? "");
  if (signedHash === "STREAMING-UNSIGNED-PAYLOAD-TRAILER") return readChunked(request, raw);
  if (request.headers["content-length"] === undefined) {
    throw new S3Error(411, "MissingContentLength", "A plain body needs its length.");
  }
  if (/^[0-9a-f]{64}$/.test(signedHash)) {
    const hash = createHash("sha256").update(raw).digest("hex");
    if (hash !== signedHash) throw new S3Error(400, "XAmzContentSHA256Mismatch", "The body is not the signed one.");
  } else if (signedHash !== "UNSIGNED-PAYLOAD") {
    throw new S3Error(501, "NotImplemented", `x-amz-content-sha256: ${signedHash}`);
  }
  checkDigests(raw, (name) => single(request.headers[name]));
  return raw;
}

function readChunked(request: IncomingMessage, raw: Buffer): Buffer {
  const chunks: Buffer[] = [];
  let at = 0;
  const line = () => {
    const end = raw.indexOf("\r\n", at);
    if (end < 0) throw new S3Error(400, "IncompleteBody", "The body ends within a chunk.");
    const text = raw.toString("latin1", at, end);
    at = end + 2;
    return text;
  };
  for (let size = Number.parseInt(line(), 16); size !== 0; size = Number.parseInt(line(), 16)) {
    if (Number.isNaN(size) || at + size > raw.length) throw new S3Error(400, "IncompleteBody", "A chunk is not whole.");
    chunks.push(raw.subarray(at, at + size));
    at += size;
    if (line() !== "") throw new S3Error(400, "IncompleteBody", "A chunk is longer than it says.");
  }
  const trailers = new Map<string, string>();
  for (let text = line(); text !== ""; text = at < raw.length ? line() : "") {
    const colon = text.indexOf(":");
    trailers.set(text.slice(0, colon).trim().toLowerCase(), text.slice(colon + 1).trim());
  }
  const bytes = Buffer.concat(chunks);
  if (Number(request.headers["x-amz-decoded-content-length"]) !== bytes.length) {
    throw new S3Error(400, "IncompleteBody", "The body has another length than it says.");
  }
  const announced = single(request.headers["x-amz-trailer"]);
  if (announced === undefined || !trailers.has(announced)) {
    throw new S3Error(400, "MalformedTrailerError", "The announced trailer is missing.");
  }
  if (!(announced in DIGESTS)) throw new S3Error(501, "NotImplemented", announced);
  checkDigests(bytes, (name) => trailers.get(name) ?? single(request.headers[name]));
  return bytes;
}

function checkDigests(bytes: Uint8Array, given: (header: string) => string | undefined): void {
  for (const [header, digest] of Object.entries(DIGESTS)) {
    const expected = given(header);
    if (expected !== undefined && expected !== digest(bytes)) {
      throw new S3Error(400, "BadDigest", `The body does not have the ${header} that came with it.`);
    }
  }
}

/** All that the request brings. */
export async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
