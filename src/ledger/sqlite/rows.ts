/**
 * Rows in SQLite: parsed rows come in and begin or join changes; rows with their words go out, a page at a time.
 * Never reads a whole run at once.
 */
import type { Issue } from "../../errors/issue.ts";
import type { DesiredRow, ParsedRow } from "../../read/change.ts";
import type { RowsLedger } from "../ledger.ts";
import type { Run } from "../run.ts";
import { amongClientKeys } from "./change-keys.ts";
import type { SqliteDatabase } from "./database.ts";
import { sqliteResults } from "./results.ts";
import { decodeProvenance, decodeSource, type OriginShape, type SourceShape } from "./source.ts";
import { decodeList, encodeList, type SqliteStore } from "./store.ts";

const INSERT_ROW = `INSERT OR IGNORE INTO rows (run, row, byte_offset, cells, change, word, issues, notes, from_run, from_row)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const BEGIN_CHANGE = "INSERT INTO changes (run, change, key) VALUES (?, ?, ?) ON CONFLICT (run, key) DO NOTHING";

const JOIN_CHANGE = "UPDATE changes SET to_fold = 1 WHERE run = ? AND key = ? RETURNING change";

const OF_CLIENT_KEYS = `change IN (SELECT change FROM changes WHERE run = ?1 AND ${amongClientKeys("key")})`;

const REFUSE_ROWS = `UPDATE rows SET change = NULL, word = 'invalid', issues = ?2 WHERE run = ?1 AND ${OF_CLIENT_KEYS}`;
const FORGET_REFUSED = `DELETE FROM changes WHERE run = ?1 AND ${OF_CLIENT_KEYS}`;

export const READ_ROWS = `SELECT r.row, r.byte_offset, r.cells, r.issues, r.from_run, r.from_row
  FROM rows r LEFT JOIN ends c ON c.run = r.run AND c.change = r.change
  WHERE r.run = ?1 AND r.row > ?2 AND coalesce(r.word, c.word) IN (SELECT value FROM json_each(?3))
    AND (?5 = '[]' OR EXISTS (SELECT 1 FROM json_each(coalesce(r.issues, c.issues)) issue
      WHERE issue.value ->> 'code' IN (SELECT value FROM json_each(?5))))
  ORDER BY r.row LIMIT ?4`;

export const READ_ORIGINS = `SELECT r.row, r.byte_offset, r.cells, coalesce(r.issues, c.issues) AS issues
  FROM rows r LEFT JOIN ends c ON c.run = r.run AND c.change = r.change
  WHERE r.run = ?1 AND r.row IN (SELECT value FROM json_each(?2))`;

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
        db.run(FORGET_REFUSED, run.no);
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

    ...sqliteResults(store),
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

function enterChange(db: SqliteDatabase, run: Run, { source, key }: DesiredRow): void {
  if (db.run(BEGIN_CHANGE, run.no, source.row, key) > 0) return;
  const { change } = db.get<{ change: number }>(JOIN_CHANGE, run.no, key) ?? { change: source.row };
  db.run("UPDATE rows SET change = ? WHERE run = ? AND row = ?", change, run.no, source.row);
}
