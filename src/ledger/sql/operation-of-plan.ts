/**
 * The operations of a run with whom they are about, as columns have them.
 */
import type { OperationKind } from "../../plan/operation.ts";
import type { OperationOfPlan } from "../plans.ts";
import { ACCOUNT_ID } from "./change-shape.ts";

/** $1 run, $2 and $3 the change and step before the first, $4 how many at most. */
export const READ_OPERATIONS_OF_PLAN = `SELECT o.change, o.step, o.kind, o.body, c.key, ${ACCOUNT_ID} AS account_id
  FROM operations o JOIN changes c ON c.run = o.run AND c.change = o.change
  LEFT JOIN finds f ON f.run = o.run AND f.change = o.change
  WHERE o.run = $1 AND (o.change, o.step) > ($2, $3) ORDER BY o.change, o.step LIMIT $4`;

export interface OperationOfPlanShape {
  readonly change: number;
  readonly step: number;
  readonly kind: OperationKind;
  readonly body: string;
  readonly key: string;
  readonly account_id: string | null;
}

export function decodeOperationOfPlan({ account_id, ...shape }: OperationOfPlanShape): OperationOfPlan {
  return { ...shape, accountId: account_id };
}
