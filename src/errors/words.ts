/**
 * The eight words a row can end with, the same in column, filter, exit code, summary and metric label.
 * Gives their order and nothing else.
 */

/** Worst first: a row takes the worst word of its operations. */
export const WORDS = ["unknown", "failed", "refused", "invalid", "held", "skipped", "applied", "unchanged"] as const;

/**
 * unknown: may have taken effect, not settled yet. failed: certainly did not take effect. refused: a definite no
 * that needed the bank's word. invalid: broke a rule, judged from the file alone. held: kept back before anything
 * was sent. skipped: not reached. applied: every operation took effect. unchanged: the bank already agreed.
 */
export type Word = (typeof WORDS)[number];

export type WordCounts = Readonly<Record<Word, number>>;

/** The worst of the given words; `undefined` for none. */
export function worstWord(words: Iterable<Word>): Word | undefined {
  let worst: number = WORDS.length;
  for (const word of words) worst = Math.min(worst, WORDS.indexOf(word));
  return (WORDS as readonly Word[])[worst];
}

export function emptyCounts(): Record<Word, number> {
  return { unknown: 0, failed: 0, refused: 0, invalid: 0, held: 0, skipped: 0, applied: 0, unchanged: 0 };
}
