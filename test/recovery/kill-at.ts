/**
 * Kills its own process with SIGKILL at the n-th commit of the ledger, just before it or just after it. Loaded before the
 * program under test, which knows nothing of it; without TIEOUT_KILL_AT it only counts.
 */
import { StatementSync } from "node:sqlite";

/** `before 7` or `after 7`. */
const [when = "", nth = "0"] = (process.env.TIEOUT_KILL_AT ?? "").split(" ");
let commits = 0;

const run = StatementSync.prototype.run;
StatementSync.prototype.run = function (this: StatementSync, ...values: Parameters<typeof run>) {
  if (this.sourceSQL !== "COMMIT") return run.apply(this, values);
  commits += 1;
  if (when === "before" && commits === Number(nth)) process.kill(process.pid, "SIGKILL");
  const changes = run.apply(this, values);
  if (when === "after" && commits === Number(nth)) process.kill(process.pid, "SIGKILL");
  return changes;
} as typeof run;

/** How many commits there were so far. */
export function countCommits(): number {
  return commits;
}
