/**
 * Which changes a selection leaves out, as statements that both databases understand. Text only; `run` and the like are the statement's
 * values as the database writes them.
 */
import type { OperationKind } from "../../plan/operation.ts";
import { NOT_SELECTED, type Selection } from "../../plan/selection.ts";
import { accountIdIn, accountKeyOf, clientIdIn, isAccountKey } from "./change-keys.ts";
import { isOpen, isUnplanned } from "./conditions.ts";
import { HELD_ISSUES, HOLDS, hasHold, MAY_HOLD } from "./guard-shape.ts";

/** The column `issues` of an end that leaves a change out. */
export const LEFT_OUT = JSON.stringify([NOT_SELECTED]);

const ID_IN_KEY = `CASE WHEN ${isAccountKey("c.key")} THEN ${accountIdIn("c.key")} ELSE ${clientIdIn("c.key")} END`;

/** Whether a row of the change `c` is in the range: its first row has the number of the change. */
const isInRange = ([from, to]: readonly [number, number]) => `c.change BETWEEN ${from} AND ${to} OR EXISTS (
  SELECT 1 FROM rows r WHERE r.run = c.run AND r.change = c.change AND r.change <> r.row AND r.row BETWEEN ${from} AND ${to})`;

/** Whether the planned change `c` has operations of these kinds alone. */
const hasOnly = (kinds: readonly OperationKind[]) => `NOT EXISTS (SELECT 1 FROM operations o
  WHERE o.run = c.run AND o.change = c.change AND o.kind NOT IN (${kinds.map((kind) => `'${kind}'`).join(", ")}))`;

export interface LeaveOutValues {
  readonly run: string;
  readonly issues: string;
  readonly atMs: string;
  /** A query for the ids of `accounts`. */
  readonly ids: string;
}

/** Of one of the `total` things at `place`, whether it is among `count` that are spread over them. */
const isSpread = (count: number) => `place = 0 OR place * ${count} / total <> (place - 1) * ${count} / total`;

export const listSpread = (
  { run, to }: { run: string; to: string },
  count: number,
) => `SELECT change FROM (SELECT p.change,
    row_number() OVER (ORDER BY p.change) - 1 AS place, count(*) OVER () AS total
  FROM plans p WHERE p.run = ${run} AND p.change <= ${to} AND ${isOpen("p")}) placed WHERE ${isSpread(count)} ORDER BY change`;

/** Of a run: the changes that a selection is among, and which of those that it does not want are left out. */
interface Choice {
  readonly among: string;
  readonly may: string;
}

/** What the bank has not been asked for yet. A sample is of all rows, whatever has become of them. */
const unplanned = (run: string): Choice => ({
  among: `SELECT run, change FROM changes WHERE run = ${run}`,
  may: `${isOpen("x")} AND ${isUnplanned("x")}`,
});

/** What is still to be sent of a plan that is applied, or may be once a guard has released it. */
const planned = (run: string): Choice => ({
  among: `SELECT x.run, x.change FROM plans x WHERE x.run = ${run} AND ${MAY_HOLD}`,
  may: "true",
});

/** The queries `among` and `wanted`: which of the changes the selection wants, before a sample is taken of them. */
function wantedOf({ rows, accounts, onlyKinds }: Selection, among: string, ids: string, isPlanned: boolean): string {
  const wanted = [
    ...(rows === undefined ? [] : [rows.map(isInRange).join(" OR ")]),
    ...(accounts === undefined ? [] : [`${ID_IN_KEY} IN (${ids}) OR f.account_id IN (${ids})`]),
    ...(onlyKinds === undefined || !isPlanned ? [] : [hasOnly(onlyKinds)]),
  ].map((condition) => ` AND (${condition})`);
  return `among AS (${among}),
    wanted AS (SELECT c.run, c.change FROM among JOIN changes c ON c.run = among.run AND c.change = among.change
      LEFT JOIN finds f ON f.run = c.run AND f.change = c.change WHERE true${wanted.join("")})`;
}

/** EXCEPT is quick in both databases, however many changes there are. */
export function leaveOut(selection: Selection, isPlanned: boolean, { run, issues, atMs, ids }: LeaveOutValues): string {
  const { among, may } = (isPlanned ? planned : unplanned)(run);
  const chosen = selection.sample === undefined ? "true" : isSpread(selection.sample);
  return `WITH ${wantedOf(selection, among, ids, isPlanned)},
    placed AS (SELECT run, change, row_number() OVER (ORDER BY change) - 1 AS place, count(*) OVER () AS total FROM wanted)
  INSERT INTO ends (run, change, word, issues, at)
  SELECT x.run, x.change, 'skipped', ${issues}, ${atMs} FROM (SELECT run, change FROM among
    EXCEPT SELECT run, change FROM placed WHERE ${chosen}) x
  WHERE ${may} ORDER BY x.change
  ON CONFLICT (run, change) DO UPDATE SET word = excluded.word, issues = excluded.issues, at = excluded.at`;
}

/** Of a plan. */
export const countWanted = (selection: Selection, { run, ids }: Pick<LeaveOutValues, "run" | "ids">) =>
  `WITH ${wantedOf(selection, planned(run).among, ids, true)} SELECT count(*) AS wanted FROM wanted`;

export const hasLeftOut = (run: string, issues: string) =>
  `SELECT 1 AS one FROM ends WHERE run = ${run} AND issues = ${issues} LIMIT 1`;

/** `ids`: a query with the column `id`. */
export const countUnnamed = (run: string, ids: string) => `SELECT count(*) AS unnamed FROM (${ids} EXCEPT
    SELECT ${ID_IN_KEY} FROM changes c WHERE c.run = ${run} EXCEPT
    SELECT f.account_id FROM finds f WHERE f.run = ${run} AND f.account_id IS NOT NULL) named`;

export const takeIn = (run: string, issues: string) => `DELETE FROM ends WHERE run = ${run} AND issues = ${issues}
  AND change IN (SELECT n.change FROM finds f JOIN changes n ON n.run = f.run AND n.key = ${accountKeyOf("f.account_id")}
    WHERE f.run = ${run} AND f.account_id IS NOT NULL AND ${isOpen("f")})`;

/** What was left out by the kinds of its operations has a plan, and an operation only if it was tried in vain before that. */
export function widen(run: string, issues: string): readonly string[] {
  const leftOut = `SELECT change FROM ends WHERE run = ${run} AND issues = ${issues}`;
  return [
    ...["operations", "plans"].map((table) => `DELETE FROM ${table} WHERE run = ${run} AND change IN (${leftOut})`),
    `DELETE FROM ends WHERE run = ${run} AND issues = ${issues}`,
  ];
}

/** Of a run that applies a plan: what that has left out was never planned, and stays so. What a guard has not released is held. */
export const widenApplied = (run: string, issues: string): readonly string[] => [
  `UPDATE ends SET word = 'held', issues = (SELECT ${HELD_ISSUES} ${HOLDS}
      AND h.run = ends.run AND h.change = ends.change)
    WHERE run = ${run} AND issues = ${issues} AND ${hasHold("ends")}`,
  `DELETE FROM ends WHERE run = ${run} AND issues = ${issues}
    AND EXISTS (SELECT 1 FROM operations o WHERE o.run = ends.run AND o.change = ends.change)`,
];

/** Of a plan that is applied, its own selection is left. */
export const FORGET_SELECTION = `UPDATE runs SET selection = (SELECT p.selection FROM runs p WHERE p.id = runs.plan_of),
  stage = CASE WHEN stage = 'read' THEN stage WHEN plan_of IS NULL THEN 'plan' ELSE 'guard' END WHERE no = `;
