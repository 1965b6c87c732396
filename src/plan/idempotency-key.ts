/**
 * The idempotency key of an operation: the same operation always gets the same key, and another one never does. Pure.
 */
import { hash } from "node:crypto";
import { parse, v5 } from "uuid";
import type { OperationKind } from "./operation.ts";

/** Tieout's own namespace for UUIDv5. In bytes, as a text would be parsed for each key. */
const NAMESPACE = parse("b5f4c7f2-64f6-5c3a-9d3d-0c7a53b1d2e9");

export interface OperationIdentity {
  readonly apiUrl: string;
  /** The name that the bank had when the ledger came to know it. */
  readonly keyName: string;
  /** SHA-256 of the file, lower-case hex. */
  readonly fileSha256: string;
  /** `account:<id>` or `client:<id>`, as the change has it. */
  readonly changeKey: string;
  readonly kind: OperationKind;
  readonly step: number;
  /** SHA-256 of the exact body, lower-case hex. */
  readonly bodyHash: string;
}

export function hashBody(body: string): string {
  return hash("sha256", body);
}

/** The operation's name, the same however often it is started again. */
export function operationName(identity: OperationIdentity): string {
  const { apiUrl, keyName, fileSha256, changeKey, kind, step, bodyHash } = identity;
  return hash("sha256", JSON.stringify([apiUrl, keyName, fileSha256, changeKey, kind, step, bodyHash]));
}

/** The key of one generation of a name: a UUIDv5 (contract, "Idempotency"). */
export function idempotencyKey(name: string, generation: number): string {
  return v5(Buffer.from(`${name}/${generation}`), NAMESPACE);
}
