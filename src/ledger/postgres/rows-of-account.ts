/**
 * Finds the rows of an account, and those with a code, in PostgreSQL. Each run is looked into by its own index, so the ledger keeps no index
 * of accounts over all runs.
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
import { jsonMember } from "./json-member.ts";
import type { PostgresStore } from "./store.ts";

const WITH_CODE = withCode("strpos");
const READ_WITH_CODE = `SELECT r.row ${WITH_CODE} ORDER BY r.row LIMIT $3`;
const COUNT_WITH_CODE = `SELECT count(*) AS counted ${WITH_CODE}`;

/** Each run by itself, and by its index, however small the server takes the table to be. */
const ofEach = (from: string, query: string) => `${from} CROSS JOIN LATERAL (${query} OFFSET 0) AS own`;

/** $1 bank, $2 begun since, $3 and $4 runs from and to, $5 keys, $6 account_ids, $7 how many. */
export const LIST_OF_ACCOUNT = `WITH wanted AS MATERIALIZED (
    SELECT no, id FROM runs WHERE bank = $1 AND started_at >= $2 AND no BETWEEN $3 AND $4),
  found AS MATERIALIZED (
    SELECT w.no, w.id, own.change
      FROM ${ofEach("wanted w", "SELECT change FROM changes WHERE run = w.no AND key = ANY($5::text[])")}
    UNION SELECT w.no, w.id, own.change
      FROM ${ofEach("wanted w", "SELECT change FROM finds WHERE run = w.no AND account_id = ANY($6::text[])")})
  SELECT c.no, c.id, own.row FROM ${ofEach("found c", "SELECT row FROM rows WHERE run = c.no AND row = c.change")}
  UNION SELECT c.no, c.id, own.row
    FROM ${ofEach("found c", "SELECT row FROM rows WHERE run = c.no AND change = c.change AND change <> row")}
  UNION SELECT w.no, w.id, own.row
    FROM ${ofEach("wanted w", "SELECT row FROM rows WHERE run = w.no AND key = ANY($5::text[])")}
  ORDER BY 1 DESC, 3 LIMIT $7`;

export const LIST_NEAR_IDS = `SELECT client_account_id AS id FROM links WHERE bank = $1 AND near = $2
  UNION SELECT own.client_account_id
    FROM ${ofEach("runs w", "SELECT client_account_id FROM near_ids WHERE run = w.no AND near = $2")} WHERE w.bank = $1
  ORDER BY 1 LIMIT $3`;

export function postgresRowsOfAccount(store: PostgresStore): RowsOfAccountLedger {
  const { sql } = store;
  const list = async (query: string, bank: number | null, id: string) =>
    (await sql.all<{ id: string }>(query, bank, id)).map((one) => one.id);

  return {
    async readIds(bank, id) {
      const no = (await store.findBank(bank)) ?? null;
      const accountIds = [...new Set([id, ...(await list(FIND_LINKED, no, id))])];
      const linked = await Promise.all(accountIds.map((accountId) => list(LIST_LINKED, no, accountId)));
      return { accountIds, clientAccountIds: [...new Set([id, ...linked.flat()])] };
    },

    async listOfAccount(bank, ids, { run, sinceMs, limit }) {
      const shapes = await sql.all<RowOfRunShape>(
        LIST_OF_ACCOUNT,
        (await store.findBank(bank)) ?? null,
        sinceMs,
        run?.no ?? 0,
        run?.no ?? MOST_RUNS,
        keysOf(ids),
        ids.accountIds,
        limit,
      );
      return shapes.map(decodeRowOfRun);
    },

    async listNearIds(bank, id, limit) {
      const no = (await store.findBank(bank)) ?? null;
      const near = await sql.all<{ id: string }>(LIST_NEAR_IDS, no, nearId(id), limit + 1);
      return near.flatMap((one) => (one.id === id ? [] : [one.id])).slice(0, limit);
    },

    async findCode(run, code, limit) {
      const member = jsonMember("code", code);
      const count = (await sql.get<{ counted: number }>(COUNT_WITH_CODE, run.no, member))?.counted ?? 0;
      const rows = await sql.all<{ row: number }>(READ_WITH_CODE, run.no, member, limit);
      return { rows: rows.map(({ row }) => row), count };
    },
  };
}

/** The largest number of a run. */
const MOST_RUNS = 2 ** 31 - 1;
