/**
 * The faults a test can order, and how each one spoils an answer on its way out.
 */
import type { ServerResponse } from "node:http";
import type { S3Answer, S3Call } from "./s3-answer.ts";

/**
 * On the body of a GetObject: cut (the connection is closed after n bytes), reset (it is torn down), stall (nothing more comes),
 * short (ends after n bytes as if that were all), corrupt (the byte at n is another).
 * On a PutObject: unencrypted (done, and its answer knows nothing of encryption). On any call of `method`: error (refused with that status before it is looked at), lost (done, and never answered).
 */
export type S3Fault =
  | { readonly kind: "cut" | "reset" | "stall" | "short" | "corrupt"; readonly afterBytes: number }
  | { readonly kind: "error"; readonly method: string; readonly status: number; readonly code: string }
  | { readonly kind: "lost"; readonly method: string }
  | { readonly kind: "unencrypted" };

export function hits(fault: S3Fault, call: S3Call): boolean {
  if (fault.kind === "error" || fault.kind === "lost") return fault.method === call.method;
  if (fault.kind === "unencrypted") return call.method === "PUT" && call.key !== "";
  return call.method === "GET" && call.key !== "";
}

/** Sends the answer, spoilt by the fault if there is one. */
export function send(response: ServerResponse, { status, headers, body }: S3Answer, fault?: S3Fault): void {
  if (fault?.kind === "lost") {
    response.socket?.resetAndDestroy();
    return;
  }
  if (fault === undefined || fault.kind === "error") {
    response.writeHead(status, headers).end(body);
    return;
  }
  if (fault.kind === "unencrypted") {
    const { etag = "" } = headers;
    response.writeHead(status, { etag }).end(body);
    return;
  }
  const part = body.subarray(0, fault.afterBytes);
  if (fault.kind === "short") {
    response.writeHead(status, { ...headers, "content-length": String(part.length) }).end(part);
    return;
  }
  response.writeHead(status, headers);
  if (fault.kind === "corrupt") {
    const spoilt = Buffer.from(body);
    spoilt.writeUInt8(spoilt.readUInt8(fault.afterBytes) ^ 1, fault.afterBytes);
    response.end(spoilt);
    return;
  }
  response.flushHeaders();
  response.write(part, () => {
    if (fault.kind === "cut") response.socket?.end();
    if (fault.kind === "reset") response.socket?.resetAndDestroy();
  });
}
