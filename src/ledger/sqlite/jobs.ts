/**
 * Job files in SQLite: which file has the name of a job, at each bank. Never looks whether the file is there.
 */
import type { JobFile, JobsLedger } from "../ledger.ts";
import type { SqliteStore } from "./store.ts";

const FIND = "SELECT path, mark FROM jobs WHERE bank = ? AND job = ?";

/** The same mark elsewhere is the same job at its present path. */
const KEEP = `INSERT INTO jobs (bank, job, path, mark) VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET path = excluded.path WHERE mark = excluded.mark`;

const MOVE = "INSERT OR REPLACE INTO jobs (bank, job, path, mark) VALUES (?, ?, ?, ?)";

export function sqliteJobs(store: SqliteStore): JobsLedger {
  const { db } = store;
  return {
    async find(bank, job) {
      return db.get<JobFile>(FIND, store.findBank(bank) ?? null, job);
    },

    keep(bank, job, file) {
      return store.write(() => {
        const no = store.openBank(bank);
        db.run(KEEP, no, job, file.path, file.mark);
        return db.get<JobFile>(FIND, no, job) ?? file;
      });
    },

    move(bank, job, { path, mark }) {
      return store.write(() => void db.run(MOVE, store.openBank(bank), job, path, mark));
    },
  };
}
