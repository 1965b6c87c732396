/**
 * What became of rows, from SQLite: a page of results at a time, and the change of one row.
 */
import type { RowsLedger } from "../ledger.ts";
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
import type { SqliteStore } from "./store.ts";

/**
 * A row with a word of its own had no part in what was planned and sent for its change. ?4: whether the account is shown that only the
 * file names; never for rows that contradict each other.
 */
export const READ_RESULTS = `SELECT r.row, r.change, r.byte_offset, r.cells, coalesce(r.word, e.word) AS word, ${isRepeat("INDEXED BY rows_joined")},
    coalesce(r.issues, iif(e.change IS NULL, p.notes, e.issues)) AS issues, e.at,
    coalesce(f.account_id, iif(?4 AND e.word IS NOT 'invalid', ${ofAccount("c.key")}, NULL)) AS account_id, iif(r.word IS NULL, r.notes, NULL) AS notes,
    iif(r.word IS NULL, p.differences, NULL) AS differences, iif(r.word IS NULL, p.resolutions, NULL) AS resolutions,
    iif(r.word IS NULL, p.drift, NULL) AS drift
  FROM rows r LEFT JOIN changes c ON c.run = r.run AND c.change = r.change
  LEFT JOIN finds f ON f.run = r.run AND f.change = r.change
  LEFT JOIN plans p ON p.run = r.run AND p.change = r.change
  LEFT JOIN ends e ON e.run = r.run AND e.change = r.change
  WHERE r.run = ?1 AND r.row > ?2 ORDER BY r.row LIMIT ?3`;

export const READ_RESULT_OPERATIONS = `SELECT r.row, ${OPERATION}
  FROM rows r CROSS JOIN operations o ON o.run = r.run AND o.change = r.change ${WITH_SENDING}
  WHERE r.run = ? AND r.row > ? AND r.row <= ? AND r.word IS NULL ORDER BY r.row, o.step`;

const AMONG = "row IN (SELECT value FROM json_each(?2))";
export const READ_RESULTS_OF = READ_RESULTS.replace("row > ?2", AMONG);
export const READ_OPERATIONS_OF = READ_RESULT_OPERATIONS.replace(
  "r.run = ? AND r.row > ? AND r.row <= ?",
  `r.run = ?1 AND r.${AMONG}`,
);

export const READ_CHANGE_OF = `SELECT c.key, d.desired AS folded, nullif(p.at, 0) AS plannedAtMs, p.seen, p.differences,
    (SELECT json_group_array(row) FROM (SELECT row FROM rows WHERE run = ?1 AND row = c.change
      UNION SELECT row FROM rows INDEXED BY rows_joined WHERE run = ?1 AND change = c.change AND change <> row)) AS rows
  FROM rows r JOIN changes c ON c.run = r.run AND c.change = r.change
  LEFT JOIN desires d ON d.run = c.run AND d.change = c.change
  LEFT JOIN plans p ON p.run = c.run AND p.change = c.change WHERE r.run = ?1 AND r.row = ?2`;

export const COUNT_WORDS = countWordsOf("?");

const isBankAsked = ({ kind }: Run) => (kind === "validate" ? 0 : 1);

export function sqliteResults({
  db,
}: SqliteStore): Pick<RowsLedger, "readResults" | "readResultsOf" | "readChangeOf" | "countWords"> {
  return {
    async readResults(run, page) {
      const shapes = db.all<ResultShape>(READ_RESULTS, run.no, page.after, page.limit, isBankAsked(run));
      const last = shapes.at(-1);
      if (last === undefined) return [];
      return decodeResults(shapes, db.all<SentOfRow>(READ_RESULT_OPERATIONS, run.no, page.after, last.row));
    },

    async readResultsOf(run, rows) {
      const among = JSON.stringify(rows);
      const shapes = db.all<ResultShape>(READ_RESULTS_OF, run.no, among, rows.length, isBankAsked(run));
      return decodeResults(shapes, db.all<SentOfRow>(READ_OPERATIONS_OF, run.no, among));
    },

    countWords: async (run) => decodeWords(db.all<WordShape>(COUNT_WORDS, run.no)),

    async readChangeOf(run, row) {
      const shape = db.get<ChangeOfRowShape & { readonly rows: string }>(READ_CHANGE_OF, run.no, row);
      return shape && { ...decodeChangeOfRow(shape), rows: JSON.parse(shape.rows) as number[] };
    },
  };
}
