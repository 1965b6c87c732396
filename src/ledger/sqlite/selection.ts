/**
 * Rows that a run leaves out, in SQLite. Each is one look at a whole run.
 */
import type { SelectionLedger } from "../selection.ts";
import {
  countUnnamed,
  countWanted,
  FORGET_SELECTION,
  hasLeftOut,
  LEFT_OUT,
  leaveOut,
  listSpread,
  takeIn,
  widen,
  widenApplied,
} from "../sql/selection.ts";
import type { SqliteStore } from "./store.ts";

const VALUES = { run: "?1", issues: "?2", atMs: "?3", ids: "SELECT value FROM json_each(?4)" };
const OF_PLAN = { run: "?1", ids: "SELECT value FROM json_each(?2)" };
const HAS_LEFT_OUT = hasLeftOut("?1", "?2");
const COUNT_UNNAMED = countUnnamed("?1", "SELECT value AS id FROM json_each(?2)");
const TAKE_IN = takeIn("?1", "?2");
const SPREAD = { run: "?1", to: "?2" };
const WIDEN = widen("?1", "?2");
const WIDEN_APPLIED = widenApplied("?1", "?2");

export function sqliteSelection(store: SqliteStore): SelectionLedger {
  const { db } = store;
  return {
    leaveOut(run, atMs) {
      return store.write(() => {
        const { selection, planOf, no } = run;
        const isPlanned = planOf !== null;
        if (selection === undefined || (!isPlanned && db.get(HAS_LEFT_OUT, no, LEFT_OUT) !== undefined)) return;
        const { accounts } = selection;
        const ids = accounts === undefined ? [] : [JSON.stringify(accounts.ids)];
        db.run(leaveOut(selection, isPlanned, VALUES), no, LEFT_OUT, atMs, ...ids);
      });
    },

    async countWanted({ no }, selection) {
      const { accounts } = selection;
      const ids = accounts === undefined ? [] : [JSON.stringify(accounts.ids)];
      return db.get<{ wanted: number }>(countWanted(selection, OF_PLAN), no, ...ids)?.wanted ?? 0;
    },

    async countUnnamed(run) {
      const ids = JSON.stringify(run.selection?.accounts?.ids ?? []);
      return db.get<{ unnamed: number }>(COUNT_UNNAMED, run.no, ids)?.unnamed ?? 0;
    },

    async listSpread(run, count, to) {
      return db.all<{ change: number }>(listSpread(SPREAD, count), run.no, to).map(({ change }) => change);
    },

    takeIn: (run) => store.write(() => void db.run(TAKE_IN, run.no, LEFT_OUT)),

    widen(run) {
      return store.write(() => {
        for (const sql of run.planOf === null ? WIDEN : WIDEN_APPLIED) db.run(sql, run.no, LEFT_OUT);
        db.run(`${FORGET_SELECTION}?`, run.no);
      });
    },
  };
}
