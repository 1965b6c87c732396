/**
 * Rows that ended short of agreement, as columns have them, and the statements about them and what was accepted of them. They are the same in
 * both databases, with `$1` for a value.
 */
import type { Issue } from "../../errors/issue.ts";
import type { Word } from "../../errors/words.ts";
import { LAYOUTS_OF_USERS } from "../../read/layouts.ts";
import type { ShortPage, ShortPlace, ShortRow } from "../lineage.ts";
import { accountKeyOf, ofAccount } from "./change-keys.ts";
import { decodeList } from "./lists.ts";
import { IS_RUN } from "./resolve-originals.ts";

/** Of an end: short of agreement. Nothing is left to do for a row that another one has overtaken, or that a person has left out. */
export const isShort = (of: string) =>
  `${of}word <> 'applied' AND ${of}word <> 'unchanged' AND (${of}word <> 'skipped' OR ${of}issues LIKE '%"code":"abandoned"%')`;

const ORIGINAL = "coalesce(r.of_run, r.run)";
const ORIGINAL_ROW = "coalesce(r.of_row, r.row)";

const IS_RETRIED = `EXISTS (SELECT 1 FROM rows a JOIN runs x ON x.no = a.run AND ${IS_RUN}
  LEFT JOIN ends w ON w.run = a.run AND w.change = a.change
  WHERE a.of_run = ${ORIGINAL} AND a.of_row = ${ORIGINAL_ROW} AND (a.run > r.run OR a.run = r.run AND a.row > r.row)
    AND coalesce(a.word, w.word) IS NOT NULL)`;

const SHORT_COLUMNS = `r.row, coalesce(r.key, c.key) AS key,
  coalesce(f.account_id, ${ofAccount("coalesce(r.key, c.key)")}) AS account_id, o.id AS of_id, o.no AS of_no, ${ORIGINAL_ROW} AS of_row,
  o.started_at AS of_since, CASE WHEN ${IS_RETRIED} THEN 1 ELSE 0 END AS is_retried, k.until AS accepted_until`;

const WITH_ORIGINAL = `JOIN runs o ON o.no = ${ORIGINAL}
  LEFT JOIN changes c ON c.run = r.run AND c.change = r.change LEFT JOIN finds f ON f.run = r.run AND f.change = r.change
  LEFT JOIN accepted k ON k.run = o.no AND k.row = ${ORIGINAL_ROW}`;

/** Rows of $1 above $2 that are invalid on their own, with originals before row $4 of run $3, at most $5. `indexed` is for SQLite. */
export const readInvalid = (indexed: string) => `SELECT 0 AS change, 'invalid' AS word, r.issues, ${SHORT_COLUMNS}
  FROM rows r ${indexed} ${WITH_ORIGINAL} WHERE r.run = $1 AND r.word = 'invalid' AND r.row > $2 AND (${ORIGINAL}, ${ORIGINAL_ROW}) < ($3, $4) ORDER BY r.row LIMIT $5`;

/**
 * Rows of the short changes of $1, behind row $3 of change $2, with originals before row $5 of run $4, at most $6. `is_own`: whether the row has
 * the word of its change. Of one more change than rows are wanted, so that a page that is not full is the last one. `indexed` is
 * for SQLite.
 */
export function readShort(indexed: { readonly short: string; readonly joined: string }): string {
  const rowsOf = (rows: string) => `SELECT p.change, p.word, p.issues, r.row FROM page p CROSS JOIN ${rows}`;
  return `WITH page AS (SELECT e.run, e.change, e.word, e.issues FROM ends e ${indexed.short}
      WHERE e.run = $1 AND ${isShort("e.")} AND e.change >= $2 ORDER BY e.change LIMIT $6 + 1),
    placed AS (SELECT * FROM (${rowsOf("rows r WHERE r.run = p.run AND r.row = p.change")}
      UNION ALL ${rowsOf(`rows r ${indexed.joined} WHERE r.run = p.run AND r.change = p.change AND r.change <> r.row`)}) AS every
      WHERE change > $2 OR row > $3 ORDER BY change, row LIMIT $6)
  SELECT p.change, p.word, p.issues, CASE WHEN r.word IS NULL AND (${ORIGINAL}, ${ORIGINAL_ROW}) < ($4, $5) THEN 1 ELSE 0 END AS is_own, ${SHORT_COLUMNS}
  FROM placed p CROSS JOIN rows r ${WITH_ORIGINAL} WHERE r.run = $1 AND r.row = p.row ORDER BY p.change, p.row`;
}

