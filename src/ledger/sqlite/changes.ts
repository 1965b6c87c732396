/**
 * Changes in SQLite, from read to done: put together from folding, finding and planning, with their end and what opens
 * one again. Never looks into what is desired.
 */

import type { ChangesLedger } from "../ledger.ts";
import type { Run } from "../run.ts";
import { isOpen, isUnplanned, WHOLE } from "../sql/conditions.ts";
import { internal } from "../sql/errors.ts";
import { encodeList } from "../sql/lists.ts";
import { restAll } from "./claims.ts";
import type { SqliteDatabase } from "./database.ts";
import { endChange } from "./end-change.ts";
import { sqliteFinds } from "./finds.ts";
import { sqliteFolds } from "./folds.ts";
import { sqliteNear } from "./near.ts";
import { sqlitePlans } from "./plans.ts";
import type { SqliteStore } from "./store.ts";

/** Without its end, an operation that was unknown is in doubt, and what was skipped behind it gets its turn. */
const REOPEN = "DELETE FROM ends INDEXED BY ends_unknown WHERE run = ? AND word = 'unknown'";

/** Back to the phase that works on what is open: whatever a run says of itself, it does not report before that. */
const REOPEN_RUN = `UPDATE runs SET ended_at = NULL, stage = iif(
    EXISTS (SELECT 1 FROM changes c WHERE c.run = ?1 AND ${isOpen("c")} AND ${isUnplanned("c")}), 'plan', 'apply')
  WHERE no = ?1 AND stage IN ('report', 'ended') AND EXISTS (SELECT 1 FROM changes c WHERE c.run = ?1 AND ${isOpen("c")})`;

/** One that is unknown keeps its claim, and nobody is at work on it. */
const COUNT_DEATHS = `UPDATE changes SET begun = begun + 1
  WHERE run = ?1 AND change IN (SELECT change FROM accounts WHERE run = ?1 AND at_work = 1 AND change > ?2 AND change <= ?3)
    AND ${isOpen("changes")}`;

const COUNT_BEGUN = "UPDATE changes SET begun = begun + 1 WHERE run = ? AND change = ?";
const SET_BEGUN = "UPDATE changes SET begun = ? WHERE run = ? AND change = ?";
const FORGIVE = "UPDATE changes SET begun = ?2 WHERE run = ?1 AND begun > ?2";

const KEEP_DRIFT = "UPDATE plans SET drift = ? WHERE run = ? AND change = ?";

const EXISTS = "SELECT 1 FROM changes WHERE run = ? AND change = ?";

/** Only within a write. */
export function reopenRun(db: SqliteDatabase, run: Run): void {
  db.run(REOPEN_RUN, run.no);
}

export function sqliteChanges(store: SqliteStore): ChangesLedger {
  const { db } = store;

  return {
    ...sqliteFolds(store),
    ...sqliteFinds(store),
    ...sqliteNear(store),
    ...sqlitePlans(store),

    recordDone(run, change, verdict, atMs, drift = []) {
      return store.write(() => {
        if (drift.length > 0) db.run(KEEP_DRIFT, encodeList(drift), run.no, change);
        if (db.get(EXISTS, run.no, change) === undefined) throw internal(`run ${run.id} has no change ${change}`);
        endChange(db, run, change, verdict, atMs);
      });
    },

    recordDeaths(run, range = WHOLE) {
      return store.write(() => {
        db.run(COUNT_DEATHS, run.no, range.after, range.to);
        restAll(db, run, range);
      });
    },

    recordBegun: (run, change) => store.write(() => void db.run(COUNT_BEGUN, run.no, change)),
    recordLeft: (run, change, begun) => store.write(() => void db.run(SET_BEGUN, begun, run.no, change)),

    forgiveDeaths: (run, most) => store.write(() => void db.run(FORGIVE, run.no, most)),

    reopenUnknown(run) {
      return store.write(() => {
        const reopened = db.run(REOPEN, run.no);
        reopenRun(db, run);
        return reopened;
      });
    },
  };
}
