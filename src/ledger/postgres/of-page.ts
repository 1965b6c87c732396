/**
 * A page of the changes of a run within a query: its condition and its values.
 */
import type { Page } from "../page.ts";
import type { Run } from "../run.ts";

/** Of the changes of the table or alias `of`: those of the page. `$4` is how many at most. */
export const ofPage = (of: string) => `${of}.run = $1 AND ${of}.change > $2 AND ${of}.change <= $3::bigint`;

/** The values $1 to $4. */
export function pageValues(run: Run, { after, to = Number.MAX_SAFE_INTEGER, limit }: Page) {
  return [run.no, after, to, limit] as const;
}
