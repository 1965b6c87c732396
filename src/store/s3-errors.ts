/**
 * What the AWS SDK throws goes in, one FatalError with one clear line comes out.
 * Never contains credentials, signed addresses or the store's own text, which may quote both.
 */
import type { Code } from "../errors/codes/codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import { nodeCode } from "../errors/node-code.ts";

/** Which store a failure happened at; `server` is the endpoint's host, or AWS and the region. */
export interface S3Place {
  readonly bucket: string;
  readonly server: string;
  readonly owner?: string | undefined;
  readonly kmsKey?: string | undefined;
}

interface Advice {
  readonly message: string;
  readonly hint: string;
}

const CREDENTIALS_HINT = "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or AWS_PROFILE";
const REFUSED_KEYS = new Set(["InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "InvalidClientTokenId"]);
const EXPIRED = new Set(["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"]);
const WRONG_REGION = new Set([
  "PermanentRedirect",
  "AuthorizationHeaderMalformed",
  "IllegalLocationConstraintException",
]);
const NETWORK_CODES = /^(E[A-Z_]+|CERT_[A-Z_]+|UNABLE_TO_[A-Z_]+|DEPTH_ZERO_[A-Z_]+|SELF_SIGNED_[A-Z_]+)$/;

/** The HTTP status the store answered with; `undefined` when no answer came. */
export function statusOf(error: unknown): number | undefined {
  const metadata = property(error, "$metadata");
  const status = property(metadata, "httpStatusCode");
  return typeof status === "number" ? status : undefined;
}

/** S3's own name of the error (`NoSuchKey`), or the name of the exception. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** Whether the same request may well succeed when it is sent again. */
export function isTransient(error: unknown): boolean {
  const status = statusOf(error);
  if (status !== undefined && status >= 300) {
    return status >= 500 || status === 429 || status === 408 || nameOf(error) === "ConditionalRequestConflict";
  }
  return nameOf(error) !== "CredentialsProviderError" && !(error instanceof FatalError);
}

/** No such key or version, If-Match doesn't hold, or the range lies beyond the end. */
export function isGoneOrOther(error: unknown): boolean {
  return [404, 412, 416].includes(statusOf(error) ?? 0) && nameOf(error) !== "NoSuchBucket";
}

/** For list, find and read: source_not_found when the bucket is missing, else source_unreachable. */
export function readFailure(error: unknown, place: S3Place): FatalError {
  if (error instanceof FatalError) return error;
  return asFatal(nameOf(error) === "NoSuchBucket" ? "source_not_found" : "source_unreachable", error, place);
}

/** For write: always results_unwritable. */
export function writeFailure(error: unknown, place: S3Place): FatalError {
  if (error instanceof FatalError) return error;
  return asFatal("results_unwritable", error, place);
}

/** For a body that the request succeeded for and that cannot be had; `what` completes "<key> in <place> …". */
export function bodyFailure(key: string, place: string, what: string, cause: unknown): FatalError {
  const message = `${JSON.stringify(key)} in ${place} ${what}`;
  return new FatalError("source_unreachable", message, { hint: "check the network, then start the job again", cause });
}

/** The SDK's own check of a body against S3's full-object checksum has no name of its own, only this text. */
export function isChecksumMismatch(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("Checksum mismatch");
}

function asFatal(code: Code, error: unknown, place: S3Place): FatalError {
  const { message, hint } = reasonOf(error, place);
  return new FatalError(code, message, { hint, cause: error });
}

function reasonOf(error: unknown, { bucket, server, owner }: S3Place): Advice {
  const name = nameOf(error);
  const status = statusOf(error);
  if (name === "NoSuchBucket") {
    return { message: `Bucket ${bucket} does not exist at ${server}`, hint: "check the bucket's name in the job" };
  }
  if (name === "CredentialsProviderError") {
    return { message: `No AWS credentials were found for bucket ${bucket}`, hint: CREDENTIALS_HINT };
  }
  if (EXPIRED.has(name)) {
    const hint = "log in to AWS again, or set a new AWS_SESSION_TOKEN, then start the job again";
    return { message: `The AWS credentials for bucket ${bucket} have expired (${name})`, hint };
  }
  if (name === "InvalidObjectState") {
    const hint = "restore the object from its archive (S3 Glacier or Deep Archive), then start the job again";
    return { message: `The object in bucket ${bucket} is archived and cannot be read (${name})`, hint };
  }
  if (name.startsWith("KMS.")) {
    const hint = "enable that key in AWS KMS, or have the object written again under another";
    return { message: `The KMS key of the object in bucket ${bucket} cannot be used (${name})`, hint };
  }
  if (name === "RequestTimeTooSkewed") {
    const hint = "set this machine's clock, then start the job again";
    return { message: `${server} reports that this machine's clock is wrong (${name})`, hint };
  }
  if (REFUSED_KEYS.has(name)) {
    return { message: `${server} refuses the credentials for bucket ${bucket} (${name})`, hint: CREDENTIALS_HINT };
  }
  if (status === 401 || status === 403) {
    // Only whether it names a right of KMS is taken from the store's own text.
    const right = /\bkms:(Decrypt|GenerateDataKey)\b/.exec(error instanceof Error ? error.message : "")?.[0];
    if (right !== undefined) {
      const hint = `grant ${right} on the bucket's KMS key, in its key policy as well`;
      return { message: `The KMS key of bucket ${bucket} is denied to these credentials (${name})`, hint };
    }
    const notOwner = owner === undefined ? "" : `, or the bucket is not one of account ${owner}, as the job says`;
    return {
      message: `${server} denies access to bucket ${bucket} (${name})${notOwner}`,
      hint: `grant s3:ListBucket, s3:GetObject and s3:PutObject as the job needs them, or ${CREDENTIALS_HINT}`,
    };
  }
  if (WRONG_REGION.has(name)) {
    return { message: `Bucket ${bucket} is in another region than ${server} (${name})`, hint: "set AWS_REGION" };
  }
  if (status !== undefined && status >= 300) {
    return {
      message: `${server} answered ${status} (${name}) for bucket ${bucket}`,
      hint: status >= 500 ? "try again later" : "check the bucket's name and AWS_ENDPOINT_URL_S3",
    };
  }
  return unreached(error, name, { bucket, server });
}

function unreached(error: unknown, name: string, { bucket, server }: S3Place): Advice {
  const code = nodeCode(error);
  const hint = "check the network, AWS_REGION and AWS_ENDPOINT_URL_S3";
  if (name === "TimeoutError") return { message: `${server} does not answer in time for bucket ${bucket}`, hint };
  if (code !== undefined && NETWORK_CODES.test(code)) {
    return { message: `${server} cannot be reached for bucket ${bucket} (${code})`, hint };
  }
  return { message: `The request to ${server} for bucket ${bucket} failed (${name})`, hint };
}

function property(of: unknown, name: string): unknown {
  return typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined;
}
