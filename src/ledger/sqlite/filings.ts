/**
 * Files that are to be archived or tagged, in SQLite.
 */
import type { FiledAway, FilingsLedger, PlaceReader } from "../ledger.ts";
import { decodeRun, type RunShape } from "../sql/run-shape.ts";
import { SELECT_RUNS } from "./known-runs.ts";
import type { SqliteStore } from "./store.ts";

const OPEN = "INSERT INTO filings (run) VALUES (?) ON CONFLICT DO NOTHING";

const LIST_DUE = `${SELECT_RUNS} JOIN filings f ON f.run = runs.no AND f.ended IS NULL
  WHERE runs.bank = ? AND runs.job = ? AND runs.no > ? AND runs.stage = 'ended' AND runs.rejection IS NULL ORDER BY runs.no LIMIT ?`;

const END = "UPDATE filings SET place = ?, key = ?, note = ?, ended = ? WHERE run = ?";

const FIND = "SELECT place, key, note FROM filings WHERE run = ? AND ended IS NOT NULL";

const LIST_READERS = `SELECT DISTINCT job, place FROM files
  WHERE job <> ?1 AND (place <> ?2 OR substr(key, 1, length(?3)) = ?3) ORDER BY job, place`;

export function sqliteFilings(store: SqliteStore): FilingsLedger {
  const { db } = store;
  return {
    open: (run) => store.write(() => void db.run(OPEN, run.no)),

    async listDue(bank, job, after, limit) {
      return db.all<RunShape>(LIST_DUE, store.findBank(bank) ?? null, job, after, limit).map(decodeRun);
    },

    end: (run, { place, key, note }, atMs) => store.write(() => void db.run(END, place, key, note, atMs, run.no)),

    async find(run) {
      const found = db.get<FiledAway>(FIND, run.no);
      return found && { ...found };
    },

    async listReaders(job, place, prefix) {
      return db.all<PlaceReader>(LIST_READERS, job, place, prefix).map((reader) => ({ ...reader }));
    },
  };
}
