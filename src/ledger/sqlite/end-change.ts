/**
 * Ends a change in SQLite: records its word, skips what was not sent, and gives up its claim.
 */
import type { Verdict } from "../ledger.ts";
import type { Run } from "../run.ts";
import { releaseClaim, type Subject } from "./claims.ts";
import type { SqliteDatabase } from "./database.ts";
import { encodeList } from "./store.ts";

const END = "UPDATE changes SET state = 'done', begun = 0, word = ?, issues = ?, at = ? WHERE run = ? AND change = ?";

/** What is being sent, nobody waits for any more; what is planned is not sent. */
const END_OPERATIONS = `UPDATE operations SET state = iif(state = 'sending', 'unknown', 'skipped'),
    in_doubt = iif(state = 'sending', 1, in_doubt)
  WHERE run = ? AND change = ? AND state IN ('sending', 'planned')`;

/** Only within a write. `bank` is the run's, `subject` the change's by now. An unknown change keeps its claim. */
export function endChange(
  db: SqliteDatabase,
  bank: number,
  run: Run,
  change: number,
  subject: Subject,
  { word, issues }: Verdict,
  atMs: number,
): void {
  db.run(END, word, encodeList(issues), atMs, run.no, change);
  db.run(END_OPERATIONS, run.no, change);
  if (word !== "unknown") releaseClaim(db, bank, subject, { run: run.no, change });
}
