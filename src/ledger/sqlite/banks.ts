/**
 * Banks in SQLite: programs and client ids, by address. Looks at runs only to see whether one has done anything.
 */

import type { BanksLedger } from "../ledger.ts";
import type { Lease } from "../run.ts";
import { leaseSuffix } from "../run.ts";
import { bankInUse } from "../sql/errors.ts";
import { IS_BANK_USED } from "../sql/is-bank-used.ts";
import type { SqliteStore } from "./store.ts";

const LIST = `SELECT program, named, ${IS_BANK_USED} AS used,
    (SELECT json_group_array(client_id ORDER BY rowid) FROM clients WHERE bank = banks.no) AS clients
  FROM banks WHERE api_url = ? ORDER BY (SELECT max(no) FROM runs WHERE bank = banks.no) DESC NULLS LAST, no DESC`;

const IS_KEPT = `SELECT 1 FROM banks JOIN clients ON clients.bank = banks.no
  WHERE banks.no = ? AND banks.named >= ? AND clients.api_url = banks.api_url AND clients.client_id = ?`;

/** A job's name has no spaces, so what follows the first one is the bank's. */
const OF_BANK = "substr(name, instr(name, ' ') + 1)";

const FIND_HELD = `SELECT name, owner, token, since AS sinceMs, until AS untilMs FROM leases
  WHERE until > ? AND ${OF_BANK} IN (?, ?) LIMIT 1`;

const MOVE_LEASES = `UPDATE OR REPLACE leases SET name = substr(name, 1, instr(name, ' ')) || ? WHERE ${OF_BANK} = ?`;

interface BankShape {
  readonly program: string;
  readonly named: 0 | 1;
  readonly used: 0 | 1;
  readonly clients: string;
}

export function sqliteBanks(store: SqliteStore): BanksLedger {
  const { db } = store;
  return {
    async list(apiUrl) {
      return db.all<BankShape>(LIST, apiUrl).map(({ program, named, used, clients }) => ({
        bank: { apiUrl, program },
        isNamed: named === 1,
        clientIds: JSON.parse(clients) as string[],
        isUsed: used === 1,
      }));
    },

    async keep(bank, { id, isNamed }) {
      const named = isNamed ? 1 : 0;
      if (db.get(IS_KEPT, store.findBank(bank) ?? null, named, id) !== undefined) return;
      await store.write(() => {
        const no = store.openBank(bank);
        db.run("UPDATE banks SET named = max(named, ?) WHERE no = ?", named, no);
        db.run("INSERT OR REPLACE INTO clients (api_url, client_id, bank) VALUES (?, ?, ?)", bank.apiUrl, id, no);
      });
    },

    name(bank, program, nowMs) {
      const [before, after] = [leaseSuffix(bank), leaseSuffix({ ...bank, program })];
      return store.writeLease(() => {
        const held = db.get<Lease>(FIND_HELD, nowMs, before, after);
        if (held !== undefined) throw bankInUse(held);
        db.run("UPDATE banks SET program = ?, named = 1 WHERE no = ?", program, store.bankOf({ bank }));
        db.run(MOVE_LEASES, after, before);
        store.forgetBanks();
      });
    },
  };
}
