/**
 * The end of a change in SQLite: its word, what of it is not sent any more, and its claim given up.
 */
import type { Verdict } from "./ledger.ts";
import type { Run } from "./run.ts";
import { releaseClaim, type Subject } from "./sqlite-claims.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";
import { encodeList, internal } from "./sqlite-store.ts";

const END = `UPDATE changes SET state = 'done', begun = 0, word = ?, issues = ?, at = ? WHERE run = ? AND change = ?
  RETURNING key, account_id`;

/** What is being sent, nobody waits for any more; what is planned is not sent. */
const END_OPERATIONS = `UPDATE operations SET state = iif(state = 'sending', 'unknown', 'skipped'),
    in_doubt = iif(state = 'sending', 1, in_doubt)
  WHERE run = ? AND change = ? AND state IN ('sending', 'planned')`;

/** Only within a write. `bank` is the run's. An unknown change keeps its claim. */
export function endChange(
  db: SqliteDatabase,
  bank: number,
  run: Run,
  change: number,
  { word, issues }: Verdict,
  atMs: number,
): void {
  const subject = db.get<Subject>(END, word, encodeList(issues), atMs, run.no, change);
  if (subject === undefined) throw internal(`run ${run.id} has no change ${change}`);
  db.run(END_OPERATIONS, run.no, change);
  if (word !== "unknown") releaseClaim(db, bank, subject, { run: run.no, change });
}
