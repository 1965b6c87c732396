/**
 * Guards as columns have them, and the statements about them that both databases take.
 */
import type { GuardName } from "../../plan/guard-settings.ts";
import { GUARD_KINDS, type GuardKind, type OperationKind } from "../../plan/operation.ts";
import type { GuardOfRun } from "../guards.ts";
import { isOpen, STATE, WITH_SENDING } from "./conditions.ts";

/** Whether a guard holds the change of that table or alias and has not released it. */
export const isGuardHeld = (of: string) =>
  `EXISTS (SELECT 1 FROM holds h WHERE h.run = ${of}.run AND h.change = ${of}.change AND h.released = 0)`;

/** Of the planned change `x`: whether a guard may hold it. One that another guard holds already is held by both. */
export const MAY_HOLD = `(${isOpen("x")} OR ${isGuardHeld("x")}) AND NOT EXISTS (SELECT 1 FROM sendings s
  WHERE s.run = x.run AND s.change = x.change AND (s.state <> 'planned' OR s.in_doubt = 1))`;

/** Counts the operations of a run by kind; held ones stay in the figure, so that it is that of the whole plan. */
export const countPlanned = (
  run: string,
  condition = "true",
) => `SELECT o.kind, count(*) AS counted FROM operations o ${WITH_SENDING}
  WHERE o.run = ${run} AND (${STATE} <> 'skipped' OR EXISTS (SELECT 1 FROM holds h WHERE h.run = o.run AND h.change = o.change))
    AND ${condition} GROUP BY o.kind`;

export interface KindCount {
  readonly kind: OperationKind;
  readonly counted: number;
}

/** `clearing` are patches that clear documents. */
export function decodeCounts(
  counts: readonly KindCount[],
  clearing: KindCount | undefined,
): Readonly<Record<GuardKind, number>> {
  const figures = Object.fromEntries(GUARD_KINDS.map((kind) => [kind, 0])) as Record<GuardKind, number>;
  for (const { kind, counted } of counts) figures[kind] = counted;
  return { ...figures, clear_documents: clearing?.counted ?? 0 };
}

/** The words of the changes of a run that guards hold, with the issues of all of them. */
export const heldEnds = (run: string, atMs: string) => `SELECT h.run, h.change, 'held',
    '[' || string_agg(g.issue, ',' ORDER BY g.guard) || ']', ${atMs}
  FROM holds h JOIN guards g ON g.run = h.run AND g.guard = h.guard
  WHERE h.run = ${run} AND h.released = 0`;

/** The guards of a run; a subquery counts each, since most runs have none. */
export const listGuards = (run: string) => `SELECT g.*,
    (SELECT count(*) FROM holds h WHERE h.run = g.run AND h.guard = g.guard) AS held,
    (SELECT count(*) FROM holds h WHERE h.run = g.run AND h.guard = g.guard AND h.released = 0) AS holding
  FROM guards g WHERE g.run = ${run} ORDER BY g.guard`;

export interface GuardShape {
  readonly guard: GuardName;
  readonly figure: number;
  readonly allowed: number;
  readonly held: number;
  readonly holding: number;
  readonly at: number;
  readonly approved_max: number | null;
  readonly approved_by: string | null;
  readonly approved_at: number | null;
  readonly reason: string | null;
}

export function decodeGuard(shape: GuardShape): GuardOfRun {
  const { guard, figure, allowed, held, holding, at: atMs } = shape;
  const { approved_max: max, approved_by: by, approved_at: approvedAtMs, reason } = shape;
  const isApproved = max !== null && by !== null && approvedAtMs !== null && reason !== null;
  const approval = isApproved ? { max, by, reason, atMs: approvedAtMs } : null;
  return { guard, figure, allowed, held, holding, atMs, approval };
}
