/**
 * Folding in SQLite: changes of several rows go out with their rows, and what the rows came to together comes in.
 * Also joins changes that turned out to be of one account. Never judges which cell wins.
 */
import { grouped } from "../counted.ts";
import type { Issue } from "../errors/issue.ts";
import type { ChangesLedger } from "./ledger.ts";
import type { Run } from "./run.ts";
import { decodeProvenance, decodeSource, type SourceShape } from "./sqlite-rows.ts";
import type { SqliteStore } from "./sqlite-store.ts";

type Folds = Pick<ChangesLedger, "readToFold" | "recordFolds" | "joinByAccount">;
type Fold = Parameters<Folds["recordFolds"]>[1][number];

export const READ_TO_FOLD = `SELECT change FROM changes INDEXED BY changes_to_fold
  WHERE run = ? AND to_fold = 1 AND change > ? ORDER BY change LIMIT ?`;

/** The first row of a change bears its number; the further ones are in the index of joined rows. */
export const READ_ROWS_OF_CHANGE = `SELECT row, byte_offset, cells, from_run, from_row FROM rows WHERE run = ?1 AND row = ?2
  UNION ALL SELECT row, byte_offset, cells, from_run, from_row FROM rows INDEXED BY rows_joined
  WHERE run = ?1 AND change = ?2 AND change <> row ORDER BY row`;

/** Sets columns of every row of a change: of the first, and of the further ones. */
export function updatesOfRows(set: string): readonly string[] {
  return [
    `UPDATE rows SET ${set} WHERE run = ?1 AND row = ?2`,
    `UPDATE rows INDEXED BY rows_joined SET ${set} WHERE run = ?1 AND change = ?2 AND change <> row`,
  ];
}

const MARK_ROWS = updatesOfRows("word = ?3, issues = ?4");
const MOVE_ROWS = updatesOfRows("change = ?3");

const FOLD = "UPDATE changes SET to_fold = NULL WHERE run = ? AND change = ?";
const DESIRE = "UPDATE desires SET desired = ?3 WHERE run = ?1 AND change = ?2";
const FORGET = ["changes", "desires"].map((table) => `DELETE FROM ${table} WHERE run = ? AND change = ?`);
const CONTRADICT = `UPDATE changes SET to_fold = NULL, state = 'done', word = 'invalid', issues = ?3
  WHERE run = ?1 AND change = ?2`;

export const LIST_MEETING = `SELECT account_id, min(change) AS lowest FROM changes INDEXED BY changes_by_account
  WHERE run = ? AND state = 'found' AND account_id IS NOT NULL AND account_id > ?
  GROUP BY account_id HAVING count(*) > 1 ORDER BY account_id LIMIT ?`;

/** How many accounts are joined in one transaction. */
const JOIN_BATCH = 500;
/** How many rows a message names. */
const MAX_NAMED = 5;

/** `left` are the rows of the change of which something is left. */
function supersededIssue(left: readonly number[]): Issue {
  const named = left.slice(0, MAX_NAMED).join(", ");
  const more = left.length > MAX_NAMED ? ` and ${grouped(left.length - MAX_NAMED)} more` : "";
  const rows = left.length === 1 ? `Row ${named} gives` : `Rows ${named}${more} give`;
  return { code: "superseded", column: "", message: `${rows} later values for everything that this row says.` };
}

export function sqliteFolds(store: SqliteStore): Folds {
  const { db } = store;

  const markRows = (run: Run, change: number, word: string | null, issues: string | null) => {
    for (const sql of MARK_ROWS) db.run(sql, run.no, change, word, issues);
  };

  const recordFold = (run: Run, { change, desired, superseded, issue }: Fold) => {
    if (issue !== null || desired === null) {
      const issues = issue === null ? null : JSON.stringify([issue]);
      markRows(run, change, "invalid", issues);
      db.run(CONTRADICT, run.no, change, issues);
      return;
    }
    db.run(FOLD, run.no, change);
    db.run(DESIRE, run.no, change, JSON.stringify(desired));
    // An earlier fold, before changes were joined, may have left words.
    markRows(run, change, null, null);
    if (superseded.length === 0) return;
    const rows = db.all<{ row: number }>(READ_ROWS_OF_CHANGE, run.no, change).map(({ row }) => row);
    const gone = new Set(superseded);
    const issues = JSON.stringify([supersededIssue(rows.filter((row) => !gone.has(row)))]);
    const sql = "UPDATE rows SET word = 'skipped', issues = ? WHERE run = ? AND row = ?";
    for (const row of superseded) db.run(sql, issues, run.no, row);
  };

  const joinAccount = (run: Run, accountId: string, lowest: number) => {
    const sql = `SELECT change FROM changes INDEXED BY changes_by_account
      WHERE run = ? AND state = 'found' AND account_id IS NOT NULL AND account_id = ? AND change <> ?`;
    for (const { change } of db.all<{ change: number }>(sql, run.no, accountId, lowest)) {
      for (const update of MOVE_ROWS) db.run(update, run.no, change, lowest);
      for (const sql of FORGET) db.run(sql, run.no, change);
    }
    db.run("UPDATE changes SET to_fold = 1 WHERE run = ? AND change = ?", run.no, lowest);
  };

  return {
    async readToFold(run, page) {
      const changes = db.all<{ change: number }>(READ_TO_FOLD, run.no, page.after, page.limit);
      return changes.map(({ change }) => ({
        change,
        rows: db
          .all<SourceShape>(READ_ROWS_OF_CHANGE, run.no, change)
          .map((shape) => ({ source: decodeSource(shape), provenance: decodeProvenance(shape) })),
      }));
    },

    recordFolds(run, folds) {
      return store.write(() => {
        for (const fold of folds) recordFold(run, fold);
      });
    },

    async joinByAccount(run) {
      for (let after = ""; ; ) {
        const meeting = db.all<{ account_id: string; lowest: number }>(LIST_MEETING, run.no, after, JOIN_BATCH);
        const last = meeting.at(-1);
        if (last === undefined) break;
        await store.write(() => {
          for (const { account_id, lowest } of meeting) joinAccount(run, account_id, lowest);
        });
        after = last.account_id;
      }
      // Not only those joined now: an earlier try may have ended between joining and folding.
      const sql = "SELECT count(*) AS waiting FROM changes WHERE run = ? AND to_fold = 1";
      return db.get<{ waiting: number }>(sql, run.no)?.waiting ?? 0;
    },
  };
}
