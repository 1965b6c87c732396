/**
 * Statements that lead attempts to their original rows, and back. They are the same in both databases, with `$1` for a value.
 */
import type { ParsedRow } from "../../read/change.ts";

/** The row `a` and the one that it names as its origin, `o`, of an earlier run `p` at the same bank. */
const FROM_ROW = `own.no = a.run AND p.id = a.from_run AND p.bank = own.bank AND p.no < a.run AND p.kind = 'run'
  AND p.rejection IS NULL AND o.run = p.no AND o.row = a.from_row`;

/** The key of a row that is no part of a change and yet names an account, as its column has it. */
export function keyApart(row: ParsedRow): string | null {
  return row.kind === "invalid" ? (row.key ?? null) : null;
}

/** Of a row that leaves its change. */
export const KEY_OF_CHANGE = "(SELECT c.key FROM changes c WHERE c.run = rows.run AND c.change = rows.change)";

/** Leads new attempts to their originals: rows of $1 from $2 to $3. Their origins were led there before. */
export const RESOLVE_ORIGINALS = `UPDATE rows AS a SET of_run = coalesce(o.of_run, o.run), of_row = coalesce(o.of_row, o.row)
  FROM runs own, runs p, rows o WHERE a.run = $1 AND a.row >= $2 AND a.row <= $3 AND a.from_run IS NOT NULL AND ${FROM_ROW}`;

/** The same for all rows of a ledger of before, over any number of steps; the one in the earliest run is the original. */
export const RESOLVE_ALL_ORIGINALS = `
WITH RECURSIVE steps (run, row, of_run, of_row) AS (
  SELECT a.run, a.row, o.run, o.row FROM rows a, runs own, runs p, rows o WHERE a.from_run IS NOT NULL AND ${FROM_ROW}
  UNION ALL
  SELECT s.run, s.row, o.run, o.row FROM steps s, rows a, runs own, runs p, rows o
  WHERE a.run = s.of_run AND a.row = s.of_row AND a.from_run IS NOT NULL AND ${FROM_ROW}
), placed AS (
  SELECT run, row, of_run, of_row, row_number() OVER (PARTITION BY run, row ORDER BY of_run) AS place FROM steps
)
UPDATE rows SET of_run = placed.of_run, of_row = placed.of_row FROM placed
WHERE placed.place = 1 AND rows.run = placed.run AND rows.row = placed.row;
`;

/** Of the run `x`: whether its rows were acted on, or would have been. */
export const IS_RUN = "x.kind = 'run' AND x.rejection IS NULL";

/** Original rows of $1, above $2 and up to $3. */
export const READ_ATTEMPTS = `SELECT a.of_row AS "of", x.id AS run, max(a.row) AS row
  FROM rows a JOIN runs x ON x.no = a.run AND ${IS_RUN} LEFT JOIN ends e ON e.run = a.run AND e.change = a.change
  WHERE a.of_run = $1 AND a.of_row > $2 AND a.of_row <= $3 AND coalesce(a.word, e.word) IS NOT NULL
  GROUP BY a.of_row, a.run, x.id ORDER BY a.of_row, a.run`;

export const LIST_ATTEMPT_RUNS = `SELECT x.id FROM runs x WHERE ${IS_RUN} AND x.no IN (SELECT run FROM rows WHERE of_run = $1) ORDER BY x.no`;

export const LIST_ORIGINS = `SELECT id FROM runs
  WHERE no IN (SELECT of_run FROM rows WHERE run = $1 AND of_run IS NOT NULL) ORDER BY no LIMIT $2`;

/** Runs that began from $1 on and before $2, behind number $3. */
export const LIST_BEGUN =
  "SELECT no, id FROM runs WHERE started_at >= $1 AND started_at < $2 AND no > $3 ORDER BY no LIMIT $4";
