/**
 * What S3 answers to each operation, from the buckets: one function per operation, a status, headers and a body out.
 * Never writes to the network, so that a fault can be put between the answer and the wire.
 */

import { answerForTags } from "./answer-for-tags.ts";
import type { Buckets, StoredObject } from "./buckets.ts";
import { crc32Of } from "./read-body.ts";
import { element, S3Error, xml } from "./s3-error.ts";

export interface S3Call {
  readonly method: string;
  readonly bucket: string;
  /** "" for the bucket itself. */
  readonly key: string;
  /** Decoded; a plus sign is a plus sign. */
  readonly query: ReadonlyMap<string, string>;
  /** In lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface S3Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface S3Settings {
  readonly buckets: Buckets;
  readonly versioned: boolean;
  /** The most keys on one page of a listing. */
  readonly pageSize: number;
  /** The account that all buckets belong to. */
  readonly owner: string;
}

const EMPTY = Buffer.alloc(0);
const SUBRESOURCES = [
  "uploads",
  "uploadId",
  "acl",
  "versioning",
  "versions",
  "policy",
  "delete",
  "torrent",
  "encryption",
];

/** Throws S3Error for whatever isn't answered with success. `body` is that of a PUT, already checked. */
export function answer(call: S3Call, body: Buffer, settings: S3Settings): S3Answer {
  const subresource = SUBRESOURCES.find((name) => call.query.has(name));
  if (subresource !== undefined) throw new S3Error(501, "NotImplemented", `?${subresource}`);
  const owner = call.headers["x-amz-expected-bucket-owner"];
  if (owner !== undefined && owner !== settings.owner)
    throw new S3Error(403, "AccessDenied", "Another account's bucket.");
  if (call.key === "") return answerForBucket(call, settings);
  if (call.query.has("tagging")) return answerForTags(call, body, settings.buckets);
  switch (call.method) {
    case "GET":
    case "HEAD":
      return getObject(call, settings);
    case "PUT":
      return putObject(call, body, settings);
    case "DELETE":
      return deleteObject(call, settings);
    default:
      throw new S3Error(405, "MethodNotAllowed", call.method);
  }
}

function answerForBucket(call: S3Call, settings: S3Settings): S3Answer {
  const { buckets } = settings;
  switch (call.method) {
    case "GET":
      return listObjects(call, settings);
    case "HEAD":
      buckets.current(call.bucket);
      return { status: 200, headers: {}, body: EMPTY };
    case "PUT":
      buckets.create(call.bucket);
      return { status: 200, headers: { location: `/${call.bucket}` }, body: EMPTY };
    case "DELETE":
      buckets.remove(call.bucket);
      return { status: 204, headers: {}, body: EMPTY };
    default:
      throw new S3Error(405, "MethodNotAllowed", call.method);
  }
}

function listObjects({ bucket, query }: S3Call, { buckets, pageSize }: S3Settings): S3Answer {
  if (query.get("list-type") !== "2") throw new S3Error(501, "NotImplemented", "Only version 2 of the listing.");
  if (query.has("delimiter")) throw new S3Error(501, "NotImplemented", "delimiter");
  const wanted = Number(query.get("max-keys") ?? 1000);
  if (!Number.isInteger(wanted) || wanted < 0) throw new S3Error(400, "InvalidArgument", "max-keys");
  const token = query.get("continuation-token");
  const after = token === undefined ? query.get("start-after") : Buffer.from(token, "base64url").toString();
  const prefix = query.get("prefix") ?? "";
  const size = Math.min(wanted, pageSize, 1000);
  const page = buckets.page(bucket, { prefix, after, size });
  const isCoded = query.get("encoding-type") === "url";
  const coded = (key: string) =>
    isCoded ? encodeURIComponent(key).replaceAll("%20", "+").replaceAll("%2F", "/") : key;
  const contents = page.objects.map(({ key, size: length, etag, lastModified }) => {
    const inside = element("Key", coded(key)) + element("LastModified", lastModified.toISOString());
    return `<Contents>${inside}${element("ETag", etag)}${element("Size", length)}</Contents>`;
  });
  const next = page.nextAfter === undefined ? undefined : Buffer.from(page.nextAfter).toString("base64url");
  const body =
    element("Name", bucket) +
    element("Prefix", coded(prefix)) +
    element("KeyCount", page.objects.length) +
    element("MaxKeys", size) +
    (isCoded ? element("EncodingType", "url") : "") +
    element("IsTruncated", next !== undefined) +
    (next === undefined ? "" : element("NextContinuationToken", next)) +
    contents.join("");
  return {
    status: 200,
    headers: { "content-type": "application/xml" },
    body: Buffer.from(xml("ListBucketResult", body)),
  };
}

