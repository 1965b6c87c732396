/**
 * What the end of one operation means to its change: whether the next one follows, and how the change ends if none does. Pure.
 */
import { type Word, worstWord } from "../../errors/words.ts";
import type { ChangeToApply, StoredOperation, Verdict } from "../../ledger/ledger.ts";
import { isKeptDifferent } from "../../plan/diff/kept.ts";

export type OperationEnd = Pick<StoredOperation, "state" | "issue">;

/** Whether the next operation follows this end of the one at `index`. */
export function goesOn({ operations }: ChangeToApply, index: number, { state, issue }: OperationEnd): boolean {
  return state === "applied" && index < operations.length - 1 && !isKeptDifferent(issue);
}

/** The end of the change with this end of its operation at `index`; those before it have been applied. */
export function endOf({ operations, notes }: ChangeToApply, index: number, outcome: OperationEnd): Verdict {
  const ends: readonly OperationEnd[] = [...operations.slice(0, index), outcome];
  const issues = ends.flatMap(({ issue }) => issue ?? []);
  return { word: worstWord(ends.flatMap(wordsOf)) ?? "unchanged", issues: [...issues, ...notes] };
}

/** What took effect is applied; where the bank then keeps another value, the row is refused all the same. */
function wordsOf({ state, issue }: OperationEnd): readonly Word[] {
  if (state === "planned" || state === "sending") return [];
  return isKeptDifferent(issue) ? [state, "refused"] : [state];
}
