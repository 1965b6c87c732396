/**
 * Chunks in PostgreSQL. Who holds a chunk has a lease of its name, so that its writes pass the same fence as those of a job.
 */
import type { Chunk, ChunksLedger } from "../chunks.ts";
import type { Lease, Run } from "../run.ts";
import { isOpen } from "../sql/conditions.ts";
import { leaseLost } from "../sql/errors.ts";
import { LEFT_OF_PHASE } from "../sql/left-of-phase.ts";
import { checkLeases } from "./check-leases.ts";
import type { Sql } from "./database.ts";
import { restAll } from "./held-accounts.ts";
import { inBatches } from "./in-batches.ts";
import { postgresKnownChunks } from "./known-chunks.ts";
import type { PostgresStore } from "./store.ts";

/**
 * $1 the run, $2 and $3 above which change and up to which, $4 the size, $5 the phase, $6 and $7 where open chunks were held: somebody may
 * have died there.
 */
const CUT = (phase: Chunk["phase"]) => `WITH
  changes_left AS (SELECT c.change, (row_number() OVER (ORDER BY c.change) - 1) / $4::integer AS part FROM changes c
    WHERE c.run = $1 AND c.change > $2 AND c.change <= $3 AND ${isOpen("c")} AND ${LEFT_OF_PHASE[phase]}),
  parts AS (SELECT part, min(change) - 1 AS after, max(change) AS upto, count(*) AS changes FROM changes_left GROUP BY part),
  held AS (SELECT * FROM unnest($6::integer[], $7::integer[]) AS h (after, upto)),
  last AS (SELECT coalesce(max(no), 0) AS no FROM chunks WHERE run = $1)
  INSERT INTO chunks (run, no, phase, after, upto, changes, taken)
  SELECT $1, last.no + 1 + parts.part, $5, parts.after, parts.upto, parts.changes,
    CASE WHEN EXISTS (SELECT 1 FROM held WHERE held.after < parts.upto AND held.upto > parts.after) THEN 1 ELSE 0 END
  FROM parts, last ORDER BY parts.part`;

const LIST_HELD = "SELECT after, upto FROM chunks WHERE run = $1 AND ended_at IS NULL AND taken > 0 ORDER BY no";
const LIST_OPEN = "SELECT no FROM chunks WHERE run = $1 AND no <= $2 AND ended_at IS NULL ORDER BY no FOR UPDATE";
const CLOSE = "UPDATE chunks SET ended_at = $3 WHERE run = $1 AND no <= $2 AND ended_at IS NULL";
const FORGET_LEASES = "DELETE FROM leases WHERE name = ANY($1)";
const FIND_LAST = "SELECT coalesce(max(no), 0) AS no FROM chunks WHERE run = $1";

const RECORD_WORK = `INSERT INTO works (run, job_sha256, version, is_resumed, before) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (run) DO UPDATE SET job_sha256 = excluded.job_sha256, version = excluded.version,
    is_resumed = excluded.is_resumed, before = excluded.before, stop = NULL`;

/** Once the run must stop, nobody begins on more of it. */
const BEGIN = `UPDATE chunks SET taken = taken + 1, holder = $3, since = $4 WHERE run = $1 AND no = $2 AND ended_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM works w WHERE w.run = $1 AND w.stop IS NOT NULL)
  RETURNING no, phase, after, upto AS "to", taken`;

/** Waits for the transactions that have seen the holder before. */
const TAKE_LEASE = `INSERT INTO leases (name, owner, token, since, until) VALUES ($1, $2, $3, $4, $4)
  ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, token = excluded.token, since = excluded.since
  RETURNING name, owner, token, since AS "sinceMs", until AS "untilMs"`;

const END = "UPDATE chunks SET ended_at = $3, stop = $4, holder = NULL WHERE run = $1 AND no = $2";
const GIVE_BACK = `UPDATE chunks SET holder = NULL WHERE run = $1 AND no = $2 AND ended_at IS NULL RETURNING after, upto AS "to"`;

const MOST_NO = 2 ** 31 - 1;
/** Changes that are cut into chunks in one transaction. */
const CUT_BATCH = 20_000;

const leaseOf = (run: Run, no: number) => `chunk ${run.no}/${no}`;

/** Of a transaction of its own. */
async function mustHold(sql: Sql, run: Run, no: number, lease: Lease): Promise<void> {
  const lost = await checkLeases(sql, [lease], (one) => one);
  if (lost.size > 0) throw leaseLost(`chunk ${no} of run ${run.id} is another worker's now`);
}

/** Ends the chunks that are open, up to number `to`: whoever works on one is refused from then on. */
async function closeOpen(sql: Sql, run: Run, to: number, nowMs: number): Promise<void> {
  const open = await sql.all<{ no: number }>(LIST_OPEN, run.no, to);
  await sql.run(
    FORGET_LEASES,
    open.map(({ no }) => leaseOf(run, no)),
  );
  await sql.run(CLOSE, run.no, to, nowMs);
}

export function postgresChunks(store: PostgresStore, nowMs: () => number): ChunksLedger {
  const known = postgresKnownChunks(store);
  return {
    ...known,

    async open(run, phase, { jobSha256, version, isResumed }, { size, to }) {
      const held = await store.write(async (sql) => {
        const before = (await sql.get<{ no: number }>(FIND_LAST, run.no))?.no ?? 0;
        await sql.run(RECORD_WORK, run.no, jobSha256, version, isResumed ? 1 : 0, before);
        const open = await sql.all<{ after: number; upto: number }>(LIST_HELD, run.no);
        await closeOpen(sql, run, before, nowMs());
        return [open.map(({ after }) => after), open.map(({ upto }) => upto)] as const;
      });
      await inBatches(store, run, { to, size: CUT_BATCH }, (sql, after, last) =>
        sql.run(CUT(phase), run.no, after, last, size, phase, ...held),
      );
      return known.listLeft(run);
    },

    begin(run, no, owner) {
      return store.write(async (sql) => {
        const begun = await sql.get<Omit<Chunk, "isTakenOver"> & { taken: number }>(BEGIN, run.no, no, owner, nowMs());
        if (begun === undefined) return undefined;
        const { taken, ...chunk } = begun;
        const lease = await sql.get<Lease>(TAKE_LEASE, leaseOf(run, no), owner, taken, nowMs());
        return lease && { chunk: { ...chunk, isTakenOver: taken > 1 }, lease };
      });
    },

    end(run, no, lease, stop) {
      return store.write(async (sql) => {
        await mustHold(sql, run, no, lease);
        await sql.run(END, run.no, no, nowMs(), stop);
        await sql.run(FORGET_LEASES, [leaseOf(run, no)]);
      });
    },

    giveBack(run, no, lease) {
      return store.write(async (sql) => {
        const lost = await checkLeases(sql, [lease], (one) => one);
        if (lost.size > 0) return;
        const range = await sql.get<Pick<Chunk, "after" | "to">>(GIVE_BACK, run.no, no);
        // Nobody has died over its rows.
        if (range !== undefined) await restAll(sql, run, range);
        await sql.run(FORGET_LEASES, [leaseOf(run, no)]);
      });
    },

    close: (run) => store.write((sql) => closeOpen(sql, run, MOST_NO, nowMs())),

    stop: (run, stop) =>
      store.write(async (sql) => void (await sql.run("UPDATE works SET stop = $2 WHERE run = $1", run.no, stop))),
  };
}
