/**
 * In what two runs differ, as a value for machines and as text for people. Pure; has cell values, as an explanation does.
 */
import type { Code } from "../errors/codes/codes.ts";
import type { Word } from "../errors/words.ts";
import type { Difference, OperationKind } from "../plan/operation.ts";
import { grouped } from "../text/counted.ts";
import { describeDifference } from "./explanation.ts";

export interface SideOfDiff {
  readonly row: number;
  readonly word: Word | "not settled";
  readonly codes: readonly Code[];
  readonly differences: readonly Difference[];
  /** Of what was planned, in order. */
  readonly operations: readonly OperationKind[];
}

export interface DifferingRow {
  readonly accountId: string | null;
  readonly first: SideOfDiff;
  readonly second: SideOfDiff;
}

export interface RunsDiff {
  /** What was compared: rows with the same number, or about the same account. */
  readonly by: "row" | "account";
  readonly alike: number;
  readonly differing: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Some of those that differ, in the order of the first run's rows. */
  readonly shown: readonly DifferingRow[];
}

export function renderDiffCounts({ by, ...counts }: RunsDiff, [first, second]: readonly [string, string]): string {
  const [alike, differing, onlyFirst, onlySecond] = [
    counts.alike,
    counts.differing,
    counts.onlyFirst,
    counts.onlySecond,
  ].map(grouped);
  return `compared by ${by}: ${alike} alike, ${differing} differ, ${onlyFirst} only in ${first}, ${onlySecond} only in ${second}`;
}

export function renderDifferingRow({ accountId, first, second }: DifferingRow): string {
  const rows = first.row === second.row ? `row ${first.row}` : `row ${first.row} and row ${second.row}`;
  const account = accountId === null ? "" : `, ${accountId}`;
  const word = ({ word, codes }: SideOfDiff) => (codes.length === 0 ? word : `${word} (${codes.join(", ")})`);
  return [
    `${rows}${account}: ${word(first)} → ${word(second)}`,
    ...describeSide("first", first),
    ...describeSide("second", second),
  ].join("\n");
}

function describeSide(name: string, { differences, operations }: SideOfDiff): string[] {
  const parts = [...differences.map(describeDifference), ...(operations.length === 0 ? [] : [operations.join(", ")])];
  return parts.length === 0 ? [] : [`  ${name}: ${parts.join("; ")}`];
}
