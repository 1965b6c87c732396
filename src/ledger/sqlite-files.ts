/**
 * Known files in SQLite: which objects of a place a job has taken or passed over. Never reads a file.
 */
import type { StoredFile } from "../read/source-file.ts";
import type { FilesLedger } from "./ledger.ts";
import type { SqliteStore } from "./sqlite-store.ts";

/** What tells one state of an object from the next: the version id where the place keeps versions, else the ETag. */
function versionOf(file: StoredFile): string {
  return file.versionId ?? file.etag;
}

const FIND = "SELECT 1 FROM files WHERE bank = ? AND job = ? AND place = ? AND key = ? AND version = ?";

const RECORD = `INSERT INTO files (bank, job, place, key, version, run) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET run = coalesce(excluded.run, run)`;

export function sqliteFiles(store: SqliteStore): FilesLedger {
  const { db } = store;
  return {
    async findKnown(bank, job, place, files) {
      const no = store.findBank(bank) ?? null;
      const known = new Set<number>();
      for (const [index, file] of files.entries()) {
        if (db.get(FIND, no, job, place, file.key, versionOf(file)) !== undefined) known.add(index);
      }
      return known;
    },

    async isFirstStart(bank, job) {
      const sql = "SELECT 1 FROM files WHERE bank = ? AND job = ? LIMIT 1";
      return db.get(sql, store.findBank(bank) ?? null, job) === undefined;
    },

    recordSeen(bank, job, place, files, run) {
      return store.write(() => {
        const no = store.openBank(bank);
        for (const file of files) db.run(RECORD, no, job, place, file.key, versionOf(file), run?.no ?? null);
      });
    },
  };
}
