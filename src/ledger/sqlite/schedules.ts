/**
 * Pauses of schedules, and looks at expected files, in SQLite.
 */
import type { SchedulePause, SchedulesLedger } from "../ledger.ts";
import { decodeLook, decodePause, type LookShape } from "../sql/look-shape.ts";
import type { SqliteStore } from "./store.ts";

const FIND_PAUSE = "SELECT pause FROM schedules WHERE bank = ? AND job = ? AND pause IS NOT NULL";

const PAUSE = `INSERT INTO schedules (bank, job, pause) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET pause = excluded.pause WHERE pause IS NULL`;

const RESUME = "UPDATE schedules SET pause = NULL WHERE bank = ? AND job = ?";

const FIND_LOOK = "SELECT since, looked FROM schedules WHERE bank = ? AND job = ? AND since IS NOT NULL";

const LOOK = `INSERT INTO schedules (bank, job, since, looked) VALUES (?1, ?2, ?3, ?3)
  ON CONFLICT DO UPDATE SET since = coalesce(since, excluded.since), looked = max(coalesce(looked, 0), excluded.looked)`;

export function sqliteSchedules(store: SqliteStore): SchedulesLedger {
  const { db } = store;
  return {
    async findPause(bank, job) {
      return decodePause(db.get<{ pause: string }>(FIND_PAUSE, store.findBank(bank) ?? null, job));
    },

    pause(bank, job, pause: SchedulePause) {
      return store.write(() => db.run(PAUSE, store.openBank(bank), job, JSON.stringify(pause)) > 0);
    },

    resume(bank, job) {
      return store.write(() => void db.run(RESUME, store.findBank(bank) ?? null, job));
    },

    async findLook(bank, job) {
      return decodeLook(db.get<LookShape>(FIND_LOOK, store.findBank(bank) ?? null, job));
    },

    recordLook(bank, job, atMs) {
      return store.write(() => void db.run(LOOK, store.openBank(bank), job, atMs));
    },
  };
}
