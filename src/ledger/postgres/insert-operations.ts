/**
 * Inserts the operations of plans in PostgreSQL, first or again.
 */
import type { PlannedChange } from "../ledger.ts";
import type { Run } from "../run.ts";
import type { Sql } from "./database.ts";
import { runForAll } from "./run-for-all.ts";

const INSERT_OPERATIONS = `INSERT INTO operations (run, change, step, kind, generation, key, body_hash, body)
  SELECT * FROM unnest($1::integer[], $2::integer[], $3::integer[], $4::text[], $5::integer[], $6::text[], $7::text[], $8::text[])
  ORDER BY 1, 2, 3`;

export interface PlanOfRun {
  readonly run: Run;
  readonly plan: PlannedChange;
}

/** Only within a write. */
export async function insertOperations(sql: Sql, plans: readonly PlanOfRun[]): Promise<void> {
  const rows = plans.flatMap(({ run, plan: { change, operations } }) =>
    operations.map(({ step, kind, generation, key, bodyHash, body }) => [
      run.no,
      change,
      step,
      kind,
      generation,
      key,
      bodyHash,
      body,
    ]),
  );
  await runForAll(sql, INSERT_OPERATIONS, rows);
}
