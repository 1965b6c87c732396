/**
 * Rows in SQLite: parsed rows come in and begin or join changes; rows with their words go out, a page at a time.
 * Never reads a whole run at once.
 */
import type { Issue } from "../../errors/issue.ts";
import type { Word } from "../../errors/words.ts";
import type { Difference } from "../../plan/operation.ts";
import type { Resolution } from "../../plan/own-ids.ts";
import type { Desired, DesiredRow, ParsedRow, Provenance } from "../../read/change.ts";
import type { CsvRow } from "../../read/csv-row.ts";
import type { ChangeOfRow, RowsLedger, StoredOperation, StoredResult } from "../ledger.ts";
import type { Run } from "../run.ts";
import { amongClientKeys } from "./change-keys.ts";
import type { SqliteDatabase } from "./database.ts";
import { decodeOperation, type OperationShape } from "./operations.ts";
import { decodeList, encodeList, type SqliteStore } from "./store.ts";

export interface SourceShape {
  readonly row: number;
  readonly byte_offset: number;
  readonly cells: string | null;
}

interface OriginShape {
  readonly from_run: string | null;
  readonly from_row: number | null;
}

export function decodeSource(shape: SourceShape): CsvRow {
  const cells = shape.cells === null ? null : (JSON.parse(shape.cells) as string[]);
  return { row: shape.row, byteOffset: shape.byte_offset, cells };
}

export function decodeProvenance(shape: OriginShape): Provenance | null {
  return shape.from_run === null || shape.from_row === null ? null : { run: shape.from_run, row: shape.from_row };
}

