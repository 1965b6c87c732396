/**
 * Batch: what the name of a file in the bank's own form says of it, `<Batch-ID>_account_V<n>.csv` (contract, "The bank's own
 * account file"). A key goes in, batch and version come out. Pure.
 */

/** `version` is a whole number: V10 comes after V9. */
export interface Batch {
  /** As the name has it. */
  readonly id: string;
  readonly version: number;
}

/** The last part of a key. Letter case says nothing in `account`, `V` and the ending, and zeros before the number neither. */
const NAME = /(?:^|\/)([^/]+)_account_v([0-9]{1,15})\.csv(?:\.gz)?$/i;

/** None for a file of any other name: it belongs to no batch. */
export function batchOf(key: string): Batch | undefined {
  const [, id, digits] = NAME.exec(key) ?? [];
  return id === undefined ? undefined : { id, version: Number(digits) };
}

/** Equal for names of one batch: two that differ in letter case or Unicode form alone are one. */
export function foldBatchId(id: string): string {
  return id.normalize("NFC").toLowerCase();
}

/** Whether both are of one batch, and differ in version. */
export function isOtherVersion(a: Batch | null | undefined, b: Batch | null | undefined): boolean {
  return a != null && b != null && foldBatchId(a.id) === foldBatchId(b.id) && a.version !== b.version;
}
