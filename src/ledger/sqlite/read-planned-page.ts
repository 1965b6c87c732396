/**
 * Reads planned changes in SQLite, a page at a time, each with its operations and all that applying them needs of the ledger.
 */
import type { ChangeToApply, Page } from "../ledger.ts";
import type { Run } from "../run.ts";
import { ACCOUNT_ID } from "../sql/change-shape.ts";
import { isOpen, WITH_SENDING } from "../sql/conditions.ts";
import { OPERATION } from "../sql/operation-shape.ts";
import { decodePlanned, type OperationOfChange, type PlannedShape } from "../sql/planned-shape.ts";
import { OPEN_CHANGES } from "./ends.ts";
import { readKept } from "./kept.ts";
import type { SqliteStore } from "./store.ts";

export const FIND_FIRST = `${OPEN_CHANGES} LIMIT 1`;

export const READ_PLANNED = `SELECT p.change, c.key, c.begun, ${ACCOUNT_ID} AS account_id, p.at, p.touch, p.notes, p.resolutions,
    d.desired, r.row, r.byte_offset, r.cells
  FROM changes c JOIN plans p ON p.run = c.run AND p.change = c.change JOIN rows r ON r.run = c.run AND r.row = c.change
  LEFT JOIN finds f ON f.run = c.run AND f.change = c.change
  LEFT JOIN desires d ON d.run = c.run AND d.change = c.change
  WHERE c.run = ? AND c.change > ? AND c.change <= ? AND ${isOpen("c")} ORDER BY c.change LIMIT ?`;

export const READ_OPERATIONS = `SELECT o.change, ${OPERATION}, coalesce(s.misanswered, 0) AS misanswered FROM operations o ${WITH_SENDING}
  WHERE o.run = ? AND o.change > ? AND o.change <= ? AND e.change IS NULL ORDER BY o.change, o.step`;

export function readPlannedPage(store: SqliteStore, run: Run, { after, to, limit }: Page): readonly ChangeToApply[] {
  const { db } = store;
  const most = to ?? Number.MAX_SAFE_INTEGER;
  const open = db.get<{ change: number }>(FIND_FIRST, run.no, after, most);
  const shapes = open === undefined ? [] : db.all<PlannedShape>(READ_PLANNED, run.no, open.change - 1, most, limit);
  const [first, last] = [shapes[0], shapes.at(-1)];
  if (first === undefined || last === undefined) return [];
  const operations = db.all<OperationOfChange>(READ_OPERATIONS, run.no, first.change - 1, last.change);
  const kept = readKept(store, run, shapes);
  return decodePlanned(shapes, operations, kept);
}
