/**
 * Lists of ids compared as sets, and values as an operator reads them. Pure.
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

/** A value as an operator reads it: lists by semicolons, nothing as "". */
export function asText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.length === 0 ? "[]" : value.map(asText).join(";");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
