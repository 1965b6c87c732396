/**
 * Figures as people read them.
 */

/** As `5,000 rows`, and `1 row`. */
export function counted(figure: number, what: string): string {
  return `${figure.toLocaleString("en-US")} ${what}${figure === 1 ? "" : "s"}`;
}
