/**
 * Loaded before Tieout to see what its durability costs: the ledger then waits for no disk at a commit (synchronous =
 * NORMAL), and believes that it does. For the bench alone; no setting of Tieout's can do this.
 */
import { DatabaseSync, StatementSync } from "node:sqlite";

let isNormal = false;

const exec = DatabaseSync.prototype.exec;
DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
  const normal = sql.replace("PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL");
  isNormal ||= normal !== sql;
  return exec.call(this, normal);
};
/** Else both sides of the comparison would be the same, and nobody would see it. */
process.on("exit", () => {
  if (isNormal) return;
  process.stderr.write("the ledger has not set synchronous = FULL by exec\n");
  process.exitCode = 1;
});

const FULL = 2;
const get = StatementSync.prototype.get;
StatementSync.prototype.get = function (this: StatementSync, ...values: Parameters<typeof get>) {
  if (this.sourceSQL === "PRAGMA synchronous") return { synchronous: FULL };
  return get.apply(this, values);
} as typeof get;
