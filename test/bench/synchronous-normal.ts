/**
 * Loaded before Tieout to see what its durability costs: the ledger then waits for no disk at a commit (synchronous =
 * NORMAL), and believes that it does. For the bench alone; no setting of Tieout's can do this.
 */
import { DatabaseSync, StatementSync } from "node:sqlite";

const exec = DatabaseSync.prototype.exec;
DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
  return exec.call(this, sql.replace("PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL"));
};

const FULL = 2;
const get = StatementSync.prototype.get;
StatementSync.prototype.get = function (this: StatementSync, ...values: Parameters<typeof get>) {
  if (this.sourceSQL === "PRAGMA synchronous") return { synchronous: FULL };
  return get.apply(this, values);
} as typeof get;
