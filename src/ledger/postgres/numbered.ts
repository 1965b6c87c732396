/**
 * Statements as both databases understand them, in PostgreSQL's own way.
 */

/** With `$1`, `$2` and so on for each `?`. */
export function numbered(sql: string): string {
  let count = 0;
  return sql.replaceAll("?", () => `$${++count}`);
}
