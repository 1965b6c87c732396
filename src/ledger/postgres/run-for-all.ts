/**
 * Runs a statement once for many rows.
 */
import type { PgValue, Sql } from "./database.ts";

type Rows = readonly (readonly (string | number | null)[])[];

/**
 * `$1` is the list of what the rows have in their first place, and so on; `unnest` makes rows of them again. Runs nothing for no rows.
 * Resolves with how many it changed.
 */
export async function runForAll(sql: Sql, statement: string, rows: Rows): Promise<number> {
  return rows.length === 0 ? 0 : sql.run(statement, ...listsOf(rows));
}

/** The same for a statement that gives rows. */
export async function readForAll<Shape extends object>(sql: Sql, statement: string, rows: Rows): Promise<Shape[]> {
  return rows.length === 0 ? [] : sql.all<Shape>(statement, ...listsOf(rows));
}

function listsOf(rows: Rows): readonly PgValue[] {
  return (rows[0] ?? []).map((_, at) => rows.map((row) => row[at] ?? null));
}
