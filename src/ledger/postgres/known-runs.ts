/**
 * Finds runs in PostgreSQL: by id, by their file, by their batch, and those with work left. Looks at rows and changes only to see
 * whether an ended run has an unknown one.
 */
import { foldBatchId } from "../../batch.ts";
import type { KnownRunsLedger, RunsWanted } from "../ledger.ts";
import type { BankName } from "../run.ts";
import { listAlike } from "../sql/list-alike.ts";
import { onlyRun } from "../sql/only-run.ts";
import { CAN_COME_RIGHT, decodeRun, IS_FAILED, type RunShape, WHOLE_FILE } from "../sql/run-shape.ts";
import { UNSETTLED } from "../sql/short-shape.ts";
import type { PgValue } from "./database.ts";
import { jsonMember } from "./json-member.ts";
import { postgresLastFile } from "./last-file.ts";
import type { PostgresStore } from "./store.ts";

export const SELECT_RUNS =
  "SELECT runs.*, banks.api_url, banks.program, banks.key_name FROM runs JOIN banks ON banks.no = runs.bank";

/** A file that was rejected for a reason that may pass, such as a manifest that was not there yet, was not taken. */
const TAKEN = `runs.kind = 'run' AND runs.rerun_of IS NULL
  AND (rejection IS NULL OR substring(rejection FROM '"code":"([a-z0-9_]+)"') NOT IN (${CAN_COME_RIGHT}))`;

const LIST_OF_BATCH = `${SELECT_RUNS} WHERE runs.bank = $1 AND runs.job = $2 AND runs.batch = $3 AND runs.no <> $4 AND ${TAKEN}
  ORDER BY runs.no`;

/** What was repaired of a run is of its batch too; the rows of one file come from one run. */
const FIND_OTHER_VERSION = `${SELECT_RUNS} JOIN runs own ON own.bank = runs.bank AND own.job = runs.job
    AND own.batch = runs.batch AND own.version <> runs.version
  WHERE own.no = $1
    AND (runs.no = $2 OR runs.id = (SELECT r.from_run FROM rows r WHERE r.run = $2 ORDER BY r.row LIMIT 1))`;

const FIND_TAKEN = `${SELECT_RUNS} WHERE runs.bank = $1 AND runs.job = $2 AND ${TAKEN}
  AND ($3::text IS NULL OR runs.sha256 = $3) AND ($4::text IS NULL OR strpos(runs.file, $4) > 0)
  AND ($5::text IS NULL OR strpos(runs.file, $5) > 0) AND ($6::integer IS NULL OR runs.no < $6)
  ORDER BY runs.no DESC LIMIT 1`;

/** A rejected file may have left rows; they are never worked on. */
const LIST_UNFINISHED = `${SELECT_RUNS} WHERE runs.bank = $1 AND runs.job = coalesce($2, runs.job) AND runs.kind = 'run'
  AND (runs.stage <> 'ended' OR runs.rejection IS NULL
    AND EXISTS (SELECT 1 FROM ends e WHERE e.run = runs.no AND e.word = 'unknown'))
  ORDER BY runs.no`;

const LIST_UNSETTLED = `${SELECT_RUNS} WHERE ${UNSETTLED}`;

const LIST_BEFORE = `${SELECT_RUNS} WHERE runs.bank = $1 AND runs.job = $2 AND runs.no < $3 AND ${WHOLE_FILE}
  ORDER BY runs.no DESC LIMIT $4`;

const LIST_WANTED = `${SELECT_RUNS} WHERE ($1::text IS NULL OR runs.job = $1) AND runs.started_at >= $2
  AND (NOT $3 OR ${IS_FAILED}) ORDER BY runs.no DESC LIMIT $4`;

/**
 * Every text that begins so lies between the beginning and the same with the last of all characters behind it. A beginning that fits two
 * runs is refused, so that a command never acts on the wrong one.
 */
const LIST_BY_BEGINNING = `${SELECT_RUNS} WHERE runs.id BETWEEN $1 AND $1 || chr(1114111) ORDER BY runs.id LIMIT 2`;

const FIND_LAST_ENDED = `${SELECT_RUNS} WHERE runs.bank = $1 AND runs.job = $2 AND runs.kind = 'run' AND runs.stage = 'ended'
  AND ($3::text IS NULL OR runs.exit::text = ANY(string_to_array($3, ','))) ORDER BY runs.no DESC LIMIT 1`;

export function postgresKnownRuns(store: PostgresStore): KnownRunsLedger {
  const list = async (sql: string, ...values: PgValue[]) =>
    (await store.sql.all<RunShape>(sql, ...values)).map(decodeRun);
  const numberOf = async (bank: BankName) => (await store.findBank(bank)) ?? null;

  return {
    ...postgresLastFile(store),

    async find(id) {
      if (id === "last") return (await list(`${SELECT_RUNS} ORDER BY runs.no DESC LIMIT 1`))[0];
      if (id === "") return undefined;
      return onlyRun(id, await list(LIST_BY_BEGINNING, id));
    },

    async findTaken(bank, job, { sha256 = null, place, key, before = null }) {
      const no = await numberOf(bank);
      const [ofPlace, ofKey] = [
        place === undefined ? null : jsonMember("place", place),
        key === undefined ? null : jsonMember("key", key),
      ];
      return (await list(FIND_TAKEN, no, job, sha256, ofPlace, ofKey, before?.no ?? null))[0];
    },

    findApplied: async ({ id }) => (await list(`${SELECT_RUNS} WHERE runs.plan_of = $1`, id))[0],

    async listVersions({ no, bank, job, batch }) {
      if (batch === null) return [];
      return list(LIST_OF_BATCH, await numberOf(bank), job, foldBatchId(batch.id), no);
    },

    findOtherVersion: async ({ no }, other) => (await list(FIND_OTHER_VERSION, no, other))[0],

    async findLastEnded(bank, job, exits) {
      const any = exits === undefined ? null : exits.map(String).join();
      return (await list(FIND_LAST_ENDED, await numberOf(bank), job, any))[0];
    },

    listUnfinished: async (bank, job) => list(LIST_UNFINISHED, await numberOf(bank), job),

    async listBefore({ no, bank, job }, limit, isAlike) {
      const of = await numberOf(bank);
      return listAlike((before, most) => list(LIST_BEFORE, of, job, before, most), { before: no, limit }, isAlike);
    },

    listUnsettled: async ({ bank, job }, after, limit) =>
      list(LIST_UNSETTLED, bank && ((await numberOf(bank)) ?? 0), job, after, limit),

    async list(limit, { job, sinceMs = 0, failed = false }: RunsWanted = {}) {
      return list(LIST_WANTED, job ?? null, sinceMs, failed, limit);
    },
  };
}
