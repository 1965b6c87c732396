/**
 * How far the chunks of runs are, in PostgreSQL, and who works on them. Only reads.
 */
import type { ChunkHolder, ChunksLedger, Work } from "../chunks.ts";
import type { PostgresStore } from "./store.ts";

const LIST_LEFT = "SELECT no FROM chunks WHERE run = $1 AND ended_at IS NULL ORDER BY no";

/** Of the phase that is worked on now. */
const COUNT = `SELECT count(*) FILTER (WHERE ended_at IS NULL) AS open,
    count(*) FILTER (WHERE ended_at IS NULL AND holder IS NOT NULL) AS held,
    count(*) FILTER (WHERE ended_at IS NOT NULL) AS ended,
    coalesce(sum(changes) FILTER (WHERE ended_at IS NOT NULL), 0)::bigint AS through,
    coalesce(array_agg(DISTINCT stop) FILTER (WHERE stop IS NOT NULL), '{}') AS stops
  FROM chunks WHERE run = $1 AND no > (SELECT coalesce(max(before), 0) FROM works WHERE run = $1)`;

const LIST_OPEN_RUNS = `SELECT r.id FROM runs r WHERE r.bank = $1 AND r.job = $2
  AND EXISTS (SELECT 1 FROM chunks c WHERE c.run = r.no AND c.ended_at IS NULL) ORDER BY r.no`;

const LIST_HOLDERS = `SELECT c.holder, r.id AS run, r.job, c.phase, count(*) AS chunks, min(c.since) AS "sinceMs"
  FROM chunks c JOIN runs r ON r.no = c.run WHERE c.ended_at IS NULL AND c.holder IS NOT NULL
  GROUP BY c.holder, r.id, r.job, c.phase ORDER BY c.holder, r.id`;

const FIND_WORK = "SELECT job_sha256, version, is_resumed, stop FROM works WHERE run = $1";

interface WorkShape {
  readonly job_sha256: string;
  readonly version: string;
  readonly is_resumed: 0 | 1;
  readonly stop: string | null;
}

type KnownChunks = Pick<ChunksLedger, "listLeft" | "listOpen" | "count" | "findWork" | "findStop" | "listHolders">;

export function postgresKnownChunks(store: PostgresStore): KnownChunks {
  const { sql } = store;
  return {
    async listLeft(run) {
      return (await sql.all<{ no: number }>(LIST_LEFT, run.no)).map(({ no }) => no);
    },

    async listOpen(bank, job) {
      const runs = await sql.all<{ id: string }>(LIST_OPEN_RUNS, (await store.findBank(bank)) ?? null, job);
      return runs.map(({ id }) => id);
    },

    async count(run) {
      type Counts = { open: number; held: number; ended: number; through: number; stops: string[] };
      const counts = await sql.get<Counts>(COUNT, run.no);
      return counts ?? { open: 0, held: 0, ended: 0, through: 0, stops: [] };
    },

    async findWork(run): Promise<Work | undefined> {
      const work = await sql.get<WorkShape>(FIND_WORK, run.no);
      if (work === undefined) return undefined;
      return { jobSha256: work.job_sha256, version: work.version, isResumed: work.is_resumed === 1 };
    },

    async findStop(run) {
      return (await sql.get<WorkShape>(FIND_WORK, run.no))?.stop ?? null;
    },

    listHolders: () => sql.all<ChunkHolder>(LIST_HOLDERS),
  };
}
