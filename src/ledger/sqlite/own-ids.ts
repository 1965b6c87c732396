/**
 * The bank's ids of customers and applications that the program names by its own ids, in SQLite: one row for each that was found, by bank.
 * Never asks the bank, and judges nothing.
 */
import type { Resolution } from "../../plan/own-ids.ts";
import type { OwnIdsLedger } from "../ledger.ts";
import type { SqliteStore } from "./store.ts";

const COLUMNS = "o.kind, o.own_id AS own, o.id, o.run, o.at AS atMs, o.status";

const READ = `SELECT ${COLUMNS} FROM json_each(?2) asked JOIN own_ids o
  ON o.bank = ?1 AND o.kind = asked.value ->> 'kind' AND o.own_id = asked.value ->> 'own'`;

const RECORD = "INSERT OR REPLACE INTO own_ids (bank, kind, own_id, id, run, at, status) VALUES (?, ?, ?, ?, ?, ?, ?)";

const LIST_KNOWN = `SELECT ${COLUMNS} FROM own_ids o WHERE o.bank = ? AND o.kind = ? ORDER BY o.own_id LIMIT ?`;

/** Only ids that an earlier run asked for: an answer from this run is recent enough. */
const FORGET = `DELETE FROM own_ids WHERE bank = ?1 AND run <> ?2 AND (kind, own_id) IN (
  SELECT one.value ->> 'kind', one.value ->> 'own' FROM json_each(?3) one)`;

export function sqliteOwnIds(store: SqliteStore): OwnIdsLedger {
  const { db } = store;
  return {
    async read(bank, ids) {
      const no = store.findBank(bank);
      return no === undefined ? [] : db.all<Resolution>(READ, no, JSON.stringify(ids));
    },

    record: (run, { kind, own, id, run: asked, atMs, status }) =>
      store.write(() => void db.run(RECORD, store.bankOf(run), kind, own, id, asked, atMs, status)),

    forget: (run, ids) => store.write(() => void db.run(FORGET, store.bankOf(run), run.id, JSON.stringify(ids))),

    async listKnown(bank, kind, limit) {
      const no = store.findBank(bank);
      return no === undefined ? [] : db.all<Resolution>(LIST_KNOWN, no, kind, limit);
    },
  };
}
