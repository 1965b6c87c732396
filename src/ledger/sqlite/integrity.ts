/**
 * Whether a SQLite ledger is whole: SQLite's own check of every page and index, and rows that belong to nothing.
 */
import type { IntegrityLedger } from "../ledger.ts";
import { ORPHANS, orphanProblem } from "../sql/orphans.ts";
import type { SqliteStore } from "./store.ts";

/** More of them say no more. */
const MOST_PROBLEMS = 20;

export function sqliteIntegrity({ db }: SqliteStore): IntegrityLedger {
  return {
    async check() {
      const found = db.all<{ integrity_check: string }>(`PRAGMA integrity_check(${MOST_PROBLEMS})`);
      const damage = found
        .filter(({ integrity_check }) => integrity_check !== "ok")
        .map(({ integrity_check }) => ({ table: "", problem: integrity_check.replaceAll(/\s+/g, " ") }));
      // What is read from a damaged page is nothing to go by.
      if (damage.length > 0) return damage;
      return ORPHANS.flatMap((one) => orphanProblem(one, db.get<{ counted: number }>(one.sql)?.counted ?? 0));
    },
  };
}
