/**
 * The known word nearest to a misspelt one, for "did you mean". Takes words, gives one of the known or none.
 */

/** Longer words than this are not names that anyone mistyped. */
const LONGEST_WORD = 64;

/** The known word with the fewest edits from `word`, at most a third of its length and three; case does not count. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > LONGEST_WORD) return undefined;
  const wanted = word.trim().toLowerCase();
  let best: string | undefined;
  let fewest = Math.min(3, Math.max(1, Math.floor(wanted.length / 3))) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - wanted.length) >= fewest) continue;
    const edits = countEdits(wanted, candidate.toLowerCase());
    if (edits < fewest) [fewest, best] = [edits, candidate];
  }
  return best;
}

/** Insertions, deletions and replacements that make one word the other (Levenshtein). */
function countEdits(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (above[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    above = current;
  }
  return above[to.length] ?? 0;
}
