/**
 * What is planned of a change, in short, within a query and as columns have it.
 */
import type { Difference, GuardKind } from "../../plan/operation.ts";
import type { PlannedKinds } from "../../report/plan-tally.ts";
import { decodeList } from "./lists.ts";

export interface PlannedKindsShape {
  readonly change: number;
  readonly kinds: string;
  readonly differences: string | null;
}

/**
 * The changes of a page that have operations, in order. `clears`: whether the operation `o` is a patch that clears documents, which counts as
 * both.
 */
export function listPlannedKinds(clears: string, [run, after, limit]: readonly [string, string, string]): string {
  return `SELECT o.change, o.kinds, p.differences
    FROM (SELECT o.change, string_agg(CASE WHEN ${clears} THEN 'clear_documents,patch' ELSE o.kind END, ',') AS kinds
      FROM operations o WHERE o.run = ${run} AND o.change > ${after} GROUP BY o.change ORDER BY o.change LIMIT ${limit}) o
    JOIN plans p ON p.run = ${run} AND p.change = o.change ORDER BY o.change`;
}

export function decodePlannedKinds({ change, kinds, differences }: PlannedKindsShape): PlannedKinds {
  return { change, kinds: kinds.split(",") as GuardKind[], differences: decodeList<Difference>(differences) };
}
