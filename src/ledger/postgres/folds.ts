/**
 * Folding in PostgreSQL: changes of several rows go out, with their rows a page at a time, and what the rows mean together comes in. Also
 * joins changes that turned out to be of one account. Never decides which cell wins.
 */

import type { FoldStep, FoldsLedger } from "../ledger.ts";
import type { Run } from "../run.ts";
import { supersededIssue } from "../sql/superseded-issue.ts";
import type { Sql } from "./database.ts";
import { recordEnds } from "./ends.ts";
import { joinByAccount } from "./join-by-account.ts";
import { countInstants, readRowsOfChange, updatesOfRows } from "./rows-of-change.ts";
import { runForAll } from "./run-for-all.ts";
import type { PostgresStore } from "./store.ts";

export const READ_TO_FOLD = `SELECT c.change,
    1 + (SELECT count(*) FROM rows r WHERE r.run = c.run AND r.change = c.change AND r.change <> r.row) AS rows
  FROM changes c WHERE c.run = $1 AND c.to_fold = 1 AND c.change > $2 ORDER BY c.change LIMIT $3`;

const SET_APART = `UPDATE rows SET word = s.word, issues = s.issues
  FROM unnest($1::integer[], $2::integer[], $3::text[], $4::text[]) AS s (run, row, word, issues) WHERE rows.run = s.run AND rows.row = s.row`;

const MARK_ROWS = updatesOfRows(
  "word = 'invalid', issues = m.issues",
  "unnest($1::integer[], $2::integer[], $3::text[]) AS m (run, change, issues)",
);

export const DESIRE = `INSERT INTO desires (run, change, desired)
  SELECT * FROM unnest($1::integer[], $2::integer[], $3::text[]) ORDER BY 1, 2
  ON CONFLICT (run, change) DO UPDATE SET desired = excluded.desired`;

export const FOLD = `UPDATE changes SET to_fold = NULL FROM unnest($1::integer[], $2::integer[]) AS m (run, change)
  WHERE changes.run = m.run AND changes.change = m.change`;

export function postgresFolds(store: PostgresStore): FoldsLedger {
  const { sql } = store;
  return {
    readToFold: (run, { after, limit }) =>
      sql.all<{ change: number; rows: number }>(READ_TO_FOLD, run.no, after, limit),
    readRowsOf: (run, change, page) => readRowsOfChange(sql, run.no, change, page),
    countInstants: (run, change, at) => countInstants(sql, run.no, change, at),
    recordFolds: (run, steps) => store.write((write) => recordSteps(write, run, steps)),
    joinByAccount: (run) => joinByAccount(store, run),
  };
}

/** All of one kind together: they are committed together. */
async function recordSteps(sql: Sql, run: Run, steps: readonly FoldStep[]): Promise<void> {
  const superseded = steps.filter((step) => step.kind === "superseded");
  const folded = steps.filter((step) => step.kind === "change");
  const invalid = steps.filter((step) => step.kind === "invalid");
  const skipped = superseded.flatMap(({ rows, left }) => {
    const issues = JSON.stringify([supersededIssue(left)]);
    return rows.map((row) => [run.no, row, "skipped", issues]);
  });
  const marked = invalid.map(({ change, issue }) => [run.no, change, JSON.stringify([issue])]);
  for (const statement of MARK_ROWS) await runForAll(sql, statement, marked);
  const apart = steps
    .filter((step) => step.kind === "apart")
    .flatMap(({ rows, issue }) => rows.map((row) => [run.no, row, "invalid", JSON.stringify([issue])]));
  await runForAll(sql, SET_APART, [...skipped, ...apart]);
  const desires = folded.map(({ change, desired }) => [run.no, change, JSON.stringify(desired)]);
  await runForAll(sql, DESIRE, desires);
  const changes = [...folded, ...invalid].map(({ change }) => [run.no, change]);
  await runForAll(sql, FOLD, changes);
  const ends = invalid.map(({ change, issue }) => ({
    run,
    change,
    verdict: { word: "invalid" as const, issues: [issue] },
    atMs: null,
  }));
  await recordEnds(sql, ends);
}
