/**
 * Rows in SQLite: parsed rows come in and begin or join changes; rows with their words go out, a page at a time.
 * Never reads a whole run at once.
 */

import type { Issue } from "../../errors/issue.ts";
import type { DesiredRow, ParsedRow } from "../../read/change.ts";
import type { RowsLedger } from "../ledger.ts";
import type { Run } from "../run.ts";
import { amongClientKeys } from "../sql/change-keys.ts";
import { decodeList, encodeList } from "../sql/lists.ts";
import { KEY_OF_CHANGE, keyApart, RESOLVE_ORIGINALS } from "../sql/resolve-originals.ts";
import { decodeProvenance, decodeSource, type OriginShape, type SourceShape } from "../sql/source.ts";
import type { SqliteDatabase } from "./database.ts";
import { placed } from "./placed.ts";
import { sqliteResults } from "./results.ts";
import { sqliteRowsOfAccount } from "./rows-of-account.ts";
import type { SqliteStore } from "./store.ts";

/** Rows of one statement. */
const AT_ONCE = 50;
const COLUMNS_OF_ROW = 11;

const insertRows = (count: number) => `INSERT INTO rows
  (run, row, byte_offset, cells, change, word, issues, notes, from_run, from_row, key) VALUES ${tuples(count, COLUMNS_OF_ROW)}`;

/** Gives the changes that were begun: the others join one of their key. */
const beginChanges = (count: number) => `INSERT INTO changes (run, change, key) VALUES ${tuples(count, 3)}
  ON CONFLICT (run, key) DO NOTHING RETURNING change`;

/** Text made once for each number of rows, and so one prepared statement each. */
const INSERT_ROWS = Array.from({ length: AT_ONCE + 1 }, (_, count) => insertRows(count));
const BEGIN_CHANGES = Array.from({ length: AT_ONCE + 1 }, (_, count) => beginChanges(count));

const LEAD = placed(RESOLVE_ORIGINALS);

const HAS_ROW = "SELECT 1 FROM rows WHERE run = ? AND row = ?";

const JOIN_CHANGE = "UPDATE changes SET to_fold = 1 WHERE run = ? AND key = ? RETURNING change";

const OF_CLIENT_KEYS = `change IN (SELECT change FROM changes WHERE run = ?1 AND ${amongClientKeys("key")})`;

const REFUSE_ROWS = `UPDATE rows SET key = ${KEY_OF_CHANGE}, change = NULL, word = 'invalid', issues = ?2 WHERE run = ?1 AND ${OF_CLIENT_KEYS}`;
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
        const isNew = ({ source }: ParsedRow) => db.get(HAS_ROW, run.no, source.row) === undefined;
        // They come in order: if the first is new, all are.
        const [first] = rows;
        const added = first === undefined || isNew(first) ? rows : rows.filter(isNew);
        for (let from = 0; from < added.length; from += AT_ONCE) addRows(db, run, added.slice(from, from + AT_ONCE));
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
        issues: decodeList<Issue>(shape.issues),
        provenance: decodeProvenance(shape),
      }));
    },

    async readOrigins(run, rows) {
      const shapes = db.all<SourceShape & { issues: string | null }>(READ_ORIGINS, run.no, JSON.stringify(rows));
      return shapes.map((shape) => ({ source: decodeSource(shape), issues: decodeList<Issue>(shape.issues) }));
    },

    ...sqliteResults(store),
    ...sqliteRowsOfAccount(store),
  };
}

/** Only within a write. At most AT_ONCE rows, in order. */
function addRows(db: SqliteDatabase, run: Run, rows: readonly ParsedRow[]): void {
  const wanted = rows.filter((row): row is DesiredRow => row.kind === "desired");
  const changes = beginOrJoin(db, run, wanted);
  const values = rows.flatMap((parsed) => {
    const { row, byteOffset, cells } = parsed.source;
    const own =
      parsed.kind === "desired"
        ? ([changes.get(row) ?? row, null, null, encodeList(parsed.notes ?? [])] as const)
        : ([null, parsed.kind, encodeList(parsed.issues), null] as const);
    const from = parsed.provenance;
    const text = cells === null ? null : JSON.stringify(cells);
    return [run.no, row, byteOffset, text, ...own, from?.run ?? null, from?.row ?? null, keyApart(parsed)];
  });
  db.run(INSERT_ROWS[rows.length] ?? "", ...values);
  const repeated = rows.filter(({ provenance }) => provenance !== undefined);
  const [first, last] = [repeated[0], repeated.at(-1)];
  if (first && last) db.run(LEAD, run.no, first.source.row, last.source.row);
}

/** The changes that rows join, by row; a row that is not named begins the change of its own number. */
function beginOrJoin(db: SqliteDatabase, run: Run, rows: readonly DesiredRow[]): ReadonlyMap<number, number> {
  const joined = new Map<number, number>();
  if (rows.length === 0) return joined;
  const values = rows.flatMap(({ source, key }) => [run.no, source.row, key]);
  const begun = db.all<{ change: number }>(BEGIN_CHANGES[rows.length] ?? "", ...values);
  if (begun.length === rows.length) return joined;
  const own = new Set(begun.map(({ change }) => change));
  for (const { source, key } of rows) {
    if (own.has(source.row)) continue;
    const of = db.get<{ change: number }>(JOIN_CHANGE, run.no, key);
    if (of !== undefined) joined.set(source.row, of.change);
  }
  return joined;
}

/** `(?, ?), (?, ?)` for two of two. */
function tuples(count: number, columns: number): string {
  return Array(count)
    .fill(`(${Array(columns).fill("?").join(", ")})`)
    .join(", ");
}
