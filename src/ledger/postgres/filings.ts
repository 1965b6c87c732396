/**
 * Files that are to be archived or tagged, in PostgreSQL.
 */
import type { FiledAway, FilingsLedger, PlaceReader } from "../ledger.ts";
import { decodeRun, type RunShape } from "../sql/run-shape.ts";
import { SELECT_RUNS } from "./known-runs.ts";
import type { PostgresStore } from "./store.ts";

const OPEN = "INSERT INTO filings (run) VALUES ($1) ON CONFLICT DO NOTHING";

const LIST_DUE = `${SELECT_RUNS} JOIN filings f ON f.run = runs.no AND f.ended IS NULL
  WHERE runs.bank = $1 AND runs.job = $2 AND runs.no > $3 AND runs.stage = 'ended' AND runs.rejection IS NULL ORDER BY runs.no LIMIT $4`;

const END = "UPDATE filings SET place = $1, key = $2, note = $3, ended = $4 WHERE run = $5";

const FIND = "SELECT place, key, note FROM filings WHERE run = $1 AND ended IS NOT NULL";

const LIST_READERS = `SELECT DISTINCT job, place FROM files
  WHERE job <> $1 AND (place <> $2 OR starts_with(key, $3)) ORDER BY job, place`;

export function postgresFilings(store: PostgresStore): FilingsLedger {
  const { sql } = store;
  return {
    open: (run) =>
      store.write(async (write) => {
        await write.run(OPEN, run.no);
      }),

    async listDue(bank, job, after, limit) {
      const no = (await store.findBank(bank)) ?? null;
      return (await sql.all<RunShape>(LIST_DUE, no, job, after, limit)).map(decodeRun);
    },

    end: (run, { place, key, note }, atMs) =>
      store.write(async (write) => {
        await write.run(END, place, key, note, atMs, run.no);
      }),

    find: (run) => sql.get<FiledAway>(FIND, run.no),

    listReaders: (job, place, prefix) => sql.all<PlaceReader>(LIST_READERS, job, place, prefix),
  };
}
