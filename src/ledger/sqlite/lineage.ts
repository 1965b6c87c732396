/**
 * Rows over several runs, in SQLite: attempts of original rows, rows that ended short of agreement, and what a person has accepted of them.
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
import { placed } from "./placed.ts";
import type { SqliteStore } from "./store.ts";

export const ATTEMPTS = placed(READ_ATTEMPTS);
const BEGUN = placed(LIST_BEGUN);
const ATTEMPT_RUNS = placed(LIST_ATTEMPT_RUNS);
const ORIGINS = placed(LIST_ORIGINS);
export const INVALID = placed(readInvalid("INDEXED BY rows_invalid"));
export const SHORT = placed(readShort({ short: "INDEXED BY ends_short", joined: "INDEXED BY rows_joined" }));
export const OVERTAKEN = placed(
  listOvertaken(`(SELECT key AS place, value ->> 0 AS key, value ->> 1 AS account_id FROM json_each($3)) AS n`),
);
const [SETTLE_RUN, ACCEPT_ROW, ACCEPTED] = [placed(SETTLE), placed(ACCEPT), placed(LIST_ACCEPTED)];

/** A row behind every other. */
const BEHIND_ALL = { no: Number.MAX_SAFE_INTEGER, row: 0 };

export function sqliteLineage(store: SqliteStore): LineageLedger {
  const { db } = store;
  return {
    async readAttempts(run, { after, to }) {
      return db.all<AttemptOfRow>(ATTEMPTS, run.no, after, to).map((attempt) => ({ ...attempt }));
    },

    async listBegun({ fromMs, toMs }, after, limit) {
      const listed = db.all<{ no: number; id: string }>(BEGUN, fromMs, toMs, after, limit);
      return listed.map((run) => ({ ...run }));
    },

    findId: async (no) => db.get<{ id: string }>("SELECT id FROM runs WHERE no = ?", no)?.id,

    async listAttemptRuns(run) {
      return db.all<{ id: string }>(ATTEMPT_RUNS, run.no).map(({ id }) => id);
    },

    async listOrigins(run, limit) {
      return db.all<{ id: string }>(ORIGINS, run.no, limit).map(({ id }) => id);
    },

    async readShort(run, after, limit, before = BEHIND_ALL) {
      const { change, row } = after;
      const shapes =
        change === 0
          ? db.all<ShortShape>(INVALID, run.no, row, before.no, before.row, limit)
          : db.all<ShortShape>(SHORT, run.no, change, row, before.no, before.row, limit);
      return decodeShortPage(shapes, after, limit);
    },

    async listOvertaken(run, accounts) {
      const named = JSON.stringify(accounts.map(({ key, accountId }) => [key, accountId]));
      return new Set(db.all<{ place: number }>(OVERTAKEN, store.bankOf(run), run.no, named).map(({ place }) => place));
    },

    settle: (run) => store.write(() => void db.run(SETTLE_RUN, run.no)),

    accept(run, rows, { untilMs, reason, by, atMs }) {
      return store.write(() => {
        for (const row of rows) db.run(ACCEPT_ROW, run.no, row, untilMs, reason, by, atMs);
      });
    },

    async listAccepted({ no, row }, limit) {
      return db.all<AcceptedRow & { no: number }>(ACCEPTED, no, row, limit).map((accepted) => ({ ...accepted }));
    },
  };
}
