/**
 * The plan of a change as it is now, as columns have it, and whether it can be replaced.
 */
import type { FatalError } from "../../errors/fatal-error.ts";
import type { PlannedChange } from "../plans.ts";
import type { Run } from "../run.ts";
import { IS_IN_DOUBT, isOpen } from "./conditions.ts";
import { internal } from "./errors.ts";

/** A query, but for its conditions on the plan `p`. An aggregate, so that there is exactly one row; no touch for a change that is not planned, or ended. */
export const PRESENT_PLAN = `SELECT min(p.touch) AS touch, coalesce(max(CASE WHEN ${IS_IN_DOUBT} THEN 1 ELSE 0 END), 0) AS is_open,
    coalesce(max(CASE WHEN s.state = 'planned' THEN 0 ELSE s.step END), 0) AS last,
    coalesce(sum(CASE WHEN s.state = 'planned' THEN s.attempts END), 0) AS sends,
    coalesce(sum(CASE WHEN s.state = 'planned' THEN s.misanswered END), 0) AS misanswered
  FROM plans p LEFT JOIN sendings s ON s.run = p.run AND s.change = p.change WHERE ${isOpen("p")}`;

export interface PresentPlan {
  readonly touch: number | null;
  readonly is_open: 0 | 1;
  /** The last step that stays. */
  readonly last: number;
  /** The sends of operations that are planned again, and how many of them were answered for another account. */
  readonly sends: number;
  readonly misanswered: number;
}

/** Why the new plan cannot take the place of the present one, if so. */
export function refusalOf(
  run: Run,
  { change, operations }: PlannedChange,
  { touch, is_open, last }: PresentPlan,
): FatalError | undefined {
  if (touch === null || is_open === 1) return internal(`run ${run.id}: change ${change} is not to be planned now`);
  const misplaced = operations.find(({ step }, index) => step !== last + index + 1);
  return misplaced && internal(`run ${run.id}: change ${change} has no place for step ${misplaced.step}`);
}
