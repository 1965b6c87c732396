/**
 * A plan as the columns of SQLite have it, first or again: what is said of it, and its operations.
 */
import type { PlannedChange } from "../ledger.ts";
import type { Run } from "../run.ts";
import type { SqliteDatabase } from "./database.ts";
import { encodeList } from "./store.ts";

const INSERT_OPERATION = `INSERT INTO operations (run, change, step, kind, generation, key, body_hash, body)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

/** Within a query: whether the change of that table or alias has no plan. */
export const isUnplanned = (of: string) =>
  `NOT EXISTS (SELECT 1 FROM plans WHERE plans.run = ${of}.run AND plans.change = ${of}.change)`;

/** What is said of a plan beside its operations, as the columns of `plans` have it. */
export function planColumns({ verdict, differences, seen, resolutions }: PlannedChange) {
  const { word, issues } = verdict;
  const notes = word === null ? encodeList(issues) : null;
  const kept = word === "unchanged" ? null : seen;
  return [notes, encodeList(differences), kept, encodeList(resolutions)] as const;
}

/** Only within a write. */
export function insertOperations(db: SqliteDatabase, run: Run, { change, operations }: PlannedChange): void {
  for (const { step, kind, generation, key, bodyHash, body } of operations)
    db.run(INSERT_OPERATION, run.no, change, step, kind, generation, key, bodyHash, body);
}