function getObject(call: S3Call, settings: S3Settings): S3Answer {
  const { bucket, key, query, headers } = call;
  const versionId = query.get("versionId");
  const object = settings.buckets.find(bucket, key, versionId);
  if (object === undefined) {
    throw versionId === undefined
      ? new S3Error(404, "NoSuchKey", "The key does not exist.")
      : new S3Error(404, "NoSuchVersion", "The version does not exist.");
  }
  const match = headers["if-match"];
  if (match !== undefined && match !== "*" && match !== object.etag && `"${match}"` !== object.etag) {
    throw new S3Error(412, "PreconditionFailed", "If-Match does not hold.");
  }
  const range = rangeOf(headers.range, object.size);
  const { bytes } = object;
  const body = range === undefined ? bytes : bytes.subarray(range.first, range.last + 1);
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      ...object.headers,
      ...identity(object, settings),
      "accept-ranges": "bytes",
      "content-length": String(body.length),
      "last-modified": object.lastModified.toUTCString(),
      ...(range !== undefined && { "content-range": `bytes ${range.first}-${range.last}/${object.size}` }),
      ...(range === undefined &&
        headers["x-amz-checksum-mode"] === "ENABLED" && {
          "x-amz-checksum-crc32": crc32Of(bytes),
          "x-amz-checksum-type": "FULL_OBJECT",
        }),
    },
    body,
  };
}

/** Without a version id a versioned bucket puts a delete marker there, and keeps every version. */
function deleteObject({ bucket, key, query, headers }: S3Call, { buckets, versioned }: S3Settings): S3Answer {
  const match = headers["if-match"];
  const current = buckets.find(bucket, key);
  if (match !== undefined && current === undefined) throw new S3Error(404, "NoSuchKey", "The key does not exist.");
  if (match !== undefined && match !== "*" && match !== current?.etag)
    throw new S3Error(412, "PreconditionFailed", "If-Match does not hold.");
  buckets.delete(bucket, key, query.get("versionId"));
  const isMarked = versioned && !query.has("versionId");
  return { status: 204, headers: isMarked ? { "x-amz-delete-marker": "true" } : {}, body: EMPTY };
}

const ENCRYPTION = "x-amz-server-side-encryption";
const KEPT_HEADERS = new RegExp(`^(content-type|x-amz-meta-.*|${ENCRYPTION}.*)$`);

function putObject(call: S3Call, body: Buffer, settings: S3Settings): S3Answer {
  const { bucket, key, headers } = call;
  const condition = headers["if-none-match"];
  if (condition !== undefined && condition !== "*") throw new S3Error(501, "NotImplemented", "If-None-Match but *");
  if (condition === "*" && settings.buckets.find(bucket, key) !== undefined) {
    throw new S3Error(412, "PreconditionFailed", "The key exists.");
  }
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    value !== undefined && KEPT_HEADERS.test(name) ? [[name, value]] : [],
  );
  const object = settings.buckets.put(bucket, key, body, Object.fromEntries(kept));
  const encryption = kept.filter(([name = ""]) => name.startsWith(ENCRYPTION));
  return { status: 200, headers: { ...identity(object, settings), ...Object.fromEntries(encryption) }, body: EMPTY };
}

function identity(object: StoredObject, { versioned }: S3Settings): Record<string, string> {
  return { etag: object.etag, ...(versioned && { "x-amz-version-id": object.versionId }) };
}

/** One range of bytes; `undefined` for none. Throws S3Error InvalidRange for one that begins beyond the end. */
function rangeOf(header: string | undefined, size: number): { first: number; last: number } | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  const first = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (first > last) throw new S3Error(416, "InvalidRange", "The range lies beyond the end.");
  return { first, last };
}
