/**
 * Judges the AWS Signature Version 4 of one request, from its Authorization header, as S3 does.
 * Never looks at the body: only whether the hash that the signature covers belongs to it is left to others.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { S3Error } from "./s3-error.ts";

export interface Keys {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** What a request line points to, still percent-encoded. */
export interface Target {
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
}

const MAX_SKEW_MS = 15 * 60 * 1000;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([a-z0-9-]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

/** Throws S3Error unless the request is signed by these keys, now, over its host and every x-amz- header. */
export function checkSignature(request: IncomingMessage, target: Target, keys: Keys): void {
  const match = AUTHORIZATION.exec(request.headers.authorization ?? "");
  if (match === null) throw new S3Error(403, "AccessDenied", "The request is not signed.");
  const [, accessKey = "", date = "", region = "", signed = "", signature = ""] = match;
  if (accessKey !== keys.accessKey) throw new S3Error(403, "InvalidAccessKeyId", "No such access key.");
  const at = checkDate(String(request.headers["x-amz-date"] ?? ""), date);

  const names = signed.split(";");
  const mustBeSigned = ["host", ...Object.keys(request.headers).filter((name) => name.startsWith("x-amz-"))];
  const unsigned = mustBeSigned.filter((name) => !names.includes(name));
  if (unsigned.length > 0) throw new S3Error(403, "AccessDenied", `Headers not signed: ${unsigned.join(", ")}.`);

  const canonical = [
    request.method,
    target.path.split("/").map(recode).join("/"),
    canonicalQuery(target),
    ...names.map(
      (name) =>
        `${name}:${String(request.headers[name] ?? "")
          .trim()
          .replace(/ +/g, " ")}`,
    ),
    "",
    signed,
    request.headers["x-amz-content-sha256"] ?? "",
  ].join("\n");
  const scope = `${date}/${region}/s3/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", at, scope, createHash("sha256").update(canonical).digest("hex")].join("\n");
  const key = [date, region, "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${keys.secretKey}`);
  if (!timingSafeEqual(hmac(key, toSign), Buffer.from(signature, "hex"))) {
    throw new S3Error(403, "SignatureDoesNotMatch", "The signature is not that of the request.");
  }
}

function checkDate(amzDate: string, date: string): string {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(amzDate) ?? [];
  const atMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(atMs) || !amzDate.startsWith(date)) throw new S3Error(403, "AccessDenied", "No valid x-amz-date.");
  if (Math.abs(atMs - Date.now()) > MAX_SKEW_MS) throw new S3Error(403, "RequestTimeTooSkewed", "The clocks differ.");
  return amzDate;
}

function canonicalQuery({ query }: Target): string {
  const coded = query.map(([name, value]) => [recode(name), recode(value)] as const);
  coded.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0));
  return coded.map(([name, value]) => `${name}=${value}`).join("&");
}

/** To the one form that is signed: everything but letters, digits and `-._~` as %XX. */
function recode(text: string): string {
  return encodeURIComponent(decodeURIComponent(text)).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** Takes a request line's target apart. A URL would resolve the `..` of a key, and read a plus sign as a space. */
export function targetOf(requestUrl: string): Target {
  const [path = "", ...search] = requestUrl.split("?");
  const pairs = search
    .join("?")
    .split("&")
    .filter((pair) => pair !== "");
  return {
    path,
    query: pairs.map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [name, value.join("=")] as const;
    }),
  };
}
