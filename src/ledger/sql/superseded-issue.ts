/**
 * What is said of a row that later ones overrule.
 */
import type { Issue } from "../../errors/issue.ts";
import { grouped } from "../../text/counted.ts";

/** How many rows a message names. */
const MAX_NAMED = 5;

/** `left` are the rows of the change of which something is left. */
export function supersededIssue(left: readonly number[]): Issue {
  const named = left.slice(0, MAX_NAMED).join(", ");
  const more = left.length > MAX_NAMED ? ` and ${grouped(left.length - MAX_NAMED)} more` : "";
  const rows = left.length === 1 ? `Row ${named} gives` : `Rows ${named}${more} give`;
  return { code: "superseded", column: "", message: `${rows} later values for everything in this row.` };
}
