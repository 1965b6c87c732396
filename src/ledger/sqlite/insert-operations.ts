/**
 * Inserts the operations of a plan in SQLite, first or again.
 */

import type { PlannedChange } from "../ledger.ts";
import type { Run } from "../run.ts";
import type { SqliteDatabase } from "./database.ts";

const INSERT_OPERATION = `INSERT INTO operations (run, change, step, kind, generation, key, body_hash, body)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

/** Only within a write. */
export function insertOperations(db: SqliteDatabase, run: Run, { change, operations }: PlannedChange): void {
  for (const { step, kind, generation, key, bodyHash, body } of operations)
    db.run(INSERT_OPERATION, run.no, change, step, kind, generation, key, bodyHash, body);
}
