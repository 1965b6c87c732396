/**
 * A value as an operator reads it. Pure.
 */

/** Lists by semicolons, nothing as "". */
export function asText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.length === 0 ? "[]" : value.map(asText).join(";");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
