/**
 * Rows over several runs, in PostgreSQL: attempts of original rows, rows that ended short of agreement, and what a person has accepted of
 * them.
 */
import type { AcceptedRow, AttemptOfRow, LineageLedger } from "../ledger.ts";
import { LIST_ATTEMPT_RUNS, LIST_BEGUN, LIST_ORIGINS, READ_ATTEMPTS } from "../sql/resolve-originals.ts";
import {
  ACCEPT,
  decodeShortPage,
  LIST_ACCEPTED,
  listOvertaken,
  readInvalid,
  readShort,
  SETTLE,
  type ShortShape,
} from "../sql/short-shape.ts";
import type { PostgresStore } from "./store.ts";

/** A row behind every other. */
const BEHIND_ALL = { no: 2 ** 31 - 1, row: 0 };

const INVALID = readInvalid("");
export const SHORT = readShort({ short: "", joined: "" });
export const OVERTAKEN = listOvertaken("unnest($3::integer[], $4::text[], $5::text[]) AS n (place, key, account_id)");

export function postgresLineage(store: PostgresStore): LineageLedger {
  const { sql } = store;
  return {
    readAttempts: (run, { after, to }) => sql.all<AttemptOfRow>(READ_ATTEMPTS, run.no, after, to),

    listBegun: ({ fromMs, toMs }, after, limit) =>
      sql.all<{ no: number; id: string }>(LIST_BEGUN, fromMs, toMs, after, limit),

    findId: async (no) => (await sql.get<{ id: string }>("SELECT id FROM runs WHERE no = $1", no))?.id,

    async listAttemptRuns(run) {
      return (await sql.all<{ id: string }>(LIST_ATTEMPT_RUNS, run.no)).map(({ id }) => id);
    },

    async listOrigins(run, limit) {
      return (await sql.all<{ id: string }>(LIST_ORIGINS, run.no, limit)).map(({ id }) => id);
    },

    async readShort(run, after, limit, before = BEHIND_ALL) {
      const { change, row } = after;
      const shapes =
        change === 0
          ? await sql.all<ShortShape>(INVALID, run.no, row, before.no, before.row, limit)
          : await sql.all<ShortShape>(SHORT, run.no, change, row, before.no, before.row, limit);
      return decodeShortPage(shapes, after, limit);
    },

    async listOvertaken(run, accounts) {
      const places = accounts.map((_, place) => place);
      const keys = accounts.map(({ key }) => key);
      const ids = accounts.map(({ accountId }) => accountId);
      const bank = await store.bankOf(run);
      const found = await sql.all<{ place: number }>(OVERTAKEN, bank, run.no, places, keys, ids);
      return new Set(found.map(({ place }) => place));
    },

    settle: (run) => store.write(async (write) => void (await write.run(SETTLE, run.no))),

    accept(run, rows, { untilMs, reason, by, atMs }) {
      return store.write(async (write) => {
        for (const row of rows) await write.run(ACCEPT, run.no, row, untilMs, reason, by, atMs);
      });
    },

    listAccepted: ({ no, row }, limit) => sql.all<AcceptedRow & { no: number }>(LIST_ACCEPTED, no, row, limit),
  };
}
