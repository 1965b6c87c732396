/**
 * Counts the statements that this process has SQLite run, from outside of the ledger. To be loaded before it. Where
 * TIEOUT_BENCH_COUNTS names a file, that gets the totals at the process's exit, as JSON.
 */
import { writeFileSync } from "node:fs";
import { DatabaseSync, StatementSync } from "node:sqlite";

export interface Statements {
  readonly statements: number;
  readonly commits: number;
}

const counted = new Map<string, number>();
const note = (sql: string) => counted.set(sql, (counted.get(sql) ?? 0) + 1);

for (const method of ["run", "get", "all", "iterate"] as const) {
  const original = StatementSync.prototype[method] as (...values: unknown[]) => unknown;
  StatementSync.prototype[method] = function (this: StatementSync, ...values: unknown[]) {
    note(this.sourceSQL);
    return original.apply(this, values);
  } as never;
}

const { exec } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
  note(sql);
  return exec.call(this, sql);
};

/** How many there were so far, without those whose SQL matches `except`. */
export function countStatements(except = /^$/): Statements {
  const all = [...counted].filter(([sql]) => !except.test(sql));
  const sum = (some: readonly (readonly [string, number])[]) => some.reduce((total, [, times]) => total + times, 0);
  return { statements: sum(all), commits: sum(all.filter(([sql]) => /\bCOMMIT\b/.test(sql))) };
}

const file = process.env.TIEOUT_BENCH_COUNTS;
if (file !== undefined) process.on("exit", () => writeFileSync(file, JSON.stringify(countStatements())));
