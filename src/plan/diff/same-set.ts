/**
 * Lists of ids compared as sets. Pure.
 */

export function sameSet(desired: readonly string[], actual: readonly string[]): boolean {
  const left = new Set(desired);
  const right = new Set(actual);
  return left.size === right.size && left.isSubsetOf(right);
}

/** The ids of `from` that `without` lacks, in order. */
export function missingFrom(from: readonly string[], without: readonly string[]): string[] {
  const known = new Set(without);
  return from.filter((id) => !known.has(id));
}
