/**
 * The id under which the bank, or what is in front of it, knows a request: header names and texts come in, one plain token or nothing goes
 * out. The contract names no such header, so the common ones are taken.
 */

/** Servers' own names first, then those of gateways and networks. */
export const REQUEST_ID_HEADERS = [
  "x-request-id",
  "request-id",
  "x-correlation-id",
  "x-amzn-requestid",
  "cf-ray",
] as const;

/** Three times a UUID. A longer one is not an id, and is dropped. */
export const LONGEST_REQUEST_ID = 128;

const PLAIN = /^[A-Za-z0-9][\w.:/+=-]*$/;

/** From the first of the headers that has one; `undefined` when none has, or only text that is no plain token. */
export function findRequestId(headers: Readonly<Record<string, unknown>>): string | undefined {
  return REQUEST_ID_HEADERS.map((name) => headers[name]).find(isPlain);
}

function isPlain(value: unknown): value is string {
  return typeof value === "string" && value.length <= LONGEST_REQUEST_ID && PLAIN.test(value);
}
