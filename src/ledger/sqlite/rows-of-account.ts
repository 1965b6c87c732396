/**
 * Finds the rows of an account, and those with a code, in SQLite. Each run is looked into by its own index, so the ledger keeps no index of
 * accounts over all runs.
 */
import type { RowsOfAccountLedger } from "../ledger.ts";
import { nearId } from "../near-id.ts";
import {
  decodeRowOfRun,
  FIND_LINKED,
  keysOf,
  LIST_LINKED,
  type RowOfRunShape,
  withCode,
} from "../sql/row-of-run-shape.ts";
import { placed } from "./placed.ts";
import type { SqliteStore } from "./store.ts";

const [FIND, LIST] = [FIND_LINKED, LIST_LINKED].map(placed) as [string, string];
const WITH_CODE = placed(withCode("instr"));
const READ_WITH_CODE = `SELECT r.row ${WITH_CODE} ORDER BY r.row LIMIT ?3`;
const COUNT_WITH_CODE = `SELECT count(*) AS counted ${WITH_CODE}`;

const valuesOf = (place: string) => `(SELECT value FROM json_each(${place}))`;

/** ?1 bank, ?2 begun since, ?3 and ?4 runs from and to, ?5 keys, ?6 account_ids, ?7 how many. */
export const LIST_OF_ACCOUNT = `WITH wanted AS MATERIALIZED (
    SELECT no, id FROM runs WHERE bank = ?1 AND started_at >= ?2 AND no BETWEEN ?3 AND ?4),
  found AS MATERIALIZED (
    SELECT w.no, w.id, c.change FROM wanted w CROSS JOIN json_each(?5) k CROSS JOIN changes c ON c.run = w.no AND c.key = k.value
    UNION SELECT w.no, w.id, f.change FROM wanted w CROSS JOIN finds f INDEXED BY finds_by_account
      ON f.run = w.no AND f.account_id IN ${valuesOf("?6")} WHERE f.account_id IS NOT NULL)
  SELECT c.no, c.id, r.row FROM found c CROSS JOIN rows r ON r.run = c.no AND r.row = c.change
  UNION SELECT c.no, c.id, r.row FROM found c CROSS JOIN rows r INDEXED BY rows_joined
    ON r.run = c.no AND r.change = c.change WHERE r.change <> r.row
  UNION SELECT w.no, w.id, r.row FROM wanted w CROSS JOIN rows r INDEXED BY rows_by_key
    ON r.run = w.no AND r.key IN ${valuesOf("?5")} WHERE r.key IS NOT NULL
  ORDER BY 1 DESC, 3 LIMIT ?7`;

export const LIST_NEAR_IDS = `SELECT client_account_id AS id FROM links INDEXED BY links_near WHERE bank = ?1 AND near = ?2
  UNION SELECT n.client_account_id FROM runs w CROSS JOIN near_ids n ON n.run = w.no AND n.near = ?2 WHERE w.bank = ?1
  ORDER BY 1 LIMIT ?3`;

export function sqliteRowsOfAccount(store: SqliteStore): RowsOfAccountLedger {
  const { db } = store;
  const list = (sql: string, bank: number | null, id: string) =>
    db.all<{ id: string }>(sql, bank, id).map((one) => one.id);

  return {
    async readIds(bank, id) {
      const no = store.findBank(bank) ?? null;
      const accountIds = [...new Set([id, ...list(FIND, no, id)])];
      const clientAccountIds = [id, ...accountIds.flatMap((accountId) => list(LIST, no, accountId))];
      return { accountIds, clientAccountIds: [...new Set(clientAccountIds)] };
    },

    async listOfAccount(bank, ids, { run, sinceMs, limit }) {
      const shapes = db.all<RowOfRunShape>(
        LIST_OF_ACCOUNT,
        store.findBank(bank) ?? null,
        sinceMs,
        run?.no ?? 0,
        run?.no ?? Number.MAX_SAFE_INTEGER,
        JSON.stringify(keysOf(ids)),
        JSON.stringify(ids.accountIds),
        limit,
      );
      return shapes.map(decodeRowOfRun);
    },

    async listNearIds(bank, id, limit) {
      const near = db.all<{ id: string }>(LIST_NEAR_IDS, store.findBank(bank) ?? null, nearId(id), limit + 1);
      return near.flatMap((one) => (one.id === id ? [] : [one.id])).slice(0, limit);
    },

    async findCode(run, code, limit) {
      const member = `"code":"${code}"`;
      const count = db.get<{ counted: number }>(COUNT_WITH_CODE, run.no, member)?.counted ?? 0;
      return { rows: db.all<{ row: number }>(READ_WITH_CODE, run.no, member, limit).map(({ row }) => row), count };
    },
  };
}
