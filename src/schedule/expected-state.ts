/**
 * A state of the files that a job expects, which is an alarm while it lasts.
 */
import type { AlarmKind } from "../errors/alarm-kinds.ts";
import type { Code } from "../errors/codes/codes.ts";

export interface ExpectedState {
  readonly kind: AlarmKind;
  /** A day, a number of the sequence, or a file's key. */
  readonly subject: string;
  readonly code: Code;
  readonly message: string;
  readonly raisedAtMs: number;
  /** Null while nothing has ended it. */
  readonly clearedAtMs: number | null;
}

export const EXPECTED_KINDS = [
  ...(["late", "missing", "doubled", "out_of_order", "gap", "too_small", "too_large"] as const),
] satisfies readonly AlarmKind[];

/** A file of the job's source, as it came. */
export interface Delivery {
  readonly key: string;
  /** Its last modification: when it was delivered. */
  readonly atMs: number;
  /** In its name. */
  readonly sequence?: string;
  /** The batch that it is a version of; versions of one batch are one delivery. */
  readonly batch?: string;
  readonly isRejected: boolean;
  /** When the job began on it; none for a file that waits or was rejected. */
  readonly takenAtMs?: number;
}

/** The first version of each batch stands for all of them, from when it came. In the order in which they came. */
export function firstVersions(deliveries: readonly Delivery[]): readonly Delivery[] {
  const inOrder = deliveries.toSorted((one, other) => one.atMs - other.atMs || (one.key < other.key ? -1 : 1));
  const seen = new Set<string>();
  return inOrder.filter(({ batch }) => {
    if (batch === undefined) return true;
    const isFirst = !seen.has(batch);
    seen.add(batch);
    return isFirst;
  });
}
