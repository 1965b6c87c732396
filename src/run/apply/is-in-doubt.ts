/**
 * Whether an operation may have taken effect without our knowing.
 */
import type { StoredOperation } from "../../ledger/ledger.ts";

export function isInDoubt({ inDoubt, state }: StoredOperation): boolean {
  return inDoubt || state === "sending" || state === "unknown";
}
