/**
 * Records the new plan of a change that was planned before, in SQLite: what was sent stays, what was not is replaced. Only within a write.
 */

import type { PlannedChange } from "../ledger.ts";
import type { Run } from "../run.ts";
import { IS_IN_DOUBT, isOpen } from "../sql/conditions.ts";
import { internal } from "../sql/errors.ts";
import { planColumns } from "../sql/plan-columns.ts";
import type { SqliteDatabase } from "./database.ts";
import { endChange } from "./end-change.ts";
import { nameAccount } from "./finds.ts";
import { insertOperations } from "./insert-operations.ts";

/** The plan as it is now. An aggregate, so that there is exactly one row; no touch for a change that is not planned, or ended. */
const READ_PRESENT = `SELECT min(p.touch) AS touch, coalesce(max(${IS_IN_DOUBT}), 0) AS is_open,
    coalesce(max(iif(s.state = 'planned', 0, s.step)), 0) AS last, coalesce(sum(iif(s.state = 'planned', s.attempts, 0)), 0) AS sends,
    coalesce(sum(iif(s.state = 'planned', s.misanswered, 0)), 0) AS misanswered
  FROM plans p LEFT JOIN sendings s ON s.run = p.run AND s.change = p.change
  WHERE p.run = ? AND p.change = ? AND ${isOpen("p")}`;

interface PresentPlan {
  readonly touch: number | null;
  readonly is_open: 0 | 1;
  /** The last step that stays. */
  readonly last: number;
  /** The sends of operations that are planned again, and how many of them were answered for another account. */
  readonly sends: number;
  readonly misanswered: number;
}

const OF_UNSENT = `run = ?1 AND change = ?2 AND step NOT IN
  (SELECT step FROM sendings WHERE run = ?1 AND change = ?2 AND state <> 'planned')`;
const DELETE_UNSENT = `DELETE FROM operations WHERE ${OF_UNSENT}`;
/** An operation that was sent without success, and is not replaced, stays to be reported. */
const DELETE_UNTRIED = `${DELETE_UNSENT} AND step NOT IN (SELECT step FROM sendings WHERE run = ?1 AND change = ?2)`;
const FORGET_TRIED = "DELETE FROM sendings WHERE run = ? AND change = ? AND state = 'planned'";
const CARRY_SENDS = `INSERT INTO sendings (run, change, step, state, attempts, misanswered) VALUES (?, ?, ?, 'planned', ?, ?)`;

/** Once something has been applied, what differed at first is what the row changed. */
const PLAN_AGAIN = `UPDATE plans SET at = ?3, touch = ?4, notes = ?5, differences = iif(?9 > 0, differences, ?6),
  seen = coalesce(?7, seen), resolutions = coalesce(?8, resolutions) WHERE run = ?1 AND change = ?2`;

export function recordPlanAgain(db: SqliteDatabase, run: Run, plan: PlannedChange): void {
  const { change, accountId, plannedAtMs, touch, operations, verdict } = plan;
  const present = db.get<PresentPlan>(READ_PRESENT, run.no, change);
  if (present === undefined || present.touch === null || present.is_open === 1)
    throw internal(`run ${run.id}: change ${change} is not to be planned now`);
  const { last, sends, misanswered } = present;
  for (const [index, { step }] of operations.entries()) {
    if (step !== last + index + 1) throw internal(`run ${run.id}: change ${change} has no place for step ${step}`);
  }
  if (accountId !== null) nameAccount(db, run, change, accountId);
  db.run(operations.length > 0 ? DELETE_UNSENT : DELETE_UNTRIED, run.no, change);
  db.run(PLAN_AGAIN, run.no, change, plannedAtMs, touch, ...planColumns(plan), last);
  const [first] = operations;
  if (first !== undefined) {
    db.run(FORGET_TRIED, run.no, change);
    if (sends + misanswered > 0) db.run(CARRY_SENDS, run.no, change, first.step, sends, misanswered);
    insertOperations(db, run, plan);
  }
  const { word, issues } = verdict;
  if (word !== null) endChange(db, run, change, { word, issues }, plannedAtMs);
}
