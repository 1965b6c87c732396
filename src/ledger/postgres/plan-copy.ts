/**
 * Plans that are applied later, in PostgreSQL: their operations go out to be hashed, and all of a plan goes over into the run that applies
 * it.
 */
import type { PlansLedger } from "../ledger.ts";
import { decodeOperationOfPlan, type OperationOfPlanShape, READ_OPERATIONS_OF_PLAN } from "../sql/operation-of-plan.ts";
import { COPY_BATCH, type LastRow, PLAN_COPY } from "../sql/plan-copy.ts";
import type { Sql } from "./database.ts";
import type { PostgresStore } from "./store.ts";

export function postgresPlanCopy(store: PostgresStore): Pick<PlansLedger, "copyPlan" | "readOperations"> {
  return {
    async copyPlan(plan, run) {
      const copyNext = async (sql: Sql): Promise<boolean> => {
        const after = (await sql.get<LastRow>(PLAN_COPY.last, run.no))?.row ?? 0;
        const to = (await sql.get<LastRow>(PLAN_COPY.end, plan.no, after, COPY_BATCH))?.row ?? null;
        if (to !== null) for (const statement of PLAN_COPY.range) await sql.run(statement, run.no, plan.no, after, to);
        return to !== null;
      };
      await store.write(async (sql) => {
        for (const statement of [PLAN_COPY.run, PLAN_COPY.guards]) await sql.run(statement, run.no, plan.no);
      });
      for (let isLeft = true; isLeft; ) isLeft = await store.write(copyNext);
    },

    async readOperations(run, { change, step }, limit) {
      const shapes = await store.sql.all<OperationOfPlanShape>(READ_OPERATIONS_OF_PLAN, run.no, change, step, limit);
      return shapes.map(decodeOperationOfPlan);
    },
  };
}
