/**
 * Chunks in SQLite, so that a simulation can have several processes on one run: by the contract and the rules of those in PostgreSQL
 * (src/ledger/postgres/chunks.ts), but one transaction at a time.
 */
import type { Chunk, ChunkCounts, ChunkHolder, ChunksLedger, Work } from "../../../src/ledger/chunks.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import type { Lease, Run } from "../../../src/ledger/run.ts";
import { isOpen } from "../../../src/ledger/sql/conditions.ts";
import { leaseLost } from "../../../src/ledger/sql/errors.ts";
import { LEFT_OF_PHASE } from "../../../src/ledger/sql/left-of-phase.ts";
import { restAll } from "../../../src/ledger/sqlite/claims.ts";
import type { SqliteDatabase } from "../../../src/ledger/sqlite/database.ts";
import { leaseCheck } from "../../../src/ledger/sqlite/leases.ts";
import { SqliteStore } from "../../../src/ledger/sqlite/store.ts";
import { SqliteWriter } from "../../../src/ledger/sqlite/writer.ts";

export const CHUNK_TABLES = `
  CREATE TABLE works (run INTEGER PRIMARY KEY, job_sha256 TEXT NOT NULL, version TEXT NOT NULL, is_resumed INTEGER NOT NULL,
    before INTEGER NOT NULL DEFAULT 0, stop TEXT);
  CREATE TABLE chunks (run INTEGER NOT NULL, no INTEGER NOT NULL, phase TEXT NOT NULL, after INTEGER NOT NULL,
    upto INTEGER NOT NULL, changes INTEGER NOT NULL, taken INTEGER NOT NULL DEFAULT 0, holder TEXT, since INTEGER,
    ended_at INTEGER, stop TEXT, PRIMARY KEY (run, no));`;

/** As on PostgreSQL. */
const LEASE_MS = 10_000;

/** ?1 the run, ?2 the last change, ?3 the size, ?4 the phase. A chunk begins where somebody may have died if an open one was held there. */
const cut = (phase: Chunk["phase"]) => `WITH
  changes_left AS (SELECT c.change, (row_number() OVER (ORDER BY c.change) - 1) / CAST(?3 AS INTEGER) AS part FROM changes c
    WHERE c.run = ?1 AND c.change <= ?2 AND ${isOpen("c")} AND ${LEFT_OF_PHASE[phase]}),
  parts AS (SELECT part, min(change) - 1 AS after, max(change) AS upto, count(*) AS changes FROM changes_left GROUP BY part),
  held AS (SELECT after, upto FROM chunks WHERE run = ?1 AND ended_at IS NULL AND taken > 0),
  last AS (SELECT coalesce(max(no), 0) AS no FROM chunks WHERE run = ?1)
  INSERT INTO chunks (run, no, phase, after, upto, changes, taken)
  SELECT ?1, last.no + 1 + parts.part, ?4, parts.after, parts.upto, parts.changes,
    EXISTS (SELECT 1 FROM held WHERE held.after < parts.upto AND held.upto > parts.after)
  FROM parts, last RETURNING no`;

const LIST_OPEN = "SELECT no FROM chunks WHERE run = ? AND no <= ? AND ended_at IS NULL";
const FIND_LAST = "SELECT coalesce(max(no), 0) AS no FROM chunks WHERE run = ?";
const FORGET_LEASE = "DELETE FROM leases WHERE name = ?";
const RECORD_WORK = `INSERT INTO works (run, job_sha256, version, is_resumed, before) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (run) DO UPDATE SET job_sha256 = excluded.job_sha256, version = excluded.version,
    is_resumed = excluded.is_resumed, before = excluded.before, stop = NULL`;
const BEGIN = `UPDATE chunks SET taken = taken + 1, holder = ?3, since = ?4 WHERE run = ?1 AND no = ?2 AND ended_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM works w WHERE w.run = ?1 AND w.stop IS NOT NULL)
  RETURNING no, phase, after, upto AS "to", taken`;
