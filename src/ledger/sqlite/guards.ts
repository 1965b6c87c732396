/**
 * Guards in SQLite: what a plan comes to, the changes that each guard holds, and their release. A long file is held and released
 * in several transactions, so that other processes get their turn.
 */
import type { HeldBy } from "../../plan/judge-guards.ts";
import type { GuardsLedger } from "../guards.ts";
import { isOpen } from "../sql/conditions.ts";
import {
  countHeldBy,
  countPlanned,
  countProducts,
  decodeCounts,
  decodeGuard,
  decodeProducts,
  type GuardShape,
  heldEnds,
  isGuardHeld,
  isHeldBy,
  type KindCount,
  listGuards,
  listOf,
  MAY_HOLD,
  type ProductCount,
} from "../sql/guard-shape.ts";
import { reopenRun } from "./changes.ts";
import { releaseEnded } from "./claims.ts";
import { inBatches } from "./in-batches.ts";
import type { SqliteStore } from "./store.ts";

/**
 * The first condition is quick, the second exact: a text of the row may contain the same characters. SQLite may judge the sides of an AND in
 * either order, and not every body is JSON.
 */
export const CLEARS_DOCUMENTS = `CASE WHEN o.kind = 'patch' AND o.body LIKE '%"documents":[]%'
  THEN o.body ->> '$.documents' = '[]' ELSE false END`;

const COUNT_ACCOUNTS = "SELECT count(*) AS accounts FROM changes WHERE run = ?1";

const RECORD = `INSERT INTO guards (run, guard, figure, allowed, issue, at) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (run, guard) DO UPDATE SET figure = excluded.figure, allowed = excluded.allowed, issue = excluded.issue, at = excluded.at`;

/** Changes above ?3 and up to ?4, of the run ?1. */
const inRange = (of: string) => `${of}.run = ?1 AND ${of}.change > ?3 AND ${of}.change <= ?4`;

const words = (place: string) => ({
  listed: `SELECT value FROM json_each(${place})`,
  clearsDocuments: CLEARS_DOCUMENTS,
});

const holdBy = (
  kind: HeldBy["kind"],
) => `INSERT OR IGNORE INTO holds (run, change, guard) SELECT x.run, x.change, ?2 FROM plans x
  WHERE ${inRange("x")} AND ${MAY_HOLD} AND ${isHeldBy(kind, words("?5"))}`;

/** ?2 when. */
const endHeld = (condition = "true") => `INSERT OR REPLACE INTO ends (run, change, word, issues, at)
  ${heldEnds("?1", "?2")} AND ${inRange("h")} AND ${condition} GROUP BY h.run, h.change`;
const END_HELD = endHeld();
/** Of the changes that the guard ?5 has held. */
const END_HELD_BESIDE = endHeld(
  "EXISTS (SELECT 1 FROM holds o WHERE o.run = h.run AND o.change = h.change AND o.guard = ?5)",
);

/** Of the changes that the guard ?2 holds. */
const REOPEN_RELEASED = `DELETE FROM ends WHERE ${inRange("ends")} AND word = 'held'
  AND EXISTS (SELECT 1 FROM holds h WHERE h.run = ends.run AND h.change = ends.change AND h.guard = ?2 AND h.released = 0)
  AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.run = ends.run AND h.change = ends.change AND h.guard <> ?2 AND h.released = 0)`;
const RELEASE = `UPDATE holds SET released = 1 WHERE ${inRange("holds")} AND guard = ?2 AND released = 0`;
const REOPEN_HELD = `DELETE FROM ends WHERE run = ?1 AND change > ?2 AND change <= ?3 AND ${isGuardHeld("ends")}`;
const GIVE_UP = "UPDATE holds SET released = 2 WHERE run = ? AND change > ? AND change <= ? AND released = 0";
const APPROVE = `UPDATE guards SET approved_max = ?, approved_by = ?, approved_at = ?, reason = ? WHERE run = ? AND guard = ?`;

/** Changes in one transaction. */
const BATCH = 10_000;

const WAIT = `UPDATE runs SET waiting = 1 WHERE no = ?1 AND kind = 'run'
  AND EXISTS (SELECT 1 FROM changes c WHERE c.run = ?1 AND ${isOpen("c")})`;

export function sqliteGuards(store: SqliteStore): GuardsLedger {
  const { db } = store;

  return {
    ...sqliteHolds(store),

    async countOperations(run) {
      const counts = db.all<KindCount>(countPlanned("?"), run.no);
      const clearing = counts.some(({ kind }) => kind === "patch")
        ? db.get<KindCount>(countPlanned("?", CLEARS_DOCUMENTS), run.no)
        : undefined;
      return decodeCounts(counts, clearing);
    },

    countProducts: async (run) => decodeProducts(db.all<ProductCount>(countProducts("?"), run.no)),

    countAccounts: async (run) => db.get<{ accounts: number }>(COUNT_ACCOUNTS, run.no)?.accounts ?? 0,

    async countPlanned(run, by) {
      const sql = countHeldBy("?1", isHeldBy(by.kind, words("?2")));
      return db.get<{ counted: number }>(sql, run.no, ...listed(by))?.counted ?? 0;
    },

    list: async (run) => db.all<GuardShape>(listGuards("?"), run.no).map(decodeGuard),

    async listHolds(run, change) {
      const sql = "SELECT guard, released FROM holds WHERE run = ? AND change = ? ORDER BY guard";
      const holds = db.all<Pick<GuardShape, "guard"> & { released: 0 | 1 }>(sql, run.no, change);
      return holds.map(({ guard, released }) => ({ guard, released: released === 1 }));
    },
  };
}

/** What changes holds. */
function sqliteHolds(store: SqliteStore): Pick<GuardsLedger, "hold" | "approve" | "release" | "giveUp"> {
  const { db } = store;

  return {
    async hold(run, tripped, atMs) {
      if (tripped.length === 0) return;
      await store.write(() => {
        for (const { guard, figure, allowed, issue } of tripped)
          db.run(RECORD, run.no, guard, figure, allowed, JSON.stringify(issue), atMs);
      });
      await inBatches(store, run, { size: BATCH }, (after, last) => {
        for (const { guard, holds } of tripped)
          db.run(holdBy(holds.kind), run.no, guard, after, last, ...listed(holds));
        db.run(END_HELD, run.no, atMs, after, last);
      });
      await store.write(() => releaseEnded(db, run));
    },

    approve(run, guard, { max, by, atMs, reason }) {
      return store.write(() => void db.run(APPROVE, max, by, atMs, reason, run.no, guard));
    },

    async release(run, guard, atMs) {
      let reopened = 0;
      await inBatches(store, run, { size: BATCH }, (after, last) => {
        reopened += db.run(REOPEN_RELEASED, run.no, guard, after, last);
        db.run(RELEASE, run.no, guard, after, last);
        db.run(END_HELD_BESIDE, run.no, atMs, after, last, guard);
        if (run.kind === "run") reopenRun(db, run);
        db.run(WAIT, run.no);
      });
      return reopened;
    },

    giveUp(run) {
      return inBatches(store, run, { size: BATCH }, (after, last) => {
        db.run(REOPEN_HELD, run.no, after, last);
        db.run(GIVE_UP, run.no, after, last);
        reopenRun(db, run);
      });
    },
  };
}

function listed(by: HeldBy): readonly string[] {
  const list = listOf(by);
  return list === null ? [] : [JSON.stringify(list)];
}
