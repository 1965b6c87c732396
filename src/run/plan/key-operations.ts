/**
 * Gives planned operations their names and their idempotency keys.
 */
import type { KeyedOperation } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { hashBody, idempotencyKey, operationName } from "../../plan/idempotency-key.ts";
import type { Operation } from "../../plan/operation.ts";

/** The name of an operation in the ledger; it stays the same however often the operation begins anew. */
export function nameOf(run: Run, changeKey: string, operation: Omit<KeyedOperation, "generation" | "key">): string {
  const { kind, step, bodyHash } = operation;
  const { keyName, bank, file } = run;
  return operationName({ apiUrl: bank.apiUrl, keyName, fileSha256: file.sha256, changeKey, kind, step, bodyHash });
}

/**
 * `changeKey` is the key of their change. Their generation is the account's touch, which is above each one that was used for the account.
 */
export function keyOperations(
  run: Run,
  changeKey: string,
  operations: readonly Operation[],
  touch: number,
): KeyedOperation[] {
  return operations.map((operation) => {
    const hashed = { ...operation, bodyHash: hashBody(operation.body) };
    return { ...hashed, generation: touch, key: idempotencyKey(nameOf(run, changeKey, hashed), touch) };
  });
}