const TAKE_LEASE = `INSERT INTO leases (name, owner, token, since, until) VALUES (?1, ?2, ?3, ?4, ?4)
  ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, token = excluded.token, since = excluded.since
  RETURNING name, owner, token, since AS sinceMs, until AS untilMs`;
const END = "UPDATE chunks SET ended_at = ?, stop = ?, holder = NULL WHERE run = ? AND no = ? AND ended_at IS NULL";
const GIVE_BACK = `UPDATE chunks SET holder = NULL WHERE run = ? AND no = ? AND ended_at IS NULL RETURNING after, upto AS "to"`;

const COUNT = `SELECT count(*) FILTER (WHERE ended_at IS NULL) AS open,
    count(*) FILTER (WHERE ended_at IS NULL AND holder IS NOT NULL) AS held,
    count(*) FILTER (WHERE ended_at IS NOT NULL) AS ended,
    coalesce(sum(changes) FILTER (WHERE ended_at IS NOT NULL), 0) AS through,
    json_group_array(DISTINCT stop) FILTER (WHERE stop IS NOT NULL) AS stops
  FROM chunks WHERE run = ?1 AND no > (SELECT coalesce(max(before), 0) FROM works WHERE run = ?1)`;
const LIST_OPEN_RUNS = `SELECT r.id FROM runs r JOIN banks b ON b.no = r.bank WHERE b.api_url = ? AND b.program = ? AND r.job = ?
  AND EXISTS (SELECT 1 FROM chunks c WHERE c.run = r.no AND c.ended_at IS NULL) ORDER BY r.no`;
const LIST_HOLDERS = `SELECT c.holder, r.id AS run, r.job, c.phase, count(*) AS chunks, min(c.since) AS sinceMs
  FROM chunks c JOIN runs r ON r.no = c.run WHERE c.ended_at IS NULL AND c.holder IS NOT NULL
  GROUP BY c.holder, r.id, r.job, c.phase ORDER BY c.holder, r.id`;
const FIND_WORK = "SELECT job_sha256, version, is_resumed, stop FROM works WHERE run = ?";

interface WorkShape {
  readonly job_sha256: string;
  readonly version: string;
  readonly is_resumed: 0 | 1;
  readonly stop: string | null;
}

/** What the names of leases of all chunks begin with, and those of a run's. No name of a job's begins so. */
const OF_CHUNKS = "chunk ";
export const leasesOfChunks = ({ no }: Run) => `${OF_CHUNKS}${no}/`;

const leaseOf = (run: Run, no: number) => `${leasesOfChunks(run)}${no}`;

/** Whether the lease is that of a chunk, not of a job. */
export const isOfChunk = ({ name }: Lease) => name.startsWith(OF_CHUNKS);

export interface SharedChunks extends ChunksLedger {
  /** As `open`, but what was open stays so: for a mutant. */
  readonly openBeside: ChunksLedger["open"];
}

/** The ledger in that database, whose tables of chunks are made, for several processes at once. */
export function withChunks(ledger: Ledger, db: SqliteDatabase): Ledger {
  const store = new SqliteStore(db, new SqliteWriter(db));
  const isHeld = leaseCheck(store);
  const around = (inner: Ledger, chunks: SqliteStore): Ledger => ({
    ...inner,
    leaseMs: LEASE_MS,
    chunks: openChunks(chunks, ledger.nowMs),
    fencedBy(lease) {
      const fence = () => {
        const present = lease();
        if (!isHeld(present)) throw leaseLost(`${present.owner} no longer has the lease ${present.name}`);
      };
      return around(inner.fencedBy(lease), chunks.fenced(fence));
    },
    audited: (entry) => around(inner.audited(entry), chunks.audited(entry)),
  });
  return around(ledger, store);
}

