/**
 * The bank's ids of customers and applications that the program names by its own ids, in SQLite: one row for each that was found, by bank.
 * Never asks the bank, and judges nothing.
 */
import type { OwnIdKind } from "../../account.ts";
import { PREFIX_OF, type Resolution } from "../../plan/own-ids.ts";
import type { OwnIdsLedger } from "../ledger.ts";
import { decodeList, type SqliteStore } from "./store.ts";

const COLUMNS = "o.kind, o.own_id AS own, o.id, o.run, o.at AS atMs, o.status";

const READ = `SELECT ${COLUMNS} FROM json_each(?2) asked JOIN own_ids o
  ON o.bank = ?1 AND o.kind = asked.value ->> 'kind' AND o.own_id = asked.value ->> 'own'`;

const RECORD = "INSERT OR REPLACE INTO own_ids (bank, kind, own_id, id, run, at, status) VALUES (?, ?, ?, ?, ?, ?, ?)";

const LIST_KNOWN = `SELECT ${COLUMNS} FROM own_ids o WHERE o.bank = ? AND o.kind = ? ORDER BY o.own_id LIMIT ?`;

/** Only ids that an earlier run asked for: an answer from this run is recent enough. */
const FORGET = `DELETE FROM own_ids WHERE bank = ?1 AND run <> ?2 AND (kind, own_id) IN (
  SELECT one.value ->> 'kind', one.value ->> 'own' FROM json_each(?3) one)`;

/** What the columns of the kind name, in the file's order. */
const NAMED: Readonly<Record<OwnIdKind, string>> = {
  client_customer_id: `SELECT DISTINCT one.value AS id FROM desires d,
    json_each(json_array(d.desired -> '$.account_holders', d.desired -> '$.authorized_signers', d.desired -> '$.authorized_users')) list,
    json_each(list.value) one WHERE d.run = ?1`,
  client_application_id: `SELECT DISTINCT d.desired ->> '$.application_id' AS id FROM desires d
    WHERE d.run = ?1 AND id IS NOT NULL`,
};

export function sqliteOwnIds(store: SqliteStore): OwnIdsLedger {
  const { db } = store;
  const namedBy = (no: number, kind: OwnIdKind, isBanks: boolean, limit: number) => {
    const sql = `SELECT id FROM (${NAMED[kind]}) WHERE substr(id, 1, length(?2)) ${isBanks ? "=" : "<>"} ?2 LIMIT ?3`;
    return db.all<{ id: string }>(sql, no, PREFIX_OF[kind], limit).map(({ id }) => id);
  };
  return {
    async read(bank, ids) {
      const no = store.findBank(bank);
      return no === undefined ? [] : db.all<Resolution>(READ, no, JSON.stringify(ids));
    },

    record: (run, { kind, own, id, run: asked, atMs, status }) =>
      store.write(() => void db.run(RECORD, store.bankOf(run), kind, own, id, asked, atMs, status)),

    forget: (run, ids) => store.write(() => void db.run(FORGET, store.bankOf(run), run.id, JSON.stringify(ids))),

    async readOf(run, change) {
      const sql = "SELECT ids FROM resolutions WHERE run = ? AND change = ?";
      return decodeList<Resolution>(db.get<{ ids: string }>(sql, run.no, change)?.ids ?? null);
    },

    async listKnown(bank, kind, limit) {
      const no = store.findBank(bank);
      return no === undefined ? [] : db.all<Resolution>(LIST_KNOWN, no, kind, limit);
    },

    async listNamed(run, kind, limits) {
      return { own: namedBy(run.no, kind, false, limits.own), bank: namedBy(run.no, kind, true, limits.bank) };
    },
  };
}
