/**
 * How changes of several rows are folded into one, and joined when they turn out to be of one account.
 */
import type { Issue } from "../errors/issue.ts";
import type { Desired } from "../read/change.ts";
import type { CsvRow } from "../read/csv-row.ts";
import type { Page } from "./page.ts";
import type { Run } from "./run.ts";

/**
 * A step of folding. `superseded`: these rows are skipped, since those `left` overrule them. `apart`: these rows alone are invalid. `change`:
 * what the rows of the change want together. `invalid`: every row of the change is, with this issue, but for those apart.
 */
export type FoldStep =
  | { readonly kind: "superseded"; readonly rows: readonly number[]; readonly left: readonly number[] }
  | { readonly kind: "apart"; readonly rows: readonly number[]; readonly issue: Issue }
  | { readonly kind: "change"; readonly change: number; readonly desired: Desired }
  | { readonly kind: "invalid"; readonly change: number; readonly issue: Issue };

export interface FoldsLedger {
  /** Changes of several rows that are not folded yet, and how many rows each has. */
  readToFold(run: Run, page: Page): Promise<readonly { change: number; rows: number }[]>;
  readRowsOf(run: Run, change: number, page: Page): Promise<readonly CsvRow[]>;
  /** How many different instants the rows of a change have in the cell at index `at`. */
  countInstants(run: Run, change: number, at: number): Promise<number>;
  /** In this order, so that a change counts as folded only once its superseded rows are recorded. */
  recordFolds(run: Run, steps: readonly FoldStep[]): Promise<void>;
  /**
   * Joins found changes that turned out to be of one account, under the lowest number. Resolves with how many changes
   * are to be folded now, those included that were joined before a crash; none of them may be planned before that.
   */
  joinByAccount(run: Run): Promise<number>;
}