function openChunks(store: SqliteStore, nowMs: () => number): SharedChunks {
  const { db } = store;
  const isHeld = leaseCheck(store);
  const end = (run: Run, no: number, stop: string | null) => {
    db.run(END, nowMs(), stop, run.no, no);
    db.run(FORGET_LEASE, leaseOf(run, no));
  };
  const endAll = (run: Run, to: number) => {
    for (const { no } of db.all<{ no: number }>(LIST_OPEN, run.no, to)) end(run, no, null);
  };
  return {
    ...openKnownChunks(db),

    open(...given) {
      return store.writeLease(() => {
        const { before, nos } = cutAnew(db, ...given);
        const [run] = given;
        endAll(run, before);
        return nos;
      });
    },

    openBeside: (...given) => store.writeLease(() => cutAnew(db, ...given).nos),

    begin(run, no, owner) {
      return store.writeLease(() => {
        const begun = db.get<Omit<Chunk, "isTakenOver"> & { taken: number }>(BEGIN, run.no, no, owner, nowMs());
        if (begun === undefined) return undefined;
        const { taken, ...chunk } = begun;
        const lease = db.get<Lease>(TAKE_LEASE, leaseOf(run, no), owner, taken, nowMs());
        return lease && { chunk: { ...chunk, isTakenOver: taken > 1 }, lease: { ...lease } };
      });
    },

    end(run, no, lease, stop) {
      return store.writeLease(() => {
        if (!isHeld(lease)) throw leaseLost(`chunk ${no} of run ${run.id} is another worker's now`);
        end(run, no, stop);
      });
    },

    giveBack(run, no, lease) {
      return store.writeLease(() => {
        if (!isHeld(lease)) return;
        const range = db.get<Pick<Chunk, "after" | "to">>(GIVE_BACK, run.no, no);
        if (range !== undefined) restAll(db, run, range);
        db.run(FORGET_LEASE, leaseOf(run, no));
      });
    },

    close: (run) => store.writeLease(() => endAll(run, Number.MAX_SAFE_INTEGER)),

    stop: (run, stop) => store.write(() => void db.run("UPDATE works SET stop = ? WHERE run = ?", stop, run.no)),
  };
}

/** The numbers of the new ones, and the last one before. */
function cutAnew(db: SqliteDatabase, ...[run, phase, work, { size, to }]: Parameters<ChunksLedger["open"]>) {
  const before = db.get<{ no: number }>(FIND_LAST, run.no)?.no ?? 0;
  db.run(RECORD_WORK, run.no, work.jobSha256, work.version, work.isResumed ? 1 : 0, before);
  const nos = db.all<{ no: number }>(cut(phase), run.no, to, size, phase).map(({ no }) => no);
  return { before, nos: nos.sort((one, other) => one - other) };
}

type KnownChunks = Pick<ChunksLedger, "listLeft" | "listOpen" | "count" | "findWork" | "findStop" | "listHolders">;

function openKnownChunks(db: SqliteDatabase): KnownChunks {
  return {
    async listLeft(run) {
      const left = db.all<{ no: number }>(`${LIST_OPEN} ORDER BY no`, run.no, Number.MAX_SAFE_INTEGER);
      return left.map(({ no }) => no);
    },

    async listOpen({ apiUrl, program }, job) {
      return db.all<{ id: string }>(LIST_OPEN_RUNS, apiUrl, program, job).map(({ id }) => id);
    },

    async count(run) {
      const counts = db.get<Omit<ChunkCounts, "stops"> & { stops: string }>(COUNT, run.no);
      if (counts === undefined) return { open: 0, held: 0, ended: 0, through: 0, stops: [] };
      return { ...counts, stops: JSON.parse(counts.stops) as string[] };
    },

    async findWork(run): Promise<Work | undefined> {
      const work = db.get<WorkShape>(FIND_WORK, run.no);
      if (work === undefined) return undefined;
      return { jobSha256: work.job_sha256, version: work.version, isResumed: work.is_resumed === 1 };
    },

    async findStop(run) {
      return db.get<WorkShape>(FIND_WORK, run.no)?.stop ?? null;
    },

    async listHolders() {
      return db.all<ChunkHolder>(LIST_HOLDERS).map((holder) => ({ ...holder }));
    },
  };
}
