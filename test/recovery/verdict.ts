/**
 * Verdict: what has come of a scene, held against what comes of one whose processes nobody disturbs. Counts what was done
 * twice, what was lost and what was left open; says how else the two differ.
 */
import { figures } from "./figures.ts";
import type { Outcome } from "./scene.ts";

export interface Verdict {
  /** Effects that happened more often than they should have. */
  readonly duplicates: number;
  /** Effects that did not happen, and rows of which no result tells. */
  readonly lost: number;
  readonly unknown: number;
}

/** What a row is told of with: all but numbers of attempts, keys, runs and times. */
const TOLD = ["result_row", "result", "result_operations", "result_changes", "result_code", "result_message"];

export function weigh(outcome: Outcome, clean: Outcome): Verdict {
  const surplus = (of: readonly string[], over: readonly string[]) => {
    const left = [...over];
    return of.filter((one) => {
      const at = left.indexOf(one);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    }).length;
  };
  return {
    duplicates: surplus(outcome.effects, clean.effects),
    lost: surplus(clean.effects, outcome.effects) + Math.max(0, clean.rows.length - outcome.rows.length),
    unknown: outcome.rows.filter(({ result }) => result === "unknown").length,
  };
}

/** Counts the outcome, and says in what it is not that of the clean run; nothing when all is well. */
export function wrongsOf(outcome: Outcome, clean: Outcome, where: string): string[] {
  const verdict = weigh(outcome, clean);
  figures.judge(verdict);
  const { duplicates, lost, unknown } = verdict;
  const counts =
    duplicates + lost + unknown === 0 ? [] : [`${duplicates} duplicates, ${lost} lost, ${unknown} unknown`];
  const told = (rows: Outcome["rows"]) => rows.map(tellRow);
  return [
    ...counts,
    ...differences(told(outcome.rows), told(clean.rows)),
    ...differences(outcome.effects, clean.effects),
    ...differences(outcome.accounts.map(tellAccount), clean.accounts.map(tellAccount)),
  ].map((wrong) => `${where}: ${wrong}`);
}

const tellAccount = (account: unknown) => JSON.stringify(account);

function tellRow(row: Readonly<Record<string, string>>): string {
  return TOLD.map((column) => row[column]).join(" | ");
}

/** The first in which two lists differ. */
function differences(is: readonly string[], shouldBe: readonly string[]): string[] {
  const length = Math.max(is.length, shouldBe.length);
  const at = Array.from({ length }).findIndex((_, index) => is[index] !== shouldBe[index]);
  return at < 0 ? [] : [`${is[at] ?? "nothing"} where ${shouldBe[at] ?? "nothing"} should be`];
}
