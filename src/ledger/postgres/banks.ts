/**
 * Banks in PostgreSQL: programs and client ids, by address. Looks at runs only to see whether one has done anything.
 */

import type { BanksLedger } from "../ledger.ts";
import type { Lease } from "../run.ts";
import { leaseSuffix } from "../run.ts";
import { bankInUse } from "../sql/errors.ts";
import { IS_BANK_USED } from "../sql/is-bank-used.ts";
import { LEASE } from "./leases.ts";
import type { PostgresStore } from "./store.ts";

const LIST = `SELECT program, named, ${IS_BANK_USED} AS used,
    ARRAY(SELECT client_id FROM clients WHERE bank = banks.no ORDER BY clients.no) AS clients
  FROM banks WHERE api_url = $1 ORDER BY (SELECT max(no) FROM runs WHERE bank = banks.no) DESC NULLS LAST, no DESC`;

const IS_KEPT = `SELECT 1 FROM banks JOIN clients ON clients.bank = banks.no
  WHERE banks.no = $1 AND banks.named >= $2 AND clients.api_url = banks.api_url AND clients.client_id = $3`;

const KEEP_CLIENT = `INSERT INTO clients (api_url, client_id, bank) VALUES ($1, $2, $3)
  ON CONFLICT (api_url, client_id) DO UPDATE SET bank = excluded.bank`;

/** A job's name has no spaces, so what follows the first one is the bank's. */
const OF_BANK = "substr(name, strpos(name, ' ') + 1)";
const OF_JOB = "substr(name, 1, strpos(name, ' '))";

const FIND_HELD = `SELECT ${LEASE} FROM leases WHERE until > $1 AND ${OF_BANK} IN ($2, $3) LIMIT 1`;

/** What a bank of the new name has left of leases, which is none that is held. */
const FORGET_LEASES = `DELETE FROM leases WHERE name IN (SELECT ${OF_JOB} || $1 FROM leases WHERE ${OF_BANK} = $2)`;
const MOVE_LEASES = `UPDATE leases SET name = ${OF_JOB} || $1 WHERE ${OF_BANK} = $2`;

interface KnownBankShape {
  readonly program: string;
  readonly named: 0 | 1;
  readonly used: boolean;
  readonly clients: readonly string[];
}

export function postgresBanks(store: PostgresStore): BanksLedger {
  return {
    async list(apiUrl) {
      const shapes = await store.sql.all<KnownBankShape>(LIST, apiUrl);
      return shapes.map(({ program, named, used, clients }) => ({
        bank: { apiUrl, program },
        isNamed: named === 1,
        clientIds: clients,
        isUsed: used,
      }));
    },

    async keep(bank, { id, isNamed }) {
      const named = isNamed ? 1 : 0;
      if (await store.sql.get(IS_KEPT, (await store.findBank(bank)) ?? null, named, id)) return;
      await store.write(async (sql) => {
        const no = await store.openBank(sql, bank);
        await sql.run("UPDATE banks SET named = greatest(named, $1) WHERE no = $2", named, no);
        await sql.run(KEEP_CLIENT, bank.apiUrl, id, no);
      });
    },

    async name(bank, program, nowMs) {
      const [before, after] = [leaseSuffix(bank), leaseSuffix({ ...bank, program })];
      const no = await store.bankOf({ bank });
      await store.write(async (sql) => {
        const held = await sql.get<Lease>(FIND_HELD, nowMs, before, after);
        if (held !== undefined) throw bankInUse(held);
        await sql.run("UPDATE banks SET program = $1, named = 1 WHERE no = $2", program, no);
        await sql.run(FORGET_LEASES, after, before);
        await sql.run(MOVE_LEASES, after, before);
      });
      store.forgetBanks();
    },
  };
}
