/**
 * Rows that a run leaves out, in PostgreSQL. Each is one look at a whole run.
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
import type { PostgresStore } from "./store.ts";

const VALUES = {
  run: "$1::integer",
  issues: "$2::text",
  atMs: "$3::bigint",
  ids: 'SELECT unnest($4::text[]) COLLATE "C"',
};
const OF_PLAN = { run: "$1::integer", ids: 'SELECT unnest($2::text[]) COLLATE "C"' };
const HAS_LEFT_OUT = hasLeftOut("$1", "$2");
const COUNT_UNNAMED = countUnnamed("$1", 'SELECT unnest($2::text[]) COLLATE "C" AS id');
const TAKE_IN = takeIn("$1", "$2");
const SPREAD = { run: "$1", to: "$2::bigint" };
const WIDEN = widen("$1", "$2");
const WIDEN_APPLIED = widenApplied("$1", "$2");

export function postgresSelection(store: PostgresStore): SelectionLedger {
  const { sql: read } = store;
  return {
    leaveOut(run, atMs) {
      return store.write(async (sql) => {
        const { selection, planOf, no } = run;
        const isPlanned = planOf !== null;
        if (selection === undefined || (!isPlanned && (await sql.get(HAS_LEFT_OUT, no, LEFT_OUT)) !== undefined))
          return;
        const { accounts } = selection;
        const ids = accounts === undefined ? [] : [accounts.ids];
        await sql.run(leaveOut(selection, isPlanned, VALUES), no, LEFT_OUT, atMs, ...ids);
      });
    },

    async countWanted({ no }, selection) {
      const { accounts } = selection;
      const ids = accounts === undefined ? [] : [accounts.ids];
      return (await read.get<{ wanted: number }>(countWanted(selection, OF_PLAN), no, ...ids))?.wanted ?? 0;
    },

    async countUnnamed(run) {
      const counted = await read.get<{ unnamed: number }>(COUNT_UNNAMED, run.no, run.selection?.accounts?.ids ?? []);
      return counted?.unnamed ?? 0;
    },

    async listSpread(run, count, to) {
      return (await read.all<{ change: number }>(listSpread(SPREAD, count), run.no, to)).map(({ change }) => change);
    },

    takeIn(run) {
      return store.write(async (sql) => {
        await sql.run(TAKE_IN, run.no, LEFT_OUT);
      });
    },

    widen(run) {
      return store.write(async (sql) => {
        for (const statement of run.planOf === null ? WIDEN : WIDEN_APPLIED) await sql.run(statement, run.no, LEFT_OUT);
        await sql.run(`${FORGET_SELECTION}$1`, run.no);
      });
    },
  };
}
