/**
 * Records new plans of changes that were planned before, in PostgreSQL: what was sent stays, what was not is replaced.
 */

import type { FatalError } from "../../errors/fatal-error.ts";
import { internal } from "../sql/errors.ts";
import { planColumns } from "../sql/plan-columns.ts";
import { PRESENT_PLAN, type PresentPlan, refusalOf } from "../sql/present-plan.ts";
import type { Sql } from "./database.ts";
import { endChanges } from "./end-change.ts";
import type { ActsOn } from "./held-accounts.ts";
import { insertOperations, type PlanOfRun } from "./insert-operations.ts";
import { nameAccounts } from "./name-accounts.ts";
import { setApart } from "./set-apart.ts";
import type { Perform } from "./writer.ts";

/** In the order of their keys, so that two processes never wait for each other. */
const LOCK = `SELECT p.change FROM plans p WHERE (p.run, p.change) IN (SELECT * FROM unnest($1::integer[], $2::integer[]))
  ORDER BY p.run, p.change FOR UPDATE`;

const READ_PRESENT = `${PRESENT_PLAN} AND p.run = $1 AND p.change = $2`;

const OF_UNSENT = `run = $1 AND change = $2 AND step NOT IN
  (SELECT step FROM sendings WHERE run = $1 AND change = $2 AND state <> 'planned')`;
const DELETE_UNSENT = `DELETE FROM operations WHERE ${OF_UNSENT}`;
/** An operation that was sent without success, and is not replaced, stays to be reported. */
const DELETE_UNTRIED = `${DELETE_UNSENT} AND step NOT IN (SELECT step FROM sendings WHERE run = $1 AND change = $2)`;
const FORGET_TRIED = "DELETE FROM sendings WHERE run = $1 AND change = $2 AND state = 'planned'";
const CARRY_SENDS = `INSERT INTO sendings (run, change, step, state, attempts, misanswered) VALUES ($1, $2, $3, 'planned', $4, $5)`;

/** Once something has been applied, what differed at first is what the row changed. */
const PLAN_AGAIN = `UPDATE plans SET at = $3, touch = $4, notes = $5,
  differences = CASE WHEN $10::integer > 0 THEN differences ELSE $6 END,
  seen = coalesce($7, seen), resolutions = coalesce($8, resolutions), product = coalesce($9, product)
  WHERE run = $1 AND change = $2`;

/** They are rare, so one after the other. */
export const recordPlansAgain: Perform<PlanOfRun & ActsOn, undefined> = async (sql, items) => {
  await sql.all(
    LOCK,
    items.map(({ run }) => run.no),
    items.map(({ change }) => change),
  );
  const results: (FatalError | undefined)[] = [];
  for (const item of items) results.push(await recordPlanAgain(sql, item));
  return results;
};

async function recordPlanAgain(sql: Sql, { run, plan }: PlanOfRun): Promise<FatalError | undefined> {
  const { change, accountId, plannedAtMs, touch, operations, verdict } = plan;
  const present = await sql.get<PresentPlan>(READ_PRESENT, run.no, change);
  if (present === undefined) throw internal(`run ${run.id}: the plan of change ${change} could not be counted`);
  const refusal = refusalOf(run, plan, present);
  if (refusal !== undefined) return refusal;
  const { last, sends, misanswered } = present;
  if (accountId !== null) await nameAccounts(sql, [{ run: run.no, change, accountId }]);
  await sql.run(operations.length > 0 ? DELETE_UNSENT : DELETE_UNTRIED, run.no, change);
  await sql.run(PLAN_AGAIN, run.no, change, plannedAtMs, touch, ...planColumns(plan), last);
  await setApart(sql, [{ run, plan }]);
  const [first] = operations;
  if (first !== undefined) {
    await sql.run(FORGET_TRIED, run.no, change);
    if (sends + misanswered > 0) await sql.run(CARRY_SENDS, run.no, change, first.step, sends, misanswered);
    await insertOperations(sql, [{ run, plan }]);
  }
  const { word, issues } = verdict;
  if (word !== null) await endChanges(sql, [{ run, change, verdict: { word, issues }, atMs: plannedAtMs }]);
  return undefined;
}
