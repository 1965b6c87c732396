/**
 * What the end of one operation means for its change: whether the next operation follows, and how the change ends if not. Pure.
 */
import { type Word, worstWord } from "../../errors/words.ts";
import type { ChangeToApply, StoredOperation, Verdict } from "../../ledger/ledger.ts";
import { isKeptDifferent } from "../../plan/diff/kept.ts";

export type OperationEnd = Pick<StoredOperation, "state" | "issue">;

/** Whether the next operation follows when the one at `index` ends so. */
export function goesOn({ operations }: ChangeToApply, index: number, { state, issue }: OperationEnd): boolean {
  return state === "applied" && index < operations.length - 1 && !isKeptDifferent(issue);
}

/** How the change ends when its operation at `index` ends so. Those before it have been applied. */
export function endOf({ operations, notes }: ChangeToApply, index: number, outcome: OperationEnd): Verdict {
  const ends: readonly OperationEnd[] = [...operations.slice(0, index), outcome];
  const issues = ends.flatMap(({ issue }) => issue ?? []);
  return { word: worstWord(ends.flatMap(wordsOf)) ?? "unchanged", issues: [...issues, ...notes] };
}

/** What took effect is applied; if the bank then keeps another value, the row is refused all the same. */
function wordsOf({ state, issue }: OperationEnd): readonly Word[] {
  if (state === "planned" || state === "sending") return [];
  return isKeptDifferent(issue) ? [state, "refused"] : [state];
}
