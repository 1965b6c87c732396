/**
 * Gives planned operations their names and their idempotency keys.
 */
import type { KeyedOperation } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { hashBody, idempotencyKey, operationName } from "../../plan/idempotency-key.ts";
import type { Operation } from "../../plan/operation.ts";
import type { RunInHand } from "../run-in-hand.ts";

/** The name of an operation in the ledger; it stays the same however often the operation begins anew. */
export function nameOf(run: Run, changeKey: string, operation: Omit<KeyedOperation, "generation" | "key">): string {
  const { kind, step, bodyHash } = operation;
  const { keyName, bank, file } = run;
  return operationName({ apiUrl: bank.apiUrl, keyName, fileSha256: file.sha256, changeKey, kind, step, bodyHash });
}

/** `changeKey` is the key of their change. The ledger says which generation each operation is in. */
export async function keyOperations(
  { ledger, run }: RunInHand,
  changeKey: string,
  operations: readonly Operation[],
): Promise<KeyedOperation[]> {
  const named = operations.map((operation) => {
    const hashed = { ...operation, bodyHash: hashBody(operation.body) };
    return { hashed, name: nameOf(run, changeKey, hashed) };
  });
  const names = named.map(({ name }) => name);
  const generations = await ledger.operations.readGenerations(run.bank, changeKey, names);
  return named.map(({ hashed, name }, index) => {
    const generation = generations[index] ?? 0;
    return { ...hashed, generation, key: idempotencyKey(name, generation) };
  });
}
