/**
 * Statements that both databases have alike, as SQLite takes them.
 */

/** `$1` is PostgreSQL's way to write a value. */
export const placed = (sql: string) => sql.replaceAll(/\$(?=\d)/g, "?");
