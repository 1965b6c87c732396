/**
 * Which changes a selection leaves out, as statements that both databases understand. Text only; `run` and the like are the statement's
 * values as the database writes them.
 */
import { NOT_SELECTED, type Selection } from "../../plan/selection.ts";
import { accountIdIn, accountKeyOf, clientIdIn, isAccountKey } from "./change-keys.ts";
import { isOpen, isUnplanned } from "./conditions.ts";

/** The column `issues` of an end that leaves a change out. */
export const LEFT_OUT = JSON.stringify([NOT_SELECTED]);

const ID_IN_KEY = `CASE WHEN ${isAccountKey("c.key")} THEN ${accountIdIn("c.key")} ELSE ${clientIdIn("c.key")} END`;

/** Whether a row of the change `c` is in the range: its first row has the number of the change. */
const isInRange = ([from, to]: readonly [number, number]) => `c.change BETWEEN ${from} AND ${to} OR EXISTS (
  SELECT 1 FROM rows r WHERE r.run = c.run AND r.change = c.change AND r.change <> r.row AND r.row BETWEEN ${from} AND ${to})`;

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

/** EXCEPT is quick in both databases, however many changes there are. */
export function leaveOut({ rows, accounts, sample }: Selection, { run, issues, atMs, ids }: LeaveOutValues): string {
  const wanted = [
    ...(rows === undefined ? [] : [rows.map(isInRange).join(" OR ")]),
    ...(accounts === undefined ? [] : [`${ID_IN_KEY} IN (${ids}) OR f.account_id IN (${ids})`]),
  ].map((condition) => ` AND (${condition})`);
  const chosen = sample === undefined ? "true" : isSpread(sample);
  return `WITH wanted AS (SELECT c.run, c.change FROM changes c
      LEFT JOIN finds f ON f.run = c.run AND f.change = c.change WHERE c.run = ${run}${wanted.join("")}),
    placed AS (SELECT run, change, row_number() OVER (ORDER BY change) - 1 AS place, count(*) OVER () AS total FROM wanted)
  INSERT INTO ends (run, change, word, issues, at)
  SELECT x.run, x.change, 'skipped', ${issues}, ${atMs} FROM (SELECT run, change FROM changes WHERE run = ${run}
    EXCEPT SELECT run, change FROM placed WHERE ${chosen}) x
  WHERE ${isOpen("x")} AND ${isUnplanned("x")} ORDER BY x.change`;
}

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

export const FORGET_SELECTION =
  "UPDATE runs SET selection = NULL, stage = CASE WHEN stage = 'read' THEN stage ELSE 'plan' END WHERE no = ";
