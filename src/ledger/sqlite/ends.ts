/**
 * Ends of changes in SQLite: the word of each, and which have none yet.
 */

import type { Verdict } from "../ledger.ts";
import type { Run } from "../run.ts";
import { encodeList } from "../sql/lists.ts";
import type { SqliteDatabase } from "./database.ts";

const END = "INSERT OR REPLACE INTO ends (run, change, word, issues, at) VALUES (?, ?, ?, ?, ?)";

/**
 * A query for the changes of the run ?1 behind ?2, up to ?3, that have not ended, in order. It goes through both tables side by side, which
 * is several times as quick as looking for the end of each change: a run that is resumed may have ended most of them.
 */
export const OPEN_CHANGES = ["changes", "ends"]
  .map((table) => `SELECT change FROM ${table} WHERE run = ?1 AND change > ?2 AND change <= ?3`)
  .join(" EXCEPT ")
  .concat(" ORDER BY change");

/** Only within a write. Whoever holds the claim of the account gives it up beside this. */
export function recordEnd(
  db: SqliteDatabase,
  run: Run,
  change: number,
  { word, issues }: Verdict,
  atMs: number | null,
): void {
  db.run(END, run.no, change, word, encodeList(issues), atMs);
}
