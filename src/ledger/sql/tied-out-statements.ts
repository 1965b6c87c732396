/**
 * Statements about what was tied out, as both databases understand them, with `$1` for a value. Of a page, $1 is the run, $2 and $3 above
 * which change and up to which, $4 the bank.
 */
import type { Issue } from "../../errors/issue.ts";
import type { Fetching, NotFetched } from "../fetching.ts";
import { ACCOUNT_ID, IDENTITY } from "./change-shape.ts";
import { isOpen, isUnplanned } from "./conditions.ts";

export const NOT_FETCHED: Issue = {
  code: "not_fetched",
  column: "",
  message:
    "the account was last seen as the row wants it within skipUnchangedFor, and no run has touched it since, so the bank was not asked",
};

/** The column `issues` of its end. */
export const NOT_FETCHED_ISSUES = JSON.stringify([NOT_FETCHED]);

/** One in a hundred is fetched all the same. The factor is odd, so that each number comes from one change alone. */
const SPAN = 2 ** 32;
const SHARE = Math.ceil(SPAN / 100);
const drawn = (change: string, seed: string) => `(${change} * 2654435761 + ${seed}) % ${SPAN}`;

/** `fence` makes PostgreSQL look up each change of the page by its key. */
const page = (fence: string, more = "") => `(SELECT c.*, CAST($4 AS integer) AS bank FROM changes c
    WHERE c.run = $1 AND c.change > $2 AND c.change <= $3${more}${fence}) c`;
const OPEN = ` AND ${isOpen("c")} AND ${isUnplanned("c")}`;
const WITH_FIND = "LEFT JOIN finds f ON f.run = c.run AND f.change = c.change";
const WITH_CONTENT = "JOIN contents n ON n.run = c.run AND n.change = c.change";
const WITH_ACCOUNT = `LEFT JOIN accounts a ON a.bank = c.bank AND a.identity = ${IDENTITY}`;
const WITH_TIED = `JOIN tied_out t ON t.bank = c.bank AND t.account_id = ${ACCOUNT_ID}`;

/** $5 since when, $6 now: what the page has that may be skipped. A row that is fed in again is always fetched. */
const mayBeSkipped = (fence: string) => `FROM ${page(fence, OPEN)} JOIN rows r ON r.run = c.run AND r.row = c.change
  ${WITH_CONTENT} ${WITH_FIND} ${WITH_TIED} ${WITH_ACCOUNT}
  WHERE t.is_open = 0 AND t.content = n.content AND t.at >= $5 AND t.at <= $6 AND c.to_fold IS NULL AND c.begun = 0
    AND r.from_run IS NULL AND a.run IS NULL AND coalesce(a.touch, 0) = t.touch`;

/** As `page`, over changes of the run that have ended as not fetched, whichever. $1 the run, $2 the bank, $3 the issues. */
const ENDED = `FROM (SELECT c.*, CAST($2 AS integer) AS bank FROM changes c JOIN ends e ON e.run = c.run AND e.change = c.change
    WHERE c.run = $1 AND e.issues = $3) c ${WITH_CONTENT} ${WITH_FIND} ${WITH_TIED}`;

export interface TotalsShape {
  readonly changes: number;
  readonly gets: number;
  readonly first_at: number | null;
  readonly last_at: number | null;
}

export function decodeTotals(shape: TotalsShape | undefined): NotFetched {
  const { changes = 0, gets = 0, first_at = 0, last_at = 0 } = shape ?? {};
  return { changes, gets, firstAtMs: first_at ?? 0, lastAtMs: last_at ?? 0 };
}

export const decodeFetching = (text: string | null) => (text === null ? null : (JSON.parse(text) as Fetching));

/** Each is clean: nothing is in doubt, each operation went once, under the plan that saw the account at this touch. */
const WENT_ONCE = `NOT EXISTS (SELECT 1 FROM operations o LEFT JOIN sendings s ON s.run = o.run AND s.change = o.change AND s.step = o.step
    WHERE o.run = c.run AND o.change = c.change
      AND (s.state IS NULL OR s.state <> 'applied' OR s.attempts <> 1 OR s.in_doubt <> 0 OR o.generation <> p.touch))`;
const TOUCH = "p.touch + (SELECT count(*) FROM operations o WHERE o.run = c.run AND o.change = c.change)";

