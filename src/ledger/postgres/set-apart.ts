/**
 * Gives rows of changes a word of their own as these are planned, in PostgreSQL, and keeps what the changes want without them. Only within the
 * write of their plans.
 */
import type { Sql } from "./database.ts";
import { DESIRE } from "./folds.ts";
import type { PlanOfRun } from "./insert-operations.ts";
import { runForAll } from "./run-for-all.ts";

const SET_APART = `UPDATE rows SET word = a.word, issues = a.issues
  FROM unnest($1::integer[], $2::integer[], $3::text[], $4::text[]) AS a (run, row, word, issues)
  WHERE rows.run = a.run AND rows.row = a.row AND rows.word IS NULL`;

export async function setApart(sql: Sql, plans: readonly PlanOfRun[]): Promise<void> {
  const parted = plans.flatMap(({ run, plan: { change, apart } }) =>
    apart === undefined ? [] : [{ run, change, apart }],
  );
  const rows = parted.flatMap(({ run, apart }) =>
    apart.ends.flatMap(({ rows: of, word, issues }) => of.map((row) => [run.no, row, word, JSON.stringify(issues)])),
  );
  await runForAll(sql, SET_APART, rows);
  const desires = parted.map(({ run, change, apart }) => [run.no, change, JSON.stringify(apart.desired)]);
  await runForAll(sql, DESIRE, desires);
}
