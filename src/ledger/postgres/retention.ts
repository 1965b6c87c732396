/**
 * Retention in PostgreSQL: which runs are over, what of them is kept, and what goes, a part in each transaction.
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
import type { Sql } from "./database.ts";
import { SELECT_RUNS } from "./known-runs.ts";
import type { PostgresStore } from "./store.ts";

const LISTED = (place: string) => `SELECT unnest(${place}::text[])`;

const DUE = listDue(SELECT_RUNS);
const EVIDENCE = listEvidence(SELECT_RUNS);
const OWN_ID = String.raw`substring(p.seen from '"client_account_id":"((?:[^"\\]|\\.)*)"')`;
const SEEN = seenUnder(OWN_ID, LISTED("$2"));
const LINKS = linksOf(LISTED("$2"));
const [KEPT, KEPT_WITH_HOLD] = [listKept(null), listKept(LISTED("$5"))];
const KEEP = "INSERT INTO retained (run, change, why) SELECT $1, unnest($2::integer[]), unnest($3::text[])";
const ABSENT_KEPT = listAbsentKept(LISTED("$2"));
const FIND_KEPT = findKept("SELECT unnest($2::integer[])");

export function postgresRetention(store: PostgresStore): RetentionLedger {
  /** A write that is made only while nobody works on a run of the job. */
  const write = <Result>(run: Run, atMs: number, act: (own: Sql) => Promise<Result>, turn?: number) =>
    store.write(async (own) => {
      // A start waits for its lease until this is committed.
      const lease = await own.get<Lease>(`${FIND_WORK} FOR SHARE`, leaseName(run.bank, run.job));
      checkIdle(run, lease, atMs, turn);
      return act(own);
    });

  return {
    ...postgresOver(store),

    findTurn: async ({ bank, job }) => turnOf(await store.sql.get<Lease>(FIND_WORK, leaseName(bank, job))),

    begin(run, kept, atMs, turn) {
      const act = async (own: Sql) => {
        await own.run(BEGIN, run.no, atMs);
        await own.run(FORGET_KEPT, run.no);
        await own.run(
          KEEP,
          run.no,
          kept.map(({ change }) => change),
          kept.map(({ why }) => why),
        );
      };
      return write(run, atMs, act, turn);
    },

    takeOut: (run, part, atMs) => write(run, atMs, (own) => takeOut(own, run, part)),

    end(run, atMs) {
      return write(run, atMs, async (own) => {
        for (const text of END) await own.run(text, run.no);
      });
    },

    takeEvidence(run, limit, atMs) {
      return write(run, atMs, async (own) => {
        const to = (await own.get<LastRow>(FIND_ROW_LEFT, run.no, limit))?.row ?? 0;
        let taken = 0;
        for (const text of TAKE_ROWS) taken = await own.run(text, run.no, to);
        if (taken > 0) return true;
        for (const text of TAKE_REST) await own.run(text, run.no);
        return false;
      });
    },
  };
}

/** What is asked before anything goes. */
function postgresOver(
  store: PostgresStore,
): Pick<
  RetentionLedger,
  "listDue" | "listKeys" | "findEnd" | "listKept" | "listAbsentKept" | "countKept" | "findKept" | "listEvidence"
> {
  const { sql } = store;
  return {
    async listDue(job, endedBeforeMs, before, limit) {
      const shapes = await sql.all<DueShape>(DUE, job, endedBeforeMs, before, limit);
      return shapes.map(
        (shape): DueRun => ({ run: decodeRun(shape), stays: shape.stays, isPruned: shape.pruned === 2 }),
      );
    },

    async listKeys(run, ids) {
      const links = await sql.all<LinkedNames>(LINKS, await store.bankOf(run), ids);
      // As they are within JSON.
      const within = ids.map((id) => JSON.stringify(id).slice(1, -1));
      return keysOf(ids, links, await sql.all(SEEN, run.no, within));
    },

    findEnd: async (run, after, limit) => (await sql.get<LastRow>(PLAN_COPY.end, run.no, after, limit))?.row ?? null,

    listKept(run, { after, to }, endedBeforeMs, keys) {
      const values = [run.no, after, to, endedBeforeMs];
      if (keys.length === 0) return sql.all<KeptChange>(KEPT, ...values);
      return sql.all<KeptChange>(KEPT_WITH_HOLD, ...values, keys);
    },

    listAbsentKept: (run, keys) => sql.all<KeptChange>(ABSENT_KEPT, run.no, keys),

    async countKept(run) {
      const counts = await sql.all<{ why: KeptFor; counted: number }>(COUNT_KEPT, run.no);
      return Object.fromEntries(counts.map(({ why, counted }) => [why, counted]));
    },

    async findKept(run, rows) {
      return new Set((await sql.all<{ row: number }>(FIND_KEPT, run.no, rows)).map(({ row }) => row));
    },

    async listEvidence(job, endedBeforeMs, limit) {
      return (await sql.all<RunShape>(EVIDENCE, job, endedBeforeMs, limit)).map(decodeRun);
    },
  };
}

/** Only within a write. */
async function takeOut(own: Sql, { no }: Run, { after, to }: { after: number; to: number }): Promise<number> {
  const rows = await own.run(TAKE_CELLS, no, after, to);
  for (const text of TAKE_VALUES) await own.run(text, no, after, to);
  for (const { read, write } of MESSAGES)
    for (const { of, step, text } of await own.all<MessageShape>(read, no, after, to)) {
      const bare = withoutMessages(text);
      if (bare !== undefined) await own.run(write, no, of, bare, step);
    }
  return rows;
}
