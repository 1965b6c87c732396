/**
 * Plans that are applied later, in SQLite: their operations go out to be hashed, and all of a plan goes over into the run that applies it.
 */
import type { PlansLedger } from "../ledger.ts";
import { decodeOperationOfPlan, type OperationOfPlanShape, READ_OPERATIONS_OF_PLAN } from "../sql/operation-of-plan.ts";
import { COPY_BATCH, type LastRow, PLAN_COPY } from "../sql/plan-copy.ts";
import { placed } from "./placed.ts";
import type { SqliteStore } from "./store.ts";

const WHOLE = [PLAN_COPY.run, PLAN_COPY.guards].map(placed);
const [LAST, END] = [placed(PLAN_COPY.last), placed(PLAN_COPY.end)];
const RANGE = PLAN_COPY.range.map(placed);
const READ = placed(READ_OPERATIONS_OF_PLAN);

export function sqlitePlanCopy(store: SqliteStore): Pick<PlansLedger, "copyPlan" | "readOperations"> {
  const { db } = store;
  return {
    async copyPlan(plan, run) {
      const copyNext = (): boolean => {
        const after = db.get<LastRow>(LAST, run.no)?.row ?? 0;
        const to = db.get<LastRow>(END, plan.no, after, COPY_BATCH)?.row ?? null;
        if (to !== null) for (const sql of RANGE) db.run(sql, run.no, plan.no, after, to);
        return to !== null;
      };
      await store.write(() => {
        for (const sql of WHOLE) db.run(sql, run.no, plan.no);
      });
      for (let isLeft = true; isLeft; ) isLeft = await store.write(copyNext);
    },

    async readOperations(run, { change, step }, limit) {
      return db.all<OperationOfPlanShape>(READ, run.no, change, step, limit).map(decodeOperationOfPlan);
    },
  };
}
