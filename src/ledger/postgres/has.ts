/**
 * A condition of a query: whether a change has a row in another table of its run.
 */

/**
 * Of the change of the table or alias `of`. Each one is looked up by its key: without `OFFSET 0` PostgreSQL may choose to read the other table
 * whole, which a page of changes is not worth.
 */
export const has = (table: "ends" | "finds" | "plans", of: string) =>
  `EXISTS (SELECT 1 FROM ${table} WHERE ${table}.run = ${of}.run AND ${table}.change = ${of}.change OFFSET 0)`;
