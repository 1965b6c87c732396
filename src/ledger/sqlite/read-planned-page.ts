/**
 * Reads planned changes in SQLite, a page at a time, each with its operations and all that applying them needs of the ledger.
 */
import type { Issue } from "../../errors/issue.ts";
import type { Resolution } from "../../plan/own-ids.ts";
import type { Desired } from "../../read/change.ts";
import type { ChangeToApply, Page } from "../ledger.ts";
import type { Run } from "../run.ts";
import { isOpen, OPEN_CHANGES } from "./ends.ts";
import { readKept } from "./kept.ts";
import { decodeOperation, OPERATION, type OperationShape, WITH_SENDING } from "./sendings.ts";
import { decodeSource, type SourceShape } from "./source.ts";
import { decodeList, type SqliteStore } from "./store.ts";
import { ACCOUNT_ID } from "./stored-changes.ts";

export const FIND_FIRST = `${OPEN_CHANGES} LIMIT 1`;

export const READ_PLANNED = `SELECT p.change, c.key, c.begun, ${ACCOUNT_ID} AS account_id, p.at, p.touch, p.notes, p.resolutions,
    d.desired, r.row, r.byte_offset, r.cells
  FROM changes c JOIN plans p ON p.run = c.run AND p.change = c.change JOIN rows r ON r.run = c.run AND r.row = c.change
  LEFT JOIN finds f ON f.run = c.run AND f.change = c.change
  LEFT JOIN desires d ON d.run = c.run AND d.change = c.change
  WHERE c.run = ? AND c.change > ? AND c.change <= ? AND ${isOpen("c")} ORDER BY c.change LIMIT ?`;

export const READ_OPERATIONS = `SELECT o.change, ${OPERATION}, coalesce(s.misanswered, 0) AS misanswered FROM operations o ${WITH_SENDING}
  WHERE o.run = ? AND o.change > ? AND o.change <= ? AND e.change IS NULL ORDER BY o.change, o.step`;

interface PlannedShape extends SourceShape {
  readonly change: number;
  readonly key: string;
  readonly begun: number;
  readonly account_id: string | null;
  readonly at: number;
  readonly touch: number;
  readonly notes: string | null;
  readonly resolutions: string | null;
  readonly desired: string | null;
}

type OperationOfChange = OperationShape & { readonly change: number; readonly misanswered: number };

export function readPlannedPage(store: SqliteStore, run: Run, { after, to, limit }: Page): readonly ChangeToApply[] {
  const { db } = store;
  const most = to ?? Number.MAX_SAFE_INTEGER;
  const open = db.get<{ change: number }>(FIND_FIRST, run.no, after, most);
  const shapes = open === undefined ? [] : db.all<PlannedShape>(READ_PLANNED, run.no, open.change - 1, most, limit);
  const [first, last] = [shapes[0], shapes.at(-1)];
  if (first === undefined || last === undefined) return [];
  const operations = db.all<OperationOfChange>(READ_OPERATIONS, run.no, first.change - 1, last.change);
  const operationsOf = Map.groupBy(operations, ({ change }) => change);
  const kept = readKept(store, run, shapes);
  return shapes.map((shape): ChangeToApply => {
    const own = operationsOf.get(shape.change) ?? [];
    return {
      change: shape.change,
      key: shape.key,
      accountId: shape.account_id,
      source: decodeSource(shape),
      folded: shape.desired === null ? null : (JSON.parse(shape.desired) as Desired),
      plannedAtMs: shape.at,
      touch: shape.touch,
      notes: decodeList<Issue>(shape.notes),
      operations: own.map(decodeOperation),
      kept: kept(shape.account_id),
      resolutions: decodeList<Resolution>(shape.resolutions),
      begun: shape.begun,
      misanswered: own.reduce((sum, { misanswered }) => sum + misanswered, 0),
    };
  });
}