const INSERT_ROW = `INSERT OR IGNORE INTO rows (run, row, byte_offset, cells, change, word, issues, notes, from_run, from_row)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const BEGIN_CHANGE = `INSERT INTO changes (run, change, key, state) VALUES (?, ?, ?, 'read')
  ON CONFLICT (run, key) DO NOTHING`;

const DESIRE = "INSERT INTO desires (run, change, desired) VALUES (?, ?, ?)";

const JOIN_CHANGE = "UPDATE changes SET to_fold = 1 WHERE run = ? AND key = ? RETURNING change";

const OF_CLIENT_KEYS = `change IN (SELECT change FROM changes WHERE run = ?1 AND ${amongClientKeys("key")})`;

const REFUSE_ROWS = `UPDATE rows SET change = NULL, word = 'invalid', issues = ?2 WHERE run = ?1 AND ${OF_CLIENT_KEYS}`;
const FORGET_REFUSED = ["desires", "changes"].map(
  (table) => `DELETE FROM ${table} WHERE run = ?1 AND ${OF_CLIENT_KEYS}`,
);

export const READ_ROWS = `SELECT r.row, r.byte_offset, r.cells, r.issues, r.from_run, r.from_row
  FROM rows r LEFT JOIN changes c ON c.run = r.run AND c.change = r.change
  WHERE r.run = ?1 AND r.row > ?2 AND coalesce(r.word, c.word) IN (SELECT value FROM json_each(?3))
    AND (?5 = '[]' OR EXISTS (SELECT 1 FROM json_each(coalesce(r.issues, c.issues)) issue
      WHERE issue.value ->> 'code' IN (SELECT value FROM json_each(?5))))
  ORDER BY r.row LIMIT ?4`;

export const READ_ORIGINS = `SELECT r.row, r.byte_offset, r.cells, coalesce(r.issues, c.issues) AS issues
  FROM rows r LEFT JOIN changes c ON c.run = r.run AND c.change = r.change
  WHERE r.run = ?1 AND r.row IN (SELECT value FROM json_each(?2))`;

export const READ_RESULTS = `SELECT r.row, r.byte_offset, r.cells, r.from_run, r.from_row,
    coalesce(r.word, c.word) AS word, coalesce(r.issues, c.issues) AS issues, c.account_id, c.at,
    iif(r.word IS NULL, r.notes, NULL) AS notes, iif(r.word IS NULL, c.differences, NULL) AS differences, iif(r.word IS NULL, s.ids, NULL) AS resolutions
  FROM rows r LEFT JOIN changes c ON c.run = r.run AND c.change = r.change
  LEFT JOIN resolutions s ON s.run = r.run AND s.change = r.change
  WHERE r.run = ? AND r.row > ? ORDER BY r.row LIMIT ?`;

/** A row with a word of its own had no part in what was sent for its change. */
export const READ_RESULT_OPERATIONS = `SELECT r.row, o.step, o.kind, o.state, o.attempts, o.in_doubt, o.first_sent_at, o.first_sent_bank_at, o.last_sent_at,
    o.http_status, o.issue, o.generation, o.key, o.body_hash, o.body
  FROM rows r CROSS JOIN operations o ON o.run = r.run AND o.change = r.change
  WHERE r.run = ? AND r.row > ? AND r.row <= ? AND r.word IS NULL ORDER BY r.row, o.step`;

export const READ_CHANGE_OF = `SELECT c.key, d.desired, c.planned_at AS plannedAtMs, s.actual AS seen,
    (SELECT json_group_array(row) FROM (SELECT row FROM rows WHERE run = ?1 AND row = c.change
      UNION SELECT row FROM rows INDEXED BY rows_joined WHERE run = ?1 AND change = c.change AND change <> row)) AS rows
  FROM rows r JOIN changes c ON c.run = r.run AND c.change = r.change
  JOIN desires d ON d.run = c.run AND d.change = c.change
  LEFT JOIN seen s ON s.run = c.run AND s.change = c.change WHERE r.run = ?1 AND r.row = ?2`;

interface ResultShape extends SourceShape {
  readonly word: Word | null;
  readonly issues: string | null;
  /** Of the row itself, beside what is said of its change. */
  readonly notes: string | null;
  readonly account_id: string | null;
  readonly at: number | null;
  readonly differences: string | null;
  readonly resolutions: string | null;
}

function decodeResult(shape: ResultShape, operations: readonly StoredOperation[]): StoredResult {
  return {
    source: decodeSource(shape),
    word: shape.word,
    issues: [...decodeList<Issue>(shape.issues), ...decodeList<Issue>(shape.notes)],
    accountId: shape.account_id,
    differences: decodeList<Difference>(shape.differences),
    operations,
    resolutions: decodeList<Resolution>(shape.resolutions),
    atMs: shape.at,
  };
}

export function sqliteRows(store: SqliteStore): RowsLedger {
  const { db } = store;

  return {
    recordRows(run, rows) {
      return store.write(() => {
        for (const parsed of rows) {
          if (insertRow(db, run, parsed) && parsed.kind === "desired") enterChange(db, run, parsed);
        }
      });
    },

    refuseClientKeys(run, issue) {
      return store.write(() => {
        db.run(REFUSE_ROWS, run.no, JSON.stringify([issue]));
        for (const sql of FORGET_REFUSED) db.run(sql, run.no);
      });
    },

    async readRows(run, words, { after, limit }, codes = []) {
      type Shape = SourceShape & OriginShape & { issues: string | null };
      const shapes = db.all<Shape>(READ_ROWS, run.no, after, JSON.stringify(words), limit, JSON.stringify(codes));
      return shapes.map((shape) => ({
        source: decodeSource(shape),
        issues: shape.cells === null ? decodeList<Issue>(shape.issues) : [],
        provenance: decodeProvenance(shape),
      }));
    },

    async readOrigins(run, rows) {
      const shapes = db.all<SourceShape & { issues: string | null }>(READ_ORIGINS, run.no, JSON.stringify(rows));
      return shapes.map((shape) => ({ source: decodeSource(shape), issues: decodeList<Issue>(shape.issues) }));
    },

    async readResults(run, page) {
      const shapes = db.all<ResultShape>(READ_RESULTS, run.no, page.after, page.limit);
      const last = shapes.at(-1);
      if (last === undefined) return [];
      const sent = db.all<OperationShape & { row: number }>(READ_RESULT_OPERATIONS, run.no, page.after, last.row);
      const operationsOf = Map.groupBy(sent, ({ row }) => row);
      return shapes.map((shape) => decodeResult(shape, (operationsOf.get(shape.row) ?? []).map(decodeOperation)));
    },

    async readChangeOf(run, row) {
      type Shape = Omit<ChangeOfRow, "desired" | "rows"> & { desired: string; rows: string };
      const shape = db.get<Shape>(READ_CHANGE_OF, run.no, row);
      if (shape === undefined) return undefined;
      return { ...shape, desired: JSON.parse(shape.desired) as Desired, rows: JSON.parse(shape.rows) as number[] };
    },
  };
}

/** Whether the row is new. A desired row first points at a change of its own number, which most begin. */
function insertRow(db: SqliteDatabase, run: Run, parsed: ParsedRow): boolean {
  const { row, byteOffset, cells } = parsed.source;
  const own =
    parsed.kind === "desired"
      ? ([row, null, null, encodeList(parsed.notes ?? [])] as const)
      : ([null, parsed.kind, encodeList(parsed.issues), null] as const);
  const from = parsed.provenance;
  const text = cells === null ? null : JSON.stringify(cells);
  return db.run(INSERT_ROW, run.no, row, byteOffset, text, ...own, from?.run ?? null, from?.row ?? null) > 0;
}

function enterChange(db: SqliteDatabase, run: Run, { source, key, desired }: DesiredRow): void {
  if (db.run(BEGIN_CHANGE, run.no, source.row, key) > 0) {
    db.run(DESIRE, run.no, source.row, JSON.stringify(desired));
    return;
  }
  const { change } = db.get<{ change: number }>(JOIN_CHANGE, run.no, key) ?? { change: source.row };
  db.run("UPDATE rows SET change = ? WHERE run = ? AND row = ?", change, run.no, source.row);
}
