/**
 * Runs in PostgreSQL: their beginning, progress and end come in. Looks at changes only to see whether one is open.
 */

import type { TimedCalls } from "../../bank/call-times.ts";
import { CODES } from "../../errors/codes/codes.ts";
import type { ExitCode } from "../../errors/exit-codes.ts";
import type { Rejection } from "../../errors/rejection.ts";
import type { RunProgress, RunsLedger, SeenFile } from "../ledger.ts";
import type { BankName, NewRun, Run } from "../run.ts";
import { ADD_CALL_TIME, READ_CALL_TIMES } from "../sql/call-times.ts";
import { internal } from "../sql/errors.ts";
import { type BatchColumns, NEW_RUN_COLUMNS, newRunColumns } from "../sql/new-run-columns.ts";
import { progressSets } from "../sql/progress-sets.ts";
import type { Sql } from "./database.ts";
import { recordFiles } from "./files.ts";
import { has } from "./has.ts";
import { postgresKnownRuns } from "./known-runs.ts";
import { numbered } from "./numbered.ts";
import type { PostgresStore } from "./store.ts";

/** Numbers follow each other, since no other process begins a run meanwhile. */
const INSERT = numbered(`INSERT INTO runs (no, bank, reads, writes, least_reads, least_writes, ${NEW_RUN_COLUMNS})
  VALUES ((SELECT coalesce(max(no), 0) + 1 FROM runs), ?, 0, 0, 0, 0${", ?".repeat(NEW_RUN_COLUMNS.split(",").length)})
  RETURNING no`);

const BATCH_OF_RUN = "SELECT batch, version FROM runs WHERE id = $1";

/** Entries of files that the run took the place of. */
const RELEASE_OTHERS = "DELETE FROM files WHERE run = $1 AND key <> $2";

const OPEN_PUBLICATION = "UPDATE runs SET publications = publications + 1 WHERE no = $1 RETURNING publications";

const WAITED = "waiting = CASE WHEN waiting > 0 THEN 2 ELSE 0 END";

/** Whatever is said of a run, it has not ended while a change of it is open. */
const IS_OPEN_RUN = `kind = 'run' AND EXISTS (SELECT 1 FROM changes c WHERE c.run = $1 AND NOT ${has("ends", "c")})`;

const RECORD_PUBLICATION = "UPDATE runs SET published = $2, summary = $3, exit = $4 WHERE no = $1 AND published < $2";
export const RECORD_LAST_PUBLICATION = `UPDATE runs SET published = $2, summary = $3, exit = $4,
  stage = CASE WHEN ${IS_OPEN_RUN} THEN stage ELSE 'ended' END, ${WAITED}, ended_at = $5 WHERE no = $1 AND published < $2`;

const REJECT = `UPDATE runs SET stage = 'ended', ${WAITED}, rejection = $1, exit = $2, ended_at = $3 WHERE no = $4`;

export function postgresRuns(store: PostgresStore): RunsLedger {
  const known = postgresKnownRuns(store);

  return {
    ...known,

    async open(bank, run, seen = []) {
      await store.write((sql) => insertRun(store, sql, bank, run, seen));
      const opened = await known.find(run.id);
      if (opened === undefined) throw internal(`no run ${run.id}`);
      return opened;
    },

    record: (run, progress) => store.write((sql) => recordProgress(sql, run, progress)),
    readCallTimes: (run) => store.sql.all<TimedCalls>(numbered(READ_CALL_TIMES), run.no),
    recordRejection: (run, rejection, exit, atMs) => store.write((sql) => rejectRun(sql, run, rejection, exit, atMs)),

    openPublication(run) {
      return store.write(async (sql) => {
        const counted = await sql.get<{ publications: number }>(OPEN_PUBLICATION, run.no);
        if (counted === undefined) throw internal(`no run ${run.id}`);
        return counted.publications;
      });
    },

    recordPublication(run, { number, summary, exit, final, atMs }) {
      return store.write(async (sql) => {
        if (final) await sql.run(RECORD_LAST_PUBLICATION, run.no, number, summary, exit, atMs);
        else await sql.run(RECORD_PUBLICATION, run.no, number, summary, exit);
      });
    },
  };
}

/** Only within a write. */
async function recordProgress(sql: Sql, run: Run, progress: RunProgress): Promise<void> {
  if (progress.batch === null) await sql.run(RELEASE_OTHERS, run.no, run.file.key);
  const { sets, values } = progressSets(run, progress);
  const changed = await sql.run(numbered(`UPDATE runs SET ${sets} WHERE no = ?`), ...values, run.no);
  if (changed === 0) throw internal(`no run ${run.id}`);
  for (const { lane, measure, ms, calls } of progress.times ?? [])
    await sql.run(numbered(ADD_CALL_TIME), run.no, lane, measure, ms, calls);
}

/** Only within a write. What can come right leaves no entry, so that the file may come again. */
async function rejectRun(sql: Sql, { no }: Run, rejection: Rejection, exit: ExitCode, atMs: number): Promise<void> {
  if (CODES[rejection.code].retryHelps) await sql.run("DELETE FROM files WHERE run = $1", no);
  await sql.run(REJECT, JSON.stringify(rejection), exit, atMs, no);
}

/** Only within a write. */
async function insertRun(
  store: PostgresStore,
  sql: Sql,
  bank: BankName,
  run: NewRun,
  seen: readonly SeenFile[],
): Promise<void> {
  const ofBank = await store.openBank(sql, bank);
  const origin = run.rerunOf === null ? undefined : await sql.get<BatchColumns>(BATCH_OF_RUN, run.rerunOf);
  const opened = await sql.get<{ no: number }>(INSERT, ofBank, ...newRunColumns(run, origin));
  await recordFiles(sql, { bank: ofBank, job: run.job, place: run.file.place }, seen, opened?.no ?? null);
}
