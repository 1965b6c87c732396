/**
 * Folding in SQLite: changes of several rows go out, with their rows a page at a time, and what the rows mean together comes in. Also joins
 * changes that turned out to be of one account. Never decides which cell wins.
 */

import type { FoldStep, FoldsLedger } from "../ledger.ts";
import type { Run } from "../run.ts";
import { accountKeyOf } from "../sql/change-keys.ts";
import { isOpen, isUnplanned } from "../sql/conditions.ts";
import { decodeSource, type SourceShape } from "../sql/source.ts";
import { supersededIssue } from "../sql/superseded-issue.ts";
import type { SqliteDatabase } from "./database.ts";
import { recordEnd } from "./ends.ts";
import type { SqliteStore } from "./store.ts";

/** The first row of a change bears its number; the further ones are in the index of joined rows. */
export const READ_TO_FOLD = `SELECT c.change, 1 + (SELECT count(*) FROM rows r INDEXED BY rows_joined
    WHERE r.run = c.run AND r.change = c.change AND r.change <> r.row) AS rows
  FROM changes c INDEXED BY changes_to_fold WHERE c.run = ? AND c.to_fold = 1 AND c.change > ? ORDER BY c.change LIMIT ?`;

export const READ_ROWS_OF_CHANGE = `SELECT row, byte_offset, cells FROM rows WHERE run = ?1 AND row = ?2 AND row > ?3
  UNION ALL SELECT row, byte_offset, cells FROM rows INDEXED BY rows_joined
  WHERE run = ?1 AND change = ?2 AND change <> row AND row > ?3 ORDER BY row LIMIT ?4`;

/** Cells lose the blanks around them when they are parsed. */
export const COUNT_INSTANTS = `SELECT count(DISTINCT instant_order(trim(cells ->> ?3))) AS instants FROM (
  SELECT cells FROM rows WHERE run = ?1 AND row = ?2
  UNION ALL SELECT cells FROM rows INDEXED BY rows_joined WHERE run = ?1 AND change = ?2 AND change <> row)`;

/** Sets columns of every row of a change: of the first, and of the further ones. */
export function updatesOfRows(set: string): readonly string[] {
  return [
    `UPDATE rows SET ${set} WHERE run = ?1 AND row = ?2`,
    `UPDATE rows INDEXED BY rows_joined SET ${set} WHERE run = ?1 AND change = ?2 AND change <> row`,
  ];
}

const MARK_ROWS = updatesOfRows("word = ?3, issues = ?4");
/** An earlier fold, before changes were joined, may have left words. */
const MOVE_ROWS = updatesOfRows("change = ?3, word = NULL, issues = NULL");

const SET_APART = `UPDATE rows SET word = ?4, issues = ?2 WHERE run = ?1 AND row IN (SELECT value FROM json_each(?3))`;

const FOLD = "UPDATE changes SET to_fold = NULL WHERE run = ? AND change = ?";
export const DESIRE = "INSERT OR REPLACE INTO desires (run, change, desired) VALUES (?, ?, ?)";
const FORGET = ["changes", "desires", "contents", "finds"].map(
  (table) => `DELETE FROM ${table} WHERE run = ? AND change = ?`,
);

const isUndecided = (of: string) => `${isOpen(of)} AND ${isUnplanned(of)}`;

/** Changes by a client_account_id that were found to be of one account, and one by that account's own id. */
export const LIST_MEETING = `SELECT f.account_id, min(min(f.change), coalesce(min(n.change), min(f.change))) AS lowest
  FROM finds f INDEXED BY finds_by_account LEFT JOIN changes n ON n.run = f.run AND n.key = ${accountKeyOf("f.account_id")}
    AND ${isUndecided("n")}
  WHERE f.run = ? AND f.account_id IS NOT NULL AND f.account_id > ? AND ${isUndecided("f")}
  GROUP BY f.account_id HAVING count(DISTINCT f.change) + count(DISTINCT n.change) > 1 ORDER BY f.account_id LIMIT ?`;

export const LIST_OF_ACCOUNT = `SELECT f.change FROM finds f INDEXED BY finds_by_account
  WHERE f.run = ?1 AND f.account_id IS NOT NULL AND f.account_id = ?2 AND ${isUndecided("f")}
  UNION SELECT n.change FROM changes n WHERE n.run = ?1 AND n.key = ${accountKeyOf("?2")} AND ${isUndecided("n")}`;

/** How many accounts are joined in one transaction. */
const JOIN_BATCH = 500;

export function sqliteFolds(store: SqliteStore): FoldsLedger {
  const { db } = store;

  return {
    async readToFold(run, page) {
      const changes = db.all<{ change: number; rows: number }>(READ_TO_FOLD, run.no, page.after, page.limit);
      return changes.map((change) => ({ ...change }));
    },

    async readRowsOf(run, change, page) {
      return db.all<SourceShape>(READ_ROWS_OF_CHANGE, run.no, change, page.after, page.limit).map(decodeSource);
    },

    async countInstants(run, change, at) {
      return db.get<{ instants: number }>(COUNT_INSTANTS, run.no, change, `$[${at}]`)?.instants ?? 0;
    },

    recordFolds(run, steps) {
      return store.write(() => {
        for (const step of steps) recordStep(db, run, step);
      });
    },

    async joinByAccount(run) {
      for (let after = ""; ; ) {
        const meeting = db.all<{ account_id: string; lowest: number }>(LIST_MEETING, run.no, after, JOIN_BATCH);
        const last = meeting.at(-1);
        if (last === undefined) break;
        await store.write(() => {
          for (const { account_id, lowest } of meeting) joinAccount(db, run, account_id, lowest);
        });
        after = last.account_id;
      }
      // Not only those joined now: an earlier try may have ended between joining and folding.
      const sql = "SELECT count(*) AS waiting FROM changes WHERE run = ? AND to_fold = 1";
      return db.get<{ waiting: number }>(sql, run.no)?.waiting ?? 0;
    },
  };
}

function recordStep(db: SqliteDatabase, run: Run, step: FoldStep): void {
  if (step.kind === "superseded") {
    db.run(SET_APART, run.no, JSON.stringify([supersededIssue(step.left)]), JSON.stringify(step.rows), "skipped");
  } else if (step.kind === "apart") {
    db.run(SET_APART, run.no, JSON.stringify([step.issue]), JSON.stringify(step.rows), "invalid");
  } else if (step.kind === "change") {
    db.run(FOLD, run.no, step.change);
    db.run(DESIRE, run.no, step.change, JSON.stringify(step.desired));
  } else {
    const issues = JSON.stringify([step.issue]);
    for (const sql of MARK_ROWS) db.run(sql, run.no, step.change, "invalid", issues);
    db.run(FOLD, run.no, step.change);
    recordEnd(db, run, step.change, { word: "invalid", issues: [step.issue] }, null);
  }
}

function joinAccount(db: SqliteDatabase, run: Run, accountId: string, lowest: number): void {
  for (const update of MOVE_ROWS) db.run(update, run.no, lowest, lowest);
  for (const { change } of db.all<{ change: number }>(LIST_OF_ACCOUNT, run.no, accountId)) {
    if (change === lowest) continue;
    for (const update of MOVE_ROWS) db.run(update, run.no, change, lowest);
    for (const sql of FORGET) db.run(sql, run.no, change);
  }
  db.run("UPDATE changes SET to_fold = 1 WHERE run = ? AND change = ?", run.no, lowest);
}
