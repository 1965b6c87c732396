/**
 * What a run has seen of entities and applications, in PostgreSQL: facts come in once and go out as often as rows name them.
 * Never judges one.
 */
import type { FactsLedger } from "../ledger.ts";
import type { PostgresStore } from "./store.ts";
import type { Perform } from "./writer.ts";

const READ = "SELECT fact FROM facts WHERE run = $1 AND id = $2";

const RECORD = `INSERT INTO facts (run, id, fact)
  SELECT run, id, fact FROM unnest($1::integer[], $2::text[], $3::text[]) new(run, id, fact) ORDER BY run, id
  ON CONFLICT (run, id) DO UPDATE SET fact = excluded.fact`;

interface FactOfRun {
  readonly run: number;
  readonly id: string;
  readonly fact: string | null;
}

const recordFacts: Perform<FactOfRun, void> = async (sql, items) => {
  // Of one id the last.
  const facts = [...new Map(items.map((item) => [`${item.run} ${item.id}`, item])).values()];
  await sql.run(
    RECORD,
    facts.map(({ run }) => run),
    facts.map(({ id }) => id),
    facts.map(({ fact }) => fact),
  );
  return items.map(() => undefined);
};

export function postgresFacts(store: PostgresStore): FactsLedger {
  return {
    read: async (run, id) => (await store.sql.get<{ fact: string | null }>(READ, run.no, id))?.fact,
    record: (run, id, fact) => store.gather(recordFacts, { run: run.no, id, fact }),
  };
}
