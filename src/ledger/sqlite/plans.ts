/**
 * Plans in SQLite: the operations and differences of each change come in, and go out to be applied. Never replaces an
 * operation that may have been sent.
 */

import type { PlannedChange, PlansLedger } from "../ledger.ts";
import type { Run } from "../run.ts";
import { planColumns } from "../sql/plan-columns.ts";
import type { SqliteDatabase } from "./database.ts";
import { recordEnd } from "./ends.ts";
import { insertOperations } from "./insert-operations.ts";
import { recordPlanAgain } from "./plan-again.ts";
import { sqlitePlanCopy } from "./plan-copy.ts";
import { sqlitePlanCounts } from "./plan-counts.ts";
import { readPlannedKinds } from "./read-planned-kinds.ts";
import { readPlannedPage } from "./read-planned-page.ts";
import { setApart } from "./set-apart.ts";
import type { SqliteStore } from "./store.ts";

const PLAN = `INSERT INTO plans (run, change, at, touch, notes, differences, seen, resolutions, product) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** What the look-up has seen is with the plan now, or was not needed. */
const FORGET_SEEN = "UPDATE finds SET seen = NULL WHERE run = ? AND change = ? AND seen IS NOT NULL";

/** Only within a write. */
function recordPlan(db: SqliteDatabase, run: Run, plan: PlannedChange): void {
  const { change, plannedAtMs, touch, verdict, isLookedUp } = plan;
  db.run(PLAN, run.no, change, plannedAtMs, touch, ...planColumns(plan));
  if (isLookedUp) db.run(FORGET_SEEN, run.no, change);
  setApart(db, run, plan);
  insertOperations(db, run, plan);
  const { word, issues } = verdict;
  if (word !== null) recordEnd(db, run, change, { word, issues }, plannedAtMs);
}

export function sqlitePlans(store: SqliteStore): PlansLedger {
  const { db } = store;
  return {
    ...sqlitePlanCounts(store),
    ...sqlitePlanCopy(store),

    recordPlans(run, plans) {
      return store.write(() => {
        for (const plan of plans) recordPlan(db, run, plan);
      });
    },

    recordPlanAgain: (run, plan) => store.write(() => recordPlanAgain(db, run, plan)),

    readPlannedKinds: async (run, page) => readPlannedKinds(store, run, page),

    takeToApply: async (run, page) => readPlannedPage(store, run, page),
  };
}
