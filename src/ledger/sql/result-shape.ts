/**
 * What became of a row, as columns have it.
 */
import type { Issue } from "../../errors/issue.ts";
import type { Word } from "../../errors/words.ts";
import type { Drift } from "../../plan/drift.ts";
import type { Difference } from "../../plan/operation.ts";
import type { Resolution } from "../../plan/own-ids.ts";
import type { Desired } from "../../read/change.ts";
import type { StoredOperation } from "../operations.ts";
import type { ChangeOfRow, StoredResult } from "../rows.ts";
import { decodeList } from "./lists.ts";
import { decodeOperation, type OperationShape } from "./operation-shape.ts";
import { decodeSource, type SourceShape } from "./source.ts";

export interface ResultShape extends SourceShape {
  readonly change: number | null;
  readonly word: Word | null;
  readonly issues: string | null;
  /** Of the row itself, beside what is said of its change. */
  readonly notes: string | null;
  readonly account_id: string | null;
  readonly at: number | null;
  readonly differences: string | null;
  readonly resolutions: string | null;
  readonly drift: string | null;
  readonly is_repeat: 0 | 1;
}

/** Whether row `r` has the operations of its change after an earlier row. `indexed` is for SQLite. */
export function isRepeat(indexed: string): string {
  const has = (rows: string) => `EXISTS (SELECT 1 FROM rows y ${rows} AND y.word IS NULL)`;
  return `CASE WHEN r.word IS NULL AND r.row <> r.change AND (${has("WHERE y.run = r.run AND y.row = r.change")}
    OR ${has(`${indexed} WHERE y.run = r.run AND y.change = r.change AND y.change <> y.row AND y.row < r.row`)}) THEN 1 ELSE 0 END AS is_repeat`;
}

function decodeResult(shape: ResultShape, operations: readonly StoredOperation[]): StoredResult {
  return {
    source: decodeSource(shape),
    change: shape.change,
    word: shape.word,
    issues: [...decodeList<Issue>(shape.issues), ...decodeList<Issue>(shape.notes)],
    accountId: shape.account_id,
    differences: decodeList<Difference>(shape.differences),
    operations,
    isRepeat: shape.is_repeat === 1,
    resolutions: decodeList<Resolution>(shape.resolutions),
    drift: decodeList<Drift>(shape.drift),
    atMs: shape.at,
  };
}

/** All of a row's change but its rows. */
export interface ChangeOfRowShape {
  readonly key: string;
  readonly folded: string | null;
  readonly plannedAtMs: number | null;
  readonly seen: string | null;
  readonly differences: string | null;
}

export function decodeChangeOfRow(shape: ChangeOfRowShape): Omit<ChangeOfRow, "rows"> {
  const folded = shape.folded === null ? null : (JSON.parse(shape.folded) as Desired);
  return { ...shape, folded, differences: decodeList<Difference>(shape.differences) };
}

/** An operation beside the row that it was for. */
export type SentOfRow = OperationShape & { readonly row: number };

export function decodeResults(shapes: readonly ResultShape[], sent: readonly SentOfRow[]): StoredResult[] {
  const operationsOf = Map.groupBy(sent, ({ row }) => row);
  return shapes.map((shape) => decodeResult(shape, (operationsOf.get(shape.row) ?? []).map(decodeOperation)));
}
