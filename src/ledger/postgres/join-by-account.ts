/**
 * Joins in PostgreSQL the changes of a run that turned out to be of one account.
 */
import type { Run } from "../run.ts";
import { accountKeyOf } from "../sql/change-keys.ts";
import type { Sql } from "./database.ts";
import { has } from "./has.ts";
import { updatesOfRows } from "./rows-of-change.ts";
import { readForAll, runForAll } from "./run-for-all.ts";
import type { PostgresStore } from "./store.ts";

const isUndecided = (of: string) => `NOT ${has("ends", of)} AND NOT ${has("plans", of)}`;

/** The change that names the account by its own id, if there is one: looked up for each. */
const NAMED = `SELECT n.change FROM changes n
  WHERE n.run = f.run AND n.key = ${accountKeyOf("f.account_id")} AND ${isUndecided("n")} OFFSET 0`;

/** Changes by a client_account_id that were found to be of one account, and one by that account's own id. */
export const LIST_MEETING = `SELECT f.account_id, least(min(f.change), min(n.change)) AS lowest
  FROM finds f LEFT JOIN LATERAL (${NAMED}) AS n ON true
  WHERE f.run = $1 AND f.account_id > $2 AND ${isUndecided("f")}
  GROUP BY f.account_id HAVING count(DISTINCT f.change) + count(DISTINCT n.change) > 1 ORDER BY f.account_id LIMIT $3`;

const MEETING = "unnest($1::integer[], $2::text[], $3::integer[]) AS m (run, account_id, lowest)";

export const LIST_OF_ACCOUNTS = `SELECT f.change, m.lowest FROM ${MEETING}
    JOIN finds f ON f.run = m.run AND f.account_id = m.account_id WHERE ${isUndecided("f")}
  UNION SELECT n.change, m.lowest FROM ${MEETING}
    JOIN changes n ON n.run = m.run AND n.key = ${accountKeyOf("m.account_id")} WHERE ${isUndecided("n")}`;

/** An earlier fold, before changes were joined, may have left words. */
const MOVE_ROWS = updatesOfRows(
  "change = m.lowest, word = NULL, issues = NULL",
  "unnest($1::integer[], $2::integer[], $3::integer[]) AS m (run, change, lowest)",
);
const CHANGES = "unnest($1::integer[], $2::integer[]) AS m (run, change)";
const FORGET = ["changes", "desires", "contents", "finds"].map(
  (table) => `DELETE FROM ${table} USING ${CHANGES} WHERE ${table}.run = m.run AND ${table}.change = m.change`,
);
const TO_FOLD = `UPDATE changes SET to_fold = 1 FROM ${CHANGES} WHERE changes.run = m.run AND changes.change = m.change`;
const COUNT_TO_FOLD = "SELECT count(*) AS waiting FROM changes WHERE run = $1 AND to_fold = 1";

/** How many accounts are joined in one transaction. */
const JOIN_BATCH = 500;

interface Meeting {
  readonly account_id: string;
  readonly lowest: number;
}

/** See FoldsLedger. */
export async function joinByAccount(store: PostgresStore, run: Run): Promise<number> {
  for (let after = ""; ; ) {
    const meeting = await store.sql.all<Meeting>(LIST_MEETING, run.no, after, JOIN_BATCH);
    const last = meeting.at(-1);
    if (last === undefined) break;
    await store.write((sql) => joinAccounts(sql, run, meeting));
    after = last.account_id;
  }
  // Not only those joined now: an earlier try may have ended between joining and folding.
  return (await store.sql.get<{ waiting: number }>(COUNT_TO_FOLD, run.no))?.waiting ?? 0;
}

async function joinAccounts(sql: Sql, run: Run, meeting: readonly Meeting[]): Promise<void> {
  const rows = meeting.map(({ account_id, lowest }) => [run.no, account_id, lowest]);
  const changes = await readForAll<{ change: number; lowest: number }>(sql, LIST_OF_ACCOUNTS, rows);
  const moves = changes.map(({ change, lowest }) => [run.no, change, lowest]);
  for (const statement of MOVE_ROWS) await runForAll(sql, statement, moves);
  const gone = changes.filter(({ change, lowest }) => change !== lowest).map(({ change }) => [run.no, change]);
  for (const statement of FORGET) await runForAll(sql, statement, gone);
  const toFold = meeting.map(({ lowest }) => [run.no, lowest]);
  await runForAll(sql, TO_FOLD, toFold);
}
