/**
 * Plans in PostgreSQL: the operations and differences of each change come in, and go out to be applied. Never replaces an
 * operation that may have been sent.
 */

import type { PlansLedger } from "../ledger.ts";
import { planColumns } from "../sql/plan-columns.ts";
import { recordEnds } from "./ends.ts";
import { insertOperations, type PlanOfRun } from "./insert-operations.ts";
import { recordPlansAgain } from "./plan-again.ts";
import { postgresPlanCopy } from "./plan-copy.ts";
import { postgresPlanCounts } from "./plan-counts.ts";
import { readPlannedKinds } from "./read-planned-kinds.ts";
import { readPlannedPage } from "./read-planned-page.ts";
import { runForAll } from "./run-for-all.ts";
import { setApart } from "./set-apart.ts";
import type { PostgresStore } from "./store.ts";
import type { Perform } from "./writer.ts";

const PLAN = `INSERT INTO plans (run, change, at, touch, notes, differences, seen, resolutions, product)
  SELECT * FROM unnest($1::integer[], $2::integer[], $3::bigint[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[])
  ORDER BY 1, 2`;

/** What the look-up has seen is with the plan now, or was not needed. */
const FORGET_SEEN = `UPDATE finds SET seen = NULL FROM unnest($1::integer[], $2::integer[]) AS p (run, change)
  WHERE finds.run = p.run AND finds.change = p.change AND finds.seen IS NOT NULL`;

const recordPlans: Perform<readonly PlanOfRun[], undefined> = async (sql, items) => {
  const all = items.flat();
  const rows = all.map(({ run, plan }) => [run.no, plan.change, plan.plannedAtMs, plan.touch, ...planColumns(plan)]);
  await runForAll(sql, PLAN, rows);
  const lookedUp = all.filter(({ plan }) => plan.isLookedUp);
  await runForAll(
    sql,
    FORGET_SEEN,
    lookedUp.map(({ run, plan }) => [run.no, plan.change]),
  );
  await setApart(sql, all);
  await insertOperations(sql, all);
  const ends = all.flatMap(({ run, plan: { change, verdict, plannedAtMs: atMs } }) => {
    const { word, issues } = verdict;
    return word === null ? [] : [{ run, change, verdict: { word, issues }, atMs }];
  });
  await recordEnds(sql, ends);
  return items.map(() => undefined);
};

export function postgresPlans(store: PostgresStore): PlansLedger {
  return {
    ...postgresPlanCounts(store),
    ...postgresPlanCopy(store),

    recordPlans(run, plans) {
      return store.gather(
        recordPlans,
        plans.map((plan) => ({ run, plan })),
      );
    },

    recordPlanAgain: (run, plan) => store.act(recordPlansAgain, { run, plan, change: plan.change, names: [] }),

    readPlannedKinds: (run, page) => readPlannedKinds(store, run, page),

    takeToApply: (run, page) => readPlannedPage(store, run, page),
  };
}
