/**
 * Guards in SQLite: what a plan comes to, the changes that each guard holds, and their release. Each is one look at a whole run.
 */
import type { HeldBy } from "../../plan/judge-guards.ts";
import type { Approval, GuardsLedger, TrippedGuard } from "../guards.ts";
import type { Run } from "../run.ts";
import { isOpen } from "../sql/conditions.ts";
import {
  countHeldBy,
  countPlanned,
  decodeCounts,
  decodeGuard,
  type GuardShape,
  heldEnds,
  isGuardHeld,
  isHeldBy,
  type KindCount,
  listGuards,
  listOf,
  MAY_HOLD,
} from "../sql/guard-shape.ts";
import { reopenRun } from "./changes.ts";
import { releaseEnded } from "./claims.ts";
import type { SqliteDatabase } from "./database.ts";
import type { SqliteStore } from "./store.ts";

/** The first condition is quick, the second exact: a text of the row may contain the same characters. */
export const CLEARS_DOCUMENTS = `o.kind = 'patch' AND o.body LIKE '%"documents":[]%' AND o.body ->> '$.documents' = '[]'`;

const COUNT_ACCOUNTS = "SELECT count(*) AS accounts FROM changes WHERE run = ?1";

const RECORD = `INSERT INTO guards (run, guard, figure, allowed, issue, at) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (run, guard) DO UPDATE SET figure = excluded.figure, allowed = excluded.allowed, issue = excluded.issue, at = excluded.at`;

const HOLD = `INSERT OR IGNORE INTO holds (run, change, guard) SELECT x.run, x.change, ?2 FROM plans x WHERE x.run = ?1 AND ${MAY_HOLD}`;
const words = (place: string) => ({
  listed: `SELECT value FROM json_each(${place})`,
  clearsDocuments: CLEARS_DOCUMENTS,
});

const endHeld = (condition = "true") => `INSERT OR REPLACE INTO ends (run, change, word, issues, at)
  ${heldEnds("?1", "?2")} AND ${condition} GROUP BY h.run, h.change`;
const END_HELD = endHeld();
/** Of the changes that the guard ?3 has held. */
const END_HELD_BESIDE = endHeld("h.change IN (SELECT change FROM holds WHERE run = ?1 AND guard = ?3)");

/** Of the changes that the guard ?2 holds. */
const REOPEN_RELEASED = `DELETE FROM ends WHERE run = ?1
  AND change IN (SELECT change FROM holds WHERE run = ?1 AND guard = ?2 AND released = 0)
  AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.run = ?1 AND h.change = ends.change AND h.guard <> ?2 AND h.released = 0)`;
const RELEASE = "UPDATE holds SET released = 1 WHERE run = ? AND guard = ? AND released = 0";
const REOPEN_HELD = `DELETE FROM ends WHERE run = ?1 AND ${isGuardHeld("ends")}`;
const GIVE_UP = "UPDATE holds SET released = 2 WHERE run = ? AND released = 0";
const APPROVE = `UPDATE guards SET approved_max = ?, approved_by = ?, approved_at = ?, reason = ? WHERE run = ? AND guard = ?`;

const WAIT = `UPDATE runs SET waiting = 1 WHERE no = ?1 AND kind = 'run'
  AND EXISTS (SELECT 1 FROM changes c WHERE c.run = ?1 AND ${isOpen("c")})`;

export function sqliteGuards(store: SqliteStore): GuardsLedger {
  const { db } = store;

  return {
    async countOperations(run) {
      const counts = db.all<KindCount>(countPlanned("?"), run.no);
      const clearing = counts.some(({ kind }) => kind === "patch")
        ? db.get<KindCount>(countPlanned("?", CLEARS_DOCUMENTS), run.no)
        : undefined;
      return decodeCounts(counts, clearing);
    },

    countAccounts: async (run) => db.get<{ accounts: number }>(COUNT_ACCOUNTS, run.no)?.accounts ?? 0,

    async countPlanned(run, by) {
      const sql = countHeldBy("?1", isHeldBy(by.kind, words("?2")));
      return db.get<{ counted: number }>(sql, run.no, ...listed(by))?.counted ?? 0;
    },

    hold: (run, tripped, atMs) => store.write(() => hold(db, run, tripped, atMs)),
    list: async (run) => db.all<GuardShape>(listGuards("?"), run.no).map(decodeGuard),

    async listHolds(run, change) {
      const sql = "SELECT guard, released FROM holds WHERE run = ? AND change = ? ORDER BY guard";
      const holds = db.all<Pick<GuardShape, "guard"> & { released: 0 | 1 }>(sql, run.no, change);
      return holds.map(({ guard, released }) => ({ guard, released: released === 1 }));
    },

    release: (run, guard, approval) => store.write(() => release(db, run, guard, approval)),

    giveUp(run) {
      return store.write(() => {
        db.run(REOPEN_HELD, run.no);
        db.run(GIVE_UP, run.no);
        reopenRun(db, run);
      });
    },
  };
}

function listed(by: HeldBy): readonly string[] {
  const list = listOf(by);
  return list === null ? [] : [JSON.stringify(list)];
}

/** Only within a write. */
function hold(db: SqliteDatabase, run: Run, tripped: readonly TrippedGuard[], atMs: number): void {
  for (const { guard, figure, allowed, issue, holds } of tripped) {
    db.run(RECORD, run.no, guard, figure, allowed, JSON.stringify(issue), atMs);
    db.run(`${HOLD} AND ${isHeldBy(holds.kind, words("?3"))}`, run.no, guard, ...listed(holds));
  }
  if (tripped.length === 0) return;
  db.run(END_HELD, run.no, atMs);
  releaseEnded(db, run);
}

/** Only within a write. */
function release(db: SqliteDatabase, run: Run, guard: string, { max, by, atMs, reason }: Approval): number {
  const reopened = db.run(REOPEN_RELEASED, run.no, guard);
  db.run(RELEASE, run.no, guard);
  db.run(END_HELD_BESIDE, run.no, atMs, guard);
  db.run(APPROVE, max, by, atMs, reason, run.no, guard);
  if (run.kind === "run") reopenRun(db, run);
  db.run(WAIT, run.no);
  return reopened;
}
