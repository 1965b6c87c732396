/**
 * Puts planned operations into their order of sending. Pure.
 */
import type { StatusReason, TransitionKind } from "../account.ts";
import type { Operation } from "./operation.ts";

export type UnnumberedOperation = Omit<Operation, "step">;

/** Steps count from 1 in the order given. */
export function numberSteps(operations: readonly UnnumberedOperation[]): Operation[] {
  return operations.map((operation, index) => ({ step: index + 1, ...operation }));
}

/** `activate` has no body; the others have the reason (contract, "Endpoints we use"). */
export function transitionOperation(kind: TransitionKind, reason: StatusReason | null): UnnumberedOperation {
  return { kind, body: kind === "activate" ? "" : JSON.stringify({ status_reason: reason }) };
}
