/**
 * Changes in SQLite, from read to done: put together from folding, finding and planning, with their end and what opens
 * one again. Never looks into what is desired.
 */
import type { ChangesLedger } from "../ledger.ts";
import type { Run } from "../run.ts";
import type { Subject } from "./claims.ts";
import { endChange } from "./end-change.ts";
import { sqliteFinds } from "./finds.ts";
import { sqliteFolds } from "./folds.ts";
import { sqliteNear } from "./near.ts";
import { sqlitePlans } from "./plans.ts";
import { internal, type SqliteStore } from "./store.ts";

/** What was skipped behind an unknown operation gets its turn once that one is settled. */
const PLAN_SKIPPED = `UPDATE operations SET state = 'planned' WHERE run = ?1 AND change = ?2 AND state = 'skipped'
  AND step > (SELECT min(step) FROM operations WHERE run = ?1 AND change = ?2 AND state = 'unknown')`;

const SEND_UNKNOWN = "UPDATE operations SET state = 'sending' WHERE run = ? AND change = ? AND state = 'unknown'";

const REOPEN =
  "UPDATE changes SET state = 'planned', word = NULL, issues = NULL, at = NULL WHERE run = ? AND change = ?";

/** Back to the phase that works on what is open: whatever a run says of itself, it does not report before that. */
const REOPEN_RUN = `UPDATE runs SET ended_at = NULL, stage = iif(
    EXISTS (SELECT 1 FROM changes INDEXED BY changes_open WHERE run = ?1 AND state IN ('read', 'found') AND state <> 'done'),
    'plan', 'apply')
  WHERE no = ?1 AND stage IN ('report', 'ended')
    AND EXISTS (SELECT 1 FROM changes INDEXED BY changes_open WHERE run = ?1 AND state <> 'done')`;

export function sqliteChanges(store: SqliteStore): ChangesLedger {
  const { db } = store;

  const reopen = (run: Run): number => {
    const sql = "SELECT change FROM changes INDEXED BY changes_unknown WHERE run = ? AND word = 'unknown'";
    const unknown = db.all<{ change: number }>(sql, run.no);
    for (const { change } of unknown) {
      for (const statement of [PLAN_SKIPPED, SEND_UNKNOWN, REOPEN]) db.run(statement, run.no, change);
    }
    db.run(REOPEN_RUN, run.no);
    return unknown.length;
  };

  return {
    ...sqliteFolds(store),
    ...sqliteFinds(store),
    ...sqliteNear(store),
    ...sqlitePlans(store),

    recordDone(run, change, verdict, atMs) {
      return store.write(() => {
        const subject = db.get<Subject>(
          "SELECT key, account_id FROM changes WHERE run = ? AND change = ?",
          run.no,
          change,
        );
        if (subject === undefined) throw internal(`run ${run.id} has no change ${change}`);
        endChange(db, store.bankOf(run), run, change, subject, verdict, atMs);
      });
    },

    async recordBegun(run, change) {
      await store.write(() =>
        db.run("UPDATE changes SET begun = begun + 1 WHERE run = ? AND change = ?", run.no, change),
      );
    },

    async recordResting(run, change) {
      await store.write(() =>
        db.run("UPDATE changes SET begun = max(begun - 1, 0) WHERE run = ? AND change = ?", run.no, change),
      );
    },

    async recordLeft(run, change) {
      await store.write(() => db.run("UPDATE changes SET begun = 0 WHERE run = ? AND change = ?", run.no, change));
    },

    reopenUnknown: (run) => store.write(() => reopen(run)),
  };
}