/** `fence`: see `page`. */
export function tiedOutStatements(fence: string) {
  return {
    /** $7 the seed, $8 the issues. */
    skip: `INSERT INTO ends (run, change, word, issues, at)
      SELECT c.run, c.change, 'skipped', CAST($8 AS text), CAST($6 AS bigint) ${mayBeSkipped(fence)}
        AND ${drawn("c.change", "$7")} >= ${SHARE} ORDER BY c.change ON CONFLICT (run, change) DO NOTHING`,
    /** $7 the seed. */
    countShare: `SELECT count(*) AS counted ${mayBeSkipped(fence)} AND ${drawn("c.change", "$7")} < ${SHARE}`,
    release: `UPDATE tied_out SET is_open = 1, run = $1 WHERE bank = $4 AND is_open = 0 AND account_id IN (
      SELECT ${ACCOUNT_ID} FROM ${page(fence, OPEN)} ${WITH_FIND})`,
    /** $1 the run, $2 the seed, $3 the issues: the one to fetch, where the share has none. */
    findOne: `SELECT change FROM ends WHERE run = $1 AND issues = $3 ORDER BY ${drawn("change", "$2")}, change LIMIT 1`,
    /** $1 the run, $2 the change. */
    openOne: "DELETE FROM ends WHERE run = $1 AND change = $2",
    totals: `SELECT count(*) AS changes, coalesce(sum(n.gets), 0) AS gets, min(t.at) AS first_at, max(t.at) AS last_at ${ENDED}`,
    /** $1 the run, $2 the bank, $3 since when. A note was not there before either. */
    countChanged: `SELECT count(*) AS counted FROM plans p
      JOIN (SELECT c.*, CAST($2 AS integer) AS bank FROM changes c WHERE c.run = $1) c ON c.run = p.run AND c.change = p.change
      ${WITH_CONTENT} ${WITH_FIND} ${WITH_TIED} LEFT JOIN ends e ON e.run = c.run AND e.change = c.change
      WHERE p.run = $1 AND t.is_open = 1 AND t.run = $1 AND t.content = n.content AND t.at >= $3 AND p.touch = t.touch
        AND (coalesce(e.word, '') NOT IN ('unchanged', 'failed', 'skipped') OR e.word = 'unchanged' AND e.issues IS NOT NULL)`,
    /** $1 the run, $2 the issues. */
    reopen: "DELETE FROM ends WHERE run = $1 AND issues = $2",
    tieOut: `INSERT INTO tied_out (bank, account_id, content, touch, at, run, is_open)
      SELECT c.bank, ${ACCOUNT_ID}, n.content, ${TOUCH}, p.at, c.run, 0 FROM ${page(fence)} ${WITH_CONTENT} ${WITH_FIND}
        JOIN ends e ON e.run = c.run AND e.change = c.change JOIN plans p ON p.run = c.run AND p.change = c.change ${WITH_ACCOUNT}
      WHERE e.word IN ('unchanged', 'applied') AND e.issues IS NULL AND p.notes IS NULL AND p.at > 0 AND ${ACCOUNT_ID} IS NOT NULL
        AND ${WENT_ONCE} AND a.run IS NULL AND coalesce(a.touch, 0) = ${TOUCH} ORDER BY c.change
      ON CONFLICT (bank, account_id) DO UPDATE SET content = excluded.content, touch = excluded.touch, at = excluded.at,
        run = excluded.run, is_open = 0 WHERE excluded.run >= tied_out.run`,
    /** $1 the bank. */
    forget: "DELETE FROM tied_out WHERE bank = $1",
    /** $1 the run, $2 the issues. */
    countRows: `SELECT count(*) AS counted FROM rows r JOIN ends e ON e.run = r.run AND e.change = r.change
      WHERE r.run = $1 AND r.word IS NULL AND e.issues = $2 AND ${isUnplanned("e")}`,
    /** $1 the bank, $2 the job, $3 before which number, $4 how many. */
    listFetching: `SELECT fetching FROM runs WHERE bank = $1 AND job = $2 AND no < $3 AND kind = 'run' AND rerun_of IS NULL
      AND rejection IS NULL AND absent_of IS NULL AND NOT (rows = 0 AND stage = 'ended')
      AND coalesce(fetching, '') NOT LIKE '{"kind":"all","why":"asked"%' AND coalesce(fetching, '') NOT LIKE '%"changes":0,%'
      ORDER BY no DESC LIMIT $4`,
  } as const;
}

/** Changes of one transaction. */
export const PART = 5_000;
