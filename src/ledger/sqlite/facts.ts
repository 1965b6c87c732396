/**
 * What a run has seen of entities and applications, in SQLite: facts come in once and go out as often as rows name them.
 * Never judges one.
 */
import type { FactsLedger } from "../ledger.ts";
import type { SqliteStore } from "./store.ts";

export function sqliteFacts(store: SqliteStore): FactsLedger {
  const { db } = store;
  return {
    async read(run, id) {
      const sql = "SELECT fact FROM facts WHERE run = ? AND id = ?";
      return db.get<{ fact: string | null }>(sql, run.no, id)?.fact;
    },

    record: (run, id, fact) =>
      store.write(() => void db.run("INSERT OR REPLACE INTO facts (run, id, fact) VALUES (?, ?, ?)", run.no, id, fact)),
  };
}
