/**
 * What became of rows, from PostgreSQL: a page of results at a time, and the change of one row.
 */
import type { ChangeOfRow, RowsLedger } from "../ledger.ts";
import type { Run } from "../run.ts";
import { ofAccount } from "../sql/change-keys.ts";
import { WITH_SENDING } from "../sql/conditions.ts";
import { countWordsOf, decodeWords, type WordShape } from "../sql/count-words.ts";
import { OPERATION } from "../sql/operation-shape.ts";
import {
  type ChangeOfRowShape,
  decodeChangeOfRow,
  decodeResults,
  isRepeat,
  type ResultShape,
  type SentOfRow,
} from "../sql/result-shape.ts";
import type { PostgresStore } from "./store.ts";

/**
 * Which rows are read is settled first: what they are joined with is then looked up by its whole key, however small the server takes it to be.
 * A row with a word of its own had no part in what was planned and sent for its change. $4: whether the account is shown that only the
 * file names; never for rows that contradict each other.
 */
export const READ_RESULTS = `SELECT r.row, r.change, r.byte_offset, r.cells, coalesce(r.word, e.word) AS word, ${isRepeat("")},
    coalesce(r.issues, CASE WHEN e.change IS NULL THEN p.notes ELSE e.issues END) AS issues, e.at,
    coalesce(f.account_id, CASE WHEN $4::boolean AND e.word IS DISTINCT FROM 'invalid' THEN ${ofAccount("c.key")} END) AS account_id,
    CASE WHEN r.word IS NULL THEN r.notes END AS notes, CASE WHEN r.word IS NULL THEN p.differences END AS differences,
    CASE WHEN r.word IS NULL THEN p.resolutions END AS resolutions, CASE WHEN r.word IS NULL THEN p.drift END AS drift
  FROM (SELECT * FROM rows WHERE run = $1 AND row > $2 ORDER BY row LIMIT $3) AS r
  LEFT JOIN changes c ON c.run = r.run AND c.change = r.change
  LEFT JOIN finds f ON f.run = r.run AND f.change = r.change
  LEFT JOIN plans p ON p.run = r.run AND p.change = r.change
  LEFT JOIN ends e ON e.run = r.run AND e.change = r.change ORDER BY r.row`;

export const READ_RESULT_OPERATIONS = `SELECT r.row, ${OPERATION}
  FROM (SELECT * FROM rows WHERE run = $1 AND row > $2 AND row <= $3 AND word IS NULL ORDER BY row OFFSET 0) AS r
  JOIN operations o ON o.run = r.run AND o.change = r.change ${WITH_SENDING} ORDER BY r.row, o.step`;

const AMONG = "row = ANY($2::integer[])";
export const READ_RESULTS_OF = READ_RESULTS.replace("row > $2", AMONG);
export const READ_OPERATIONS_OF = READ_RESULT_OPERATIONS.replace("row > $2 AND row <= $3", AMONG);

export const READ_CHANGE_OF = `SELECT c.key, d.desired AS folded, nullif(p.at, 0) AS "plannedAtMs", p.seen, p.differences,
    ARRAY(SELECT r.row FROM rows r WHERE r.run = $1 AND r.row = c.change
      UNION SELECT r.row FROM rows r WHERE r.run = $1 AND r.change = c.change AND r.change <> r.row ORDER BY 1) AS rows
  FROM rows r JOIN changes c ON c.run = r.run AND c.change = r.change
  LEFT JOIN desires d ON d.run = c.run AND d.change = c.change
  LEFT JOIN plans p ON p.run = c.run AND p.change = c.change WHERE r.run = $1 AND r.row = $2`;

export const COUNT_WORDS = countWordsOf("$1");

const isBankAsked = ({ kind }: Run) => kind !== "validate";

export function postgresResults({
  sql,
}: PostgresStore): Pick<RowsLedger, "readResults" | "readResultsOf" | "readChangeOf" | "countWords"> {
  return {
    async readResults(run, page) {
      const shapes = await sql.all<ResultShape>(READ_RESULTS, run.no, page.after, page.limit, isBankAsked(run));
      const last = shapes.at(-1);
      if (last === undefined) return [];
      return decodeResults(shapes, await sql.all<SentOfRow>(READ_RESULT_OPERATIONS, run.no, page.after, last.row));
    },

    async readResultsOf(run, rows) {
      const shapes = await sql.all<ResultShape>(READ_RESULTS_OF, run.no, rows, rows.length, isBankAsked(run));
      return decodeResults(shapes, await sql.all<SentOfRow>(READ_OPERATIONS_OF, run.no, rows));
    },

    countWords: async (run) => decodeWords(await sql.all<WordShape>(COUNT_WORDS, run.no)),

    async readChangeOf(run, row) {
      const shape = await sql.get<ChangeOfRowShape & Pick<ChangeOfRow, "rows">>(READ_CHANGE_OF, run.no, row);
      return shape && { ...decodeChangeOfRow(shape), rows: shape.rows };
    },
  };
}
