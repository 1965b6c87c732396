/**
 * What the bank was seen to hold, kept in SQLite beside its change: written by a look-up and by a plan. Only within a write.
 */
import type { Run } from "../run.ts";
import type { SqliteDatabase } from "./database.ts";

const RECORD = "INSERT OR REPLACE INTO seen (run, change, actual) VALUES (?, ?, ?)";
const FORGET = "DELETE FROM seen WHERE run = ? AND change = ?";

/** `actual` is the JSON text of an Actual. */
export function recordSeen(db: SqliteDatabase, run: Run, change: number, actual: string): void {
  db.run(RECORD, run.no, change, actual);
}

export function forgetSeen(db: SqliteDatabase, run: Run, change: number): void {
  db.run(FORGET, run.no, change);
}
