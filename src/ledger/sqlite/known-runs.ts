/**
 * Finds runs in SQLite: by id, by their file, by their batch, and those with work left. Looks at rows and changes only to see
 * whether an ended run has an unknown one.
 */
import { foldBatchId } from "../../batch.ts";
import type { KnownRunsLedger, RunsWanted } from "../ledger.ts";
import { listAlike } from "../sql/list-alike.ts";
import { onlyRun } from "../sql/only-run.ts";
import { CAN_COME_RIGHT, decodeRun, IS_FAILED, type RunShape, WHOLE_FILE } from "../sql/run-shape.ts";
import { UNSETTLED } from "../sql/short-shape.ts";
import type { SqlValue } from "./database.ts";
import { sqliteLastFile } from "./last-file.ts";
import { placed } from "./placed.ts";
import type { SqliteStore } from "./store.ts";

export const SELECT_RUNS =
  "SELECT runs.*, banks.api_url, banks.program, banks.key_name FROM runs JOIN banks ON banks.no = runs.bank";

/** A file that was rejected for a reason that may pass, such as a manifest that was not there yet, was not taken. */
const TAKEN = `runs.kind = 'run' AND runs.rerun_of IS NULL
  AND (rejection IS NULL OR rejection ->> '$.code' NOT IN (${CAN_COME_RIGHT}))`;

const LIST_OF_BATCH = `${SELECT_RUNS} WHERE runs.bank = ?1 AND runs.job = ?2 AND runs.batch = ?3 AND runs.no <> ?4 AND ${TAKEN}
  ORDER BY runs.no`;

/** What was repaired of a run is of its batch too; the rows of one file come from one run. */
const FIND_OTHER_VERSION = `${SELECT_RUNS} JOIN runs own ON own.bank = runs.bank AND own.job = runs.job
    AND own.batch = runs.batch AND own.version <> runs.version
  WHERE own.no = ?1 AND (runs.no = ?2 OR runs.id = (SELECT from_run FROM rows WHERE run = ?2 ORDER BY row LIMIT 1))`;

const FIND_TAKEN = `${SELECT_RUNS} WHERE runs.bank = ?1 AND runs.job = ?2 AND ${TAKEN} AND (?3 IS NULL OR runs.sha256 = ?3)
  AND (?4 IS NULL OR runs.file ->> '$.place' = ?4) AND (?5 IS NULL OR runs.file ->> '$.key' = ?5)
  AND (?6 IS NULL OR runs.no < ?6) ORDER BY runs.no DESC LIMIT 1`;

/** A rejected file may have left rows; they are never worked on. */
const LIST_UNFINISHED = `${SELECT_RUNS} WHERE runs.bank = ?1 AND runs.job = coalesce(?2, runs.job) AND runs.kind = 'run'
  AND (runs.stage <> 'ended' OR runs.rejection IS NULL AND (
    EXISTS (SELECT 1 FROM ends e INDEXED BY ends_unknown WHERE e.run = runs.no AND e.word = 'unknown')))
  ORDER BY runs.no`;

const FIND_LAST_ENDED = `${SELECT_RUNS} WHERE runs.bank = ?1 AND runs.job = ?2 AND runs.kind = 'run' AND runs.stage = 'ended'
  AND (?3 IS NULL OR runs.exit IN (SELECT value FROM json_each(?3))) ORDER BY runs.no DESC LIMIT 1`;

const LIST_UNSETTLED = `${SELECT_RUNS} WHERE ${placed(UNSETTLED)}`;

/** A beginning that fits two runs is refused, so that a command never acts on the wrong one. */
const LIST_BY_BEGINNING = `${SELECT_RUNS} WHERE runs.id >= ?1 AND substr(runs.id, 1, length(?1)) = ?1 ORDER BY runs.id LIMIT 2`;

const LIST_BEFORE = `${SELECT_RUNS} WHERE runs.bank = ? AND runs.job = ? AND runs.no < ? AND ${WHOLE_FILE} ORDER BY runs.no DESC LIMIT ?`;

const LIST_WANTED = `${SELECT_RUNS} WHERE (?1 IS NULL OR runs.job = ?1) AND runs.started_at >= ?2
  AND (?3 = 0 OR ${IS_FAILED}) ORDER BY runs.no DESC LIMIT ?4`;

export function sqliteKnownRuns(store: SqliteStore): KnownRunsLedger {
  const { db } = store;

  const list = (sql: string, ...values: SqlValue[]) => db.all<RunShape>(sql, ...values).map(decodeRun);

  return {
    ...sqliteLastFile(store),

    async find(id) {
      if (id === "last") return list(`${SELECT_RUNS} ORDER BY runs.no DESC LIMIT 1`)[0];
      if (id === "") return undefined;
      return onlyRun(id, list(LIST_BY_BEGINNING, id));
    },

    async findTaken(bank, job, { sha256 = null, place = null, key = null, before = null }) {
      return list(FIND_TAKEN, store.findBank(bank) ?? null, job, sha256, place, key, before?.no ?? null)[0];
    },

    findApplied: async ({ id }) => list(`${SELECT_RUNS} WHERE runs.plan_of = ?`, id)[0],

    async listVersions({ no, bank, job, batch }) {
      if (batch === null) return [];
      return list(LIST_OF_BATCH, store.findBank(bank) ?? null, job, foldBatchId(batch.id), no);
    },

    findOtherVersion: async ({ no }, other) => list(FIND_OTHER_VERSION, no, other)[0],

    listUnfinished: async (bank, job) => list(LIST_UNFINISHED, store.findBank(bank) ?? null, job),

    async listBefore({ no, bank, job }, limit, isAlike) {
      const of = store.findBank(bank) ?? null;
      return listAlike(
        async (before, most) => list(LIST_BEFORE, of, job, before, most),
        { before: no, limit },
        isAlike,
      );
    },

    listUnsettled: async ({ bank, job }, after, limit) =>
      list(LIST_UNSETTLED, bank && (store.findBank(bank) ?? 0), job, after, limit),

    async findLastEnded(bank, job, exits) {
      const any = exits === undefined ? null : JSON.stringify(exits);
      return list(FIND_LAST_ENDED, store.findBank(bank) ?? null, job, any)[0];
    },

    async list(limit, { job, sinceMs = 0, failed = false }: RunsWanted = {}) {
      return list(LIST_WANTED, job ?? null, sinceMs, failed ? 1 : 0, limit);
    },
  };
}
