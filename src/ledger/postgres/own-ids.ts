/**
 * The bank's ids of customers and applications that the program names by its own ids, in PostgreSQL: one row for each that was found, by
 * bank. Never asks the bank, and judges nothing.
 */
import type { OwnId, Resolution } from "../../plan/own-ids.ts";
import type { OwnIdsLedger } from "../ledger.ts";
import type { PostgresStore } from "./store.ts";
import type { Perform } from "./writer.ts";

const COLUMNS = `o.kind, o.own_id AS own, o.id, o.run, o.at AS "atMs", o.status`;

const READ = `SELECT ${COLUMNS} FROM unnest($2::text[], $3::text[]) asked(kind, own)
  JOIN own_ids o ON o.bank = $1 AND o.kind = asked.kind AND o.own_id = asked.own`;

const RECORD = `INSERT INTO own_ids (bank, kind, own_id, id, run, at, status)
  SELECT * FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::integer[])
    new(bank, kind, own_id, id, run, at, status) ORDER BY bank, kind, own_id
  ON CONFLICT (bank, kind, own_id)
    DO UPDATE SET id = excluded.id, run = excluded.run, at = excluded.at, status = excluded.status`;

const LIST_KNOWN = `SELECT ${COLUMNS} FROM own_ids o WHERE o.bank = $1 AND o.kind = $2 ORDER BY o.own_id LIMIT $3`;

/** Only ids that an earlier run asked for: an answer from this run is recent enough. */
const FORGET = `DELETE FROM own_ids o USING unnest($3::text[], $4::text[]) asked(kind, own)
  WHERE o.bank = $1 AND o.run <> $2 AND o.kind = asked.kind AND o.own_id = asked.own`;

interface ResolutionAtBank {
  readonly bank: number;
  readonly resolution: Resolution;
}

const recordResolutions: Perform<ResolutionAtBank, void> = async (sql, items) => {
  const keyOf = ({ bank, resolution: { kind, own } }: ResolutionAtBank) => `${bank} ${kind} ${own}`;
  // Of one id the last.
  const last = [...new Map(items.map((item) => [keyOf(item), item])).values()];
  const resolutions = last.map(({ resolution }) => resolution);
  await sql.run(
    RECORD,
    last.map(({ bank }) => bank),
    ...columnsOf(resolutions),
    resolutions.map(({ id }) => id),
    resolutions.map(({ run }) => run),
    resolutions.map(({ atMs }) => atMs),
    resolutions.map(({ status }) => status),
  );
  return items.map(() => undefined);
};

export function postgresOwnIds(store: PostgresStore): OwnIdsLedger {
  const { sql } = store;
  return {
    async read(bank, ids) {
      const no = await store.findBank(bank);
      return no === undefined ? [] : sql.all<Resolution>(READ, no, ...columnsOf(ids));
    },

    async record(run, resolution) {
      await store.gather(recordResolutions, { bank: await store.bankOf(run), resolution });
    },

    async forget(run, ids) {
      const no = await store.bankOf(run);
      await store.write((write) => write.run(FORGET, no, run.id, ...columnsOf(ids)));
    },

    async listKnown(bank, kind, limit) {
      const no = await store.findBank(bank);
      return no === undefined ? [] : sql.all<Resolution>(LIST_KNOWN, no, kind, limit);
    },
  };
}

/** Kinds and own ids. */
const columnsOf = (ids: readonly OwnId[]) => [ids.map(({ kind }) => kind), ids.map(({ own }) => own)] as const;
