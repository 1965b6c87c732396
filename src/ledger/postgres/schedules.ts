/**
 * Pauses of schedules, and looks at expected files, in PostgreSQL.
 */
import type { SchedulesLedger } from "../ledger.ts";
import { decodeLook, decodePause, type LookShape } from "../sql/look-shape.ts";
import type { PostgresStore } from "./store.ts";

const FIND_PAUSE = "SELECT pause FROM schedules WHERE bank = $1 AND job = $2 AND pause IS NOT NULL";

const PAUSE = `INSERT INTO schedules (bank, job, pause) VALUES ($1, $2, $3)
  ON CONFLICT (bank, job) DO UPDATE SET pause = excluded.pause WHERE schedules.pause IS NULL`;

const RESUME = "UPDATE schedules SET pause = NULL WHERE bank = $1 AND job = $2";

const FIND_LOOK = "SELECT since, looked FROM schedules WHERE bank = $1 AND job = $2 AND since IS NOT NULL";

const LOOK = `INSERT INTO schedules (bank, job, since, looked) VALUES ($1, $2, $3, $3)
  ON CONFLICT (bank, job) DO UPDATE SET since = coalesce(schedules.since, excluded.since),
    looked = greatest(schedules.looked, excluded.looked)`;

export function postgresSchedules(store: PostgresStore): SchedulesLedger {
  return {
    async findPause(bank, job) {
      return decodePause(await store.sql.get<{ pause: string }>(FIND_PAUSE, (await store.findBank(bank)) ?? null, job));
    },

    pause(bank, job, pause) {
      return store.write(
        async (sql) => (await sql.run(PAUSE, await store.openBank(sql, bank), job, JSON.stringify(pause))) > 0,
      );
    },

    resume(bank, job) {
      return store.write(async (sql) => {
        await sql.run(RESUME, await store.openBank(sql, bank), job);
      });
    },

    async findLook(bank, job) {
      return decodeLook(await store.sql.get<LookShape>(FIND_LOOK, (await store.findBank(bank)) ?? null, job));
    },

    recordLook(bank, job, atMs) {
      return store.write(async (sql) => {
        await sql.run(LOOK, await store.openBank(sql, bank), job, atMs);
      });
    },
  };
}
