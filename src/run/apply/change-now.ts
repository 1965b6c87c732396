/**
 * A change as it is now, with what has become of its operations since it was read from the ledger.
 */
import type { ChangeToApply, StoredOperation } from "../../ledger/ledger.ts";

export interface ChangeNow {
  readonly kind: "change";
  readonly change: ChangeToApply;
}

export function withOperation(change: ChangeToApply, operation: StoredOperation): ChangeToApply {
  const operations = change.operations.map((one) => (one.step === operation.step ? operation : one));
  return { ...change, operations };
}