/** Only the run's number is a way to find it: of all runs at a bank, most are earlier ones. Rows about single users say nothing of the account. */
const LATER = [
  `x.no > $2 AND +x.bank = $1 AND ${IS_RUN}`,
  ...LAYOUTS_OF_USERS.map((layout) => `coalesce(x.reading, '') NOT LIKE '%"layout":"${layout}"%'`),
].join(" AND ");
/** A row that was itself overtaken or left out takes no other row's place. */
const IS_MOOT = `e.word = 'skipped' AND (${["stale", "superseded_by_run", "not_selected"]
  .map((code) => `coalesce(e.issues, '') LIKE '%"code":"${code}"%'`)
  .join(" OR ")})`;
const withEnd = (of: string) => `JOIN ends e ON e.run = ${of}.run AND e.change = ${of}.change AND NOT (${IS_MOOT})`;

/** `accounts` gives `place`, `key` and `account_id`: which of them a later run than $2 at the bank $1 has a row of, with its word. */
export const listOvertaken = (accounts: string) => `SELECT n.place FROM ${accounts} WHERE
  EXISTS (SELECT 1 FROM runs x CROSS JOIN changes c ${withEnd("c")} WHERE ${LATER} AND c.run = x.no AND c.key = n.key)
  OR EXISTS (SELECT 1 FROM runs x CROSS JOIN rows r WHERE ${LATER} AND r.run = x.no AND r.key IS NOT NULL AND r.key = n.key)
  OR n.account_id IS NOT NULL AND (
    EXISTS (SELECT 1 FROM runs x CROSS JOIN changes c ${withEnd("c")} WHERE ${LATER} AND c.run = x.no AND c.key = ${accountKeyOf("n.account_id")})
    OR EXISTS (SELECT 1 FROM runs x CROSS JOIN finds f ${withEnd("f")}
      WHERE ${LATER} AND f.run = x.no AND f.account_id IS NOT NULL AND f.account_id = n.account_id))`;

export const SETTLE = "UPDATE runs SET settled = 1 WHERE no = $1";

export const ACCEPT = `INSERT INTO accepted (run, row, until, reason, by_user, at) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (run, row) DO UPDATE SET until = excluded.until, reason = excluded.reason, by_user = excluded.by_user, at = excluded.at`;

export const LIST_ACCEPTED = `SELECT k.run AS no, x.id AS run, k.row, k.until AS "untilMs", k.reason, k.by_user AS "by", k.at AS "atMs"
  FROM accepted k JOIN runs x ON x.no = k.run WHERE (k.run, k.row) > ($1, $2) ORDER BY k.run, k.row LIMIT $3`;

/** Runs that may have open rows, of the bank $1 or of all and of the job $2 or of all, behind number $3. */
export const UNSETTLED = `runs.settled = 0 AND runs.kind = 'run' AND runs.rejection IS NULL
  AND runs.bank = coalesce($1, runs.bank) AND runs.job = coalesce($2, runs.job) AND runs.no > $3 ORDER BY runs.no LIMIT $4`;

export interface ShortShape {
  readonly change: number;
  readonly row: number;
  readonly word: Word;
  readonly issues: string | null;
  /** Absent for a row that is invalid on its own. */
  readonly is_own?: 0 | 1;
  readonly key: string | null;
  readonly account_id: string | null;
  readonly of_id: string;
  readonly of_no: number;
  readonly of_row: number;
  readonly of_since: number;
  readonly is_retried: 0 | 1;
  readonly accepted_until: number | null;
}

/** The place behind the rows that are invalid on their own. */
const CHANGES_BEGIN: ShortPlace = { change: 1, row: 0 };

/** A page of either statement, read from `after`. */
export function decodeShortPage(shapes: readonly ShortShape[], after: ShortPlace, limit: number): ShortPage {
  const last = shapes.at(-1);
  const end = after.change === 0 ? CHANGES_BEGIN : null;
  const next = last === undefined || shapes.length < limit ? end : { change: last.change, row: last.row };
  return { rows: shapes.filter(({ is_own }) => is_own !== 0).map(decodeShort), next };
}

function decodeShort(shape: ShortShape): ShortRow {
  return {
    change: shape.change,
    row: shape.row,
    word: shape.word,
    issues: decodeList<Issue>(shape.issues),
    key: shape.key,
    accountId: shape.account_id,
    original: { run: shape.of_id, no: shape.of_no, row: shape.of_row, sinceMs: shape.of_since },
    isRetried: shape.is_retried === 1,
    acceptedUntilMs: shape.accepted_until,
  };
}
