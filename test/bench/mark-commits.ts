/**
 * Loaded before Tieout where it is profiled: every COMMIT runs within a function of its own name, so that the profile
 * shows it apart from the other statements.
 */
import { DatabaseSync, StatementSync } from "node:sqlite";

const COMMIT = /\bCOMMIT\b/;

/** The name by which the profile knows it. */
export function benchCommit<Result>(act: () => Result): Result {
  return act();
}

const { run } = StatementSync.prototype;
StatementSync.prototype.run = function (this: StatementSync, ...values: Parameters<typeof run>) {
  return COMMIT.test(this.sourceSQL) ? benchCommit(() => run.apply(this, values)) : run.apply(this, values);
} as typeof run;

const { exec } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
  return COMMIT.test(sql) ? benchCommit(() => exec.call(this, sql)) : exec.call(this, sql);
};
