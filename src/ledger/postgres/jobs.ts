/**
 * Job files in PostgreSQL: which file has the name of a job, at each bank. Never looks whether the file is there.
 */
import type { JobFile, JobsLedger } from "../ledger.ts";
import type { PostgresStore } from "./store.ts";

const FIND = "SELECT path, mark FROM jobs WHERE bank = $1 AND job = $2";

/** The same mark elsewhere is the same job at its present path. */
const KEEP = `INSERT INTO jobs (bank, job, path, mark) VALUES ($1, $2, $3, $4)
  ON CONFLICT (bank, job) DO UPDATE SET path = excluded.path WHERE jobs.mark = excluded.mark`;

const MOVE = `INSERT INTO jobs (bank, job, path, mark) VALUES ($1, $2, $3, $4)
  ON CONFLICT (bank, job) DO UPDATE SET path = excluded.path, mark = excluded.mark`;

export function postgresJobs(store: PostgresStore): JobsLedger {
  return {
    async find(bank, job) {
      return store.sql.get<JobFile>(FIND, (await store.findBank(bank)) ?? null, job);
    },

    keep(bank, job, file) {
      return store.write(async (sql) => {
        const no = await store.openBank(sql, bank);
        await sql.run(KEEP, no, job, file.path, file.mark);
        return (await sql.get<JobFile>(FIND, no, job)) ?? file;
      });
    },

    move(bank, job, { path, mark }) {
      return store.write(async (sql) => {
        await sql.run(MOVE, await store.openBank(sql, bank), job, path, mark);
      });
    },
  };
}
