/**
 * What a request of S3 over HTTP is to IAM.
 */
import type { SeenRequest } from "../../src/sandbox/bucket/start-s3-server.ts";
import type { PolicyRequest } from "./policy.ts";

const TLS = { "aws:SecureTransport": "true" };

/** `names` are those of the buckets in the policy. Throws for a request that is not known here. */
export function asAction(
  { method, bucket, key, query, headers }: SeenRequest,
  names: Readonly<Record<string, string>>,
): PolicyRequest {
  const resource = `arn:aws:s3:::${names[bucket]}`;
  const object = { resource: `${resource}/${key}`, context: TLS };
  if (key === "" && method === "GET" && query.has("list-type"))
    return { action: "s3:ListBucket", resource, context: { ...TLS, "s3:prefix": query.get("prefix") ?? "" } };
  const ofVersion = query.has("versionId") ? "Version" : "";
  if (key !== "" && query.has("tagging"))
    return { ...object, action: `s3:${method === "GET" ? "Get" : "Put"}Object${ofVersion}Tagging` };
  if (key !== "" && method === "DELETE") return { ...object, action: `s3:DeleteObject${ofVersion}` };
  if (key !== "" && (method === "GET" || method === "HEAD")) return { ...object, action: `s3:GetObject${ofVersion}` };
  const ifNew = headers["if-none-match"];
  if (key !== "" && method === "PUT" && query.size <= 1)
    return { ...object, action: "s3:PutObject", context: { ...TLS, ...(ifNew && { "s3:if-none-match": ifNew }) } };
  throw new Error(`${method} ${bucket}/${key} ${[...query.keys()]} is no action that is known here`);
}
