/**
 * How many rows of a run have each word, in both dialects: a row's own word, else that of its change.
 */
import type { Word } from "../../errors/words.ts";

export interface WordShape {
  readonly word: Word;
  readonly counted: number;
}

/** `run` is the dialect's parameter. */
export const countWordsOf = (run: string) => `SELECT coalesce(r.word, e.word) AS word, count(*) AS counted
  FROM rows r LEFT JOIN ends e ON e.run = r.run AND e.change = r.change
  WHERE r.run = ${run} AND coalesce(r.word, e.word) IS NOT NULL GROUP BY coalesce(r.word, e.word)`;

export function decodeWords(shapes: readonly WordShape[]): Readonly<Partial<Record<Word, number>>> {
  return Object.fromEntries(shapes.map(({ word, counted }) => [word, counted]));
}
