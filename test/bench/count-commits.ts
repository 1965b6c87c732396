/**
 * Counts the commits of this process, from outside of the ledger. To be loaded before it.
 */
import { StatementSync } from "node:sqlite";

let commits = 0;

const { run } = StatementSync.prototype;
StatementSync.prototype.run = function (this: StatementSync, ...values: Parameters<typeof run>) {
  if (this.sourceSQL === "COMMIT") commits += 1;
  return run.apply(this, values);
} as typeof run;

/** How many there were so far. */
export function countCommits(): number {
  return commits;
}
