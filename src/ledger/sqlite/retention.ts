/**
 * Retention in SQLite: which runs are over, what of them is kept, and what goes, a part in each transaction.
 */
import type { DueRun, KeptChange, KeptFor, RetentionLedger } from "../ledger.ts";
import { type Lease, leaseName, type Run } from "../run.ts";
import { keysOf, type LinkedNames } from "../sql/keys-of.ts";
import { type LastRow, PLAN_COPY } from "../sql/plan-copy.ts";
import { decodeRun, type RunShape } from "../sql/run-shape.ts";
import {
  BEGIN,
  COUNT_KEPT,
  checkIdle,
  type DueShape,
  END,
  FIND_ROW_LEFT,
  FIND_WORK,
  FORGET_KEPT,
  findKept,
  linksOf,
  listAbsentKept,
  listDue,
  listEvidence,
  listKept,
  MESSAGES,
  type MessageShape,
  seenUnder,
  TAKE_CELLS,
  TAKE_REST,
  TAKE_ROWS,
  TAKE_VALUES,
  turnOf,
  withoutMessages,
} from "../sql/take-values.ts";
import type { SqliteDatabase } from "./database.ts";
import { SELECT_RUNS } from "./known-runs.ts";
import { placed } from "./placed.ts";
import type { SqliteStore } from "./store.ts";

const LISTED = (place: string) => `SELECT value FROM json_each(${place})`;

const DUE = placed(listDue(SELECT_RUNS));
const EVIDENCE = placed(listEvidence(SELECT_RUNS));
const SEEN = placed(seenUnder("json_extract(p.seen, '$.account.client_account_id')", LISTED("$2")));
const LINKS = placed(linksOf(LISTED("$2")));
const [KEPT, KEPT_WITH_HOLD] = [placed(listKept(null)), placed(listKept(LISTED("$5")))];
const ABSENT_KEPT = placed(listAbsentKept(LISTED("$2")));
const FIND_KEPT = placed(findKept(LISTED("$2")));
const [FORGET, BEGUN, COUNT] = [FORGET_KEPT, BEGIN, COUNT_KEPT].map(placed) as [string, string, string];
const KEEP = `INSERT INTO retained (run, change, why)
  SELECT ?1, json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?2)`;
const CELLS = placed(TAKE_CELLS);
const VALUES = TAKE_VALUES.map(placed);
const TEXTS = MESSAGES.map(({ read, write }) => ({ read: placed(read), write: placed(write) }));
const ENDED = END.map(placed);
const [ROWS, REST] = [TAKE_ROWS.map(placed), TAKE_REST.map(placed)];
const [END_OF_PART, LAST_LEFT, WORK] = [PLAN_COPY.end, FIND_ROW_LEFT, FIND_WORK].map(placed) as [
  string,
  string,
  string,
];

export function sqliteRetention(store: SqliteStore): RetentionLedger {
  const { db } = store;
  /** A write that is made only while nobody works on a run of the job. */
  const findLease = ({ bank, job }: Run) => db.get<Lease>(WORK, leaseName(bank, job));
  const write = <Result>(run: Run, atMs: number, act: () => Result, turn?: number) =>
    store.write(() => {
      checkIdle(run, findLease(run), atMs, turn);
      return act();
    });

  return {
    ...sqliteOver(store),

    findTurn: async (run) => turnOf(findLease(run)),

    begin(run, kept, atMs, turn) {
      const act = () => {
        db.run(BEGUN, run.no, atMs);
        db.run(FORGET, run.no);
        db.run(KEEP, run.no, JSON.stringify(kept.map(({ change, why }) => [change, why])));
      };
      return write(run, atMs, act, turn);
    },

    takeOut: (run, part, atMs) => write(run, atMs, () => takeOut(db, run, part)),

    end(run, atMs) {
      return write(run, atMs, () => {
        for (const sql of ENDED) db.run(sql, run.no);
      });
    },

    takeEvidence(run, limit, atMs) {
      return write(run, atMs, () => {
        const to = db.get<LastRow>(LAST_LEFT, run.no, limit)?.row ?? 0;
        const taken = ROWS.map((sql) => db.run(sql, run.no, to)).at(-1) ?? 0;
        if (taken > 0) return true;
        for (const sql of REST) db.run(sql, run.no);
        return false;
      });
    },
  };
}

/** What is asked before anything goes. */
function sqliteOver(
  store: SqliteStore,
): Pick<
  RetentionLedger,
  "listDue" | "listKeys" | "findEnd" | "listKept" | "listAbsentKept" | "countKept" | "findKept" | "listEvidence"
> {
  const { db } = store;
  return {
    async listDue(job, endedBeforeMs, before, limit) {
      const shapes = db.all<DueShape>(DUE, job, endedBeforeMs, before, limit);
      return shapes.map(
        (shape): DueRun => ({ run: decodeRun(shape), stays: shape.stays, isPruned: shape.pruned === 2 }),
      );
    },

    async listKeys(run, ids) {
      const listed = JSON.stringify(ids);
      return keysOf(ids, db.all<LinkedNames>(LINKS, store.bankOf(run), listed), db.all(SEEN, run.no, listed));
    },

    findEnd: async (run, after, limit) => db.get<LastRow>(END_OF_PART, run.no, after, limit)?.row ?? null,

    async listKept(run, { after, to }, endedBeforeMs, keys) {
      const values = [run.no, after, to, endedBeforeMs];
      const kept =
        keys.length === 0
          ? db.all<KeptChange>(KEPT, ...values)
          : db.all<KeptChange>(KEPT_WITH_HOLD, ...values, JSON.stringify(keys));
      return kept.map((one) => ({ ...one }));
    },

    async listAbsentKept(run, keys) {
      return db.all<KeptChange>(ABSENT_KEPT, run.no, JSON.stringify(keys)).map((one) => ({ ...one }));
    },

    async countKept(run) {
      const counts = db.all<{ why: KeptFor; counted: number }>(COUNT, run.no);
      return Object.fromEntries(counts.map(({ why, counted }) => [why, counted]));
    },

    async findKept(run, rows) {
      return new Set(db.all<{ row: number }>(FIND_KEPT, run.no, JSON.stringify(rows)).map(({ row }) => row));
    },

    async listEvidence(job, endedBeforeMs, limit) {
      return db.all<RunShape>(EVIDENCE, job, endedBeforeMs, limit).map(decodeRun);
    },
  };
}

/** Only within a write. */
function takeOut(db: SqliteDatabase, { no }: Run, { after, to }: { after: number; to: number }): number {
  const rows = db.run(CELLS, no, after, to);
  for (const sql of VALUES) db.run(sql, no, after, to);
  for (const { read, write } of TEXTS)
    for (const { of, step, text } of db.all<MessageShape>(read, no, after, to)) {
      const bare = withoutMessages(text);
      if (bare !== undefined) db.run(write, no, of, bare, step);
    }
  return rows;
}
