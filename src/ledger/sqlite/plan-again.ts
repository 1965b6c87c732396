/**
 * Records the new plan of a change that was planned before, in SQLite: what was sent stays, what was not is replaced. Only within a write.
 */

import type { PlannedChange } from "../ledger.ts";
import type { Run } from "../run.ts";
import { internal } from "../sql/errors.ts";
import { planColumns } from "../sql/plan-columns.ts";
import { PRESENT_PLAN, type PresentPlan, refusalOf } from "../sql/present-plan.ts";
import type { SqliteDatabase } from "./database.ts";
import { endChange } from "./end-change.ts";
import { nameAccount } from "./finds.ts";
import { insertOperations } from "./insert-operations.ts";
import { setApart } from "./set-apart.ts";

const READ_PRESENT = `${PRESENT_PLAN} AND p.run = ? AND p.change = ?`;

const OF_UNSENT = `run = ?1 AND change = ?2 AND step NOT IN
  (SELECT step FROM sendings WHERE run = ?1 AND change = ?2 AND state <> 'planned')`;
const DELETE_UNSENT = `DELETE FROM operations WHERE ${OF_UNSENT}`;
/** An operation that was sent without success, and is not replaced, stays to be reported. */
const DELETE_UNTRIED = `${DELETE_UNSENT} AND step NOT IN (SELECT step FROM sendings WHERE run = ?1 AND change = ?2)`;
const FORGET_TRIED = "DELETE FROM sendings WHERE run = ? AND change = ? AND state = 'planned'";
const CARRY_SENDS = `INSERT INTO sendings (run, change, step, state, attempts, misanswered) VALUES (?, ?, ?, 'planned', ?, ?)`;

/** Once something has been applied, what differed at first is what the row changed. */
const PLAN_AGAIN = `UPDATE plans SET at = ?3, touch = ?4, notes = ?5, differences = iif(?10 > 0, differences, ?6),
  seen = coalesce(?7, seen), resolutions = coalesce(?8, resolutions), product = coalesce(?9, product)
  WHERE run = ?1 AND change = ?2`;

export function recordPlanAgain(db: SqliteDatabase, run: Run, plan: PlannedChange): void {
  const { change, accountId, plannedAtMs, touch, operations, verdict } = plan;
  const present = db.get<PresentPlan>(READ_PRESENT, run.no, change);
  if (present === undefined) throw internal(`run ${run.id}: the plan of change ${change} could not be counted`);
  const refusal = refusalOf(run, plan, present);
  if (refusal !== undefined) throw refusal;
  const { last, sends, misanswered } = present;
  if (accountId !== null) nameAccount(db, run, change, accountId);
  db.run(operations.length > 0 ? DELETE_UNSENT : DELETE_UNTRIED, run.no, change);
  db.run(PLAN_AGAIN, run.no, change, plannedAtMs, touch, ...planColumns(plan), last);
  setApart(db, run, plan);
  const [first] = operations;
  if (first !== undefined) {
    db.run(FORGET_TRIED, run.no, change);
    if (sends + misanswered > 0) db.run(CARRY_SENDS, run.no, change, first.step, sends, misanswered);
    insertOperations(db, run, plan);
  }
  const { word, issues } = verdict;
  if (word !== null) endChange(db, run, change, { word, issues }, plannedAtMs);
}
