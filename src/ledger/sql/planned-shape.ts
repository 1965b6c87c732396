/**
 * Planned changes as columns have them, with their operations.
 */
import type { Issue } from "../../errors/issue.ts";
import type { Kept } from "../../plan/diff/kept.ts";
import type { Resolution } from "../../plan/own-ids.ts";
import type { Desired } from "../../read/change.ts";
import type { ChangeToApply } from "../plans.ts";
import { decodeList } from "./lists.ts";
import { decodeOperation, type OperationShape } from "./operation-shape.ts";
import { decodeSource, type SourceShape } from "./source.ts";

export interface PlannedShape extends SourceShape {
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

export type OperationOfChange = OperationShape & { readonly change: number; readonly misanswered: number };

/** The changes of a page, in its order. */
export function decodePlanned(
  shapes: readonly PlannedShape[],
  operations: readonly OperationOfChange[],
  kept: (accountId: string | null) => readonly Kept[],
): readonly ChangeToApply[] {
  const operationsOf = Map.groupBy(operations, ({ change }) => change);
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
