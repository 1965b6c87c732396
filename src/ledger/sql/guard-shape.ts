/**
 * Guards as columns have them, and the statements about them that both databases take.
 */
import type { GuardName } from "../../plan/guard-settings.ts";
import type { HeldBy } from "../../plan/judge-guards.ts";
import {
  GUARD_KINDS,
  type GuardKind,
  type KindOfProduct,
  type OperationKind,
  type ProductCounts,
} from "../../plan/operation.ts";
import type { GuardOfRun } from "../guards.ts";
import { clientIdIn, isClientKey } from "./change-keys.ts";
import { ACCOUNT_ID } from "./change-shape.ts";
import { isOpen, STATE, WITH_SENDING } from "./conditions.ts";

/** Whether a guard has not released the change of that table or alias. */
export const hasHold = (of: string) =>
  `EXISTS (SELECT 1 FROM holds h WHERE h.run = ${of}.run AND h.change = ${of}.change AND h.released = 0)`;

/** Whether a guard holds the change of that table or alias; not one that a person has left out beside that. */
export const isGuardHeld = (of: string) =>
  `(${hasHold(of)} AND EXISTS (SELECT 1 FROM ends e WHERE e.run = ${of}.run AND e.change = ${of}.change AND e.word = 'held'))`;

/** Of the planned change `x`: whether a guard may hold it. One that another guard holds already is held by both. */
export const MAY_HOLD = `(${isOpen("x")} OR ${isGuardHeld("x")}) AND NOT EXISTS (SELECT 1 FROM sendings s
  WHERE s.run = x.run AND s.change = x.change AND (s.state <> 'planned' OR s.in_doubt = 1))`;

/** Of the planned change `x`: whether it is still to be sent, or a guard has held it. */
const IS_PLANNED = `(${isOpen("x")} OR EXISTS (SELECT 1 FROM holds h WHERE h.run = x.run AND h.change = x.change))`;

/** What the databases say each in its own way: the values of a list that is given, and whether the patch `o` clears documents. */
export interface HoldWords {
  readonly listed: string;
  readonly clearsDocuments: string;
}

/** The KindOfProduct of the operation `o` of the planned change `x`. */
const OF_PRODUCT = "o.kind || ' ' || x.product";

/** Of the planned change `x`: whether a guard that holds such changes holds it. */
export function isHeldBy(kind: HeldBy["kind"], { listed, clearsDocuments }: HoldWords): string {
  if (kind === "every") return "true";
  if (kind === "kinds")
    return `EXISTS (SELECT 1 FROM operations o WHERE o.run = x.run AND o.change = x.change
      AND (o.kind IN (${listed}) OR ('clear_documents' IN (${listed}) AND ${clearsDocuments})))`;
  if (kind === "products")
    return `EXISTS (SELECT 1 FROM operations o WHERE o.run = x.run AND o.change = x.change AND ${OF_PRODUCT} IN (${listed}))`;
  return `EXISTS (SELECT 1 FROM changes c LEFT JOIN finds f ON f.run = c.run AND f.change = c.change
    WHERE c.run = x.run AND c.change = x.change AND (${ACCOUNT_ID} IN (${listed})
      OR CASE WHEN ${isClientKey("c.key")} THEN ${clientIdIn("c.key")} END IN (${listed})
      OR EXISTS (SELECT 1 FROM links l JOIN runs r ON r.bank = l.bank
        WHERE r.no = x.run AND l.account_id = ${ACCOUNT_ID} AND l.client_account_id IN (${listed}))
      OR EXISTS (SELECT 1 FROM snapshot_accounts s JOIN runs r ON r.bank = s.bank
        WHERE r.no = x.run AND s.account_id = ${ACCOUNT_ID} AND s.client_account_id IN (${listed}))))`;
}

/** The values of the list that `isHeldBy` needs; none for all changes. */
export function listOf(by: HeldBy): readonly string[] | null {
  if (by.kind === "every") return null;
  if (by.kind === "products") return by.products;
  return by.kind === "kinds" ? by.kinds : by.ids;
}

/** How many planned changes of the run there are that a guard may hold. */
export const countHeldBy = (run: string, condition: string) =>
  `SELECT count(*) AS counted FROM plans x WHERE x.run = ${run} AND ${IS_PLANNED} AND ${condition}`;

/** Of the operation `o`: held ones stay in the figure, so that it is that of the whole plan. */
const IS_COUNTED = `(${STATE} <> 'skipped' OR EXISTS (SELECT 1 FROM holds h WHERE h.run = o.run AND h.change = o.change))`;

/** Counts the operations of a run by kind. */
export const countPlanned = (
  run: string,
  condition = "true",
) => `SELECT o.kind, count(*) AS counted FROM operations o ${WITH_SENDING}
  WHERE o.run = ${run} AND ${IS_COUNTED} AND ${condition} GROUP BY o.kind`;

/** What is not among the commonest counts as none before. */
const MOST_PRODUCTS = 1_000;

export const countProducts = (run: string) => `SELECT ${OF_PRODUCT} AS name, count(*) AS counted
  FROM operations o JOIN plans x ON x.run = o.run AND x.change = o.change ${WITH_SENDING}
  WHERE o.run = ${run} AND x.product IS NOT NULL AND ${IS_COUNTED}
  GROUP BY o.kind, x.product ORDER BY counted DESC, name LIMIT ${MOST_PRODUCTS}`;

export interface ProductCount {
  readonly name: KindOfProduct;
  readonly counted: number;
}

export function decodeProducts(counts: readonly ProductCount[]): ProductCounts {
  return Object.fromEntries(counts.map(({ name, counted }) => [name, counted]));
}

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

/** What guards hold and have not released, of a row whose holds `h` are given: the issues of them all. */
export const HELD_ISSUES = "'[' || string_agg(g.issue, ',' ORDER BY g.guard) || ']'";
export const HOLDS = "FROM holds h JOIN guards g ON g.run = h.run AND g.guard = h.guard WHERE h.released = 0";

/** The words of the changes of a run that guards hold; one that a person has left out stays so. */
export const heldEnds = (run: string, atMs: string) => `SELECT h.run, h.change, 'held', ${HELD_ISSUES}, ${atMs} ${HOLDS}
  AND h.run = ${run} AND NOT EXISTS (SELECT 1 FROM ends e WHERE e.run = h.run AND e.change = h.change AND e.word <> 'held')`;

/** The guards of a run; a subquery counts each, since most runs have none. */
export const listGuards = (run: string) => `SELECT g.*,
    (SELECT count(*) FROM holds h WHERE h.run = g.run AND h.guard = g.guard) AS held,
    (SELECT count(*) FROM holds x WHERE x.run = g.run AND x.guard = g.guard AND x.released = 0 AND ${isGuardHeld("x")}) AS holding
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
