/**
 * Gives rows of a change a word of their own as it is planned, in SQLite, and keeps what the change wants without them. Only within the write
 * of its plan.
 */
import type { PlannedChange } from "../ledger.ts";
import type { Run } from "../run.ts";
import type { SqliteDatabase } from "./database.ts";
import { DESIRE } from "./folds.ts";

const SET_APART = `UPDATE rows SET word = ?3, issues = ?4
  WHERE run = ?1 AND row IN (SELECT value FROM json_each(?2)) AND word IS NULL`;

export function setApart(db: SqliteDatabase, run: Run, { change, apart }: PlannedChange): void {
  if (apart === undefined) return;
  for (const { rows, word, issues } of apart.ends)
    db.run(SET_APART, run.no, JSON.stringify(rows), word, JSON.stringify(issues));
  db.run(DESIRE, run.no, change, JSON.stringify(apart.desired));
}
