/**
 * Runs in SQLite: their beginning, progress and end come in. Looks at changes only to see whether one is open.
 */

import type { TimedCalls } from "../../bank/call-times.ts";
import { CODES } from "../../errors/codes/codes.ts";
import type { ExitCode } from "../../errors/exit-codes.ts";
import type { Rejection } from "../../errors/rejection.ts";
import type { RunProgress, RunsLedger, SeenFile } from "../ledger.ts";
import type { BankName, NewRun, Run } from "../run.ts";
import { ADD_CALL_TIME, READ_CALL_TIMES } from "../sql/call-times.ts";
import { isOpen } from "../sql/conditions.ts";
import { internal } from "../sql/errors.ts";
import { type BatchColumns, NEW_RUN_COLUMNS, newRunColumns } from "../sql/new-run-columns.ts";
import { progressSets } from "../sql/progress-sets.ts";
import type { SqliteDatabase } from "./database.ts";
import { recordFiles } from "./files.ts";
import { sqliteKnownRuns } from "./known-runs.ts";
import type { SqliteStore } from "./store.ts";

const INSERT = `INSERT INTO runs (bank, reads, writes, least_reads, least_writes, ${NEW_RUN_COLUMNS})
  VALUES (?, 0, 0, 0, 0${", ?".repeat(NEW_RUN_COLUMNS.split(",").length)})`;

const BATCH_OF_RUN = "SELECT batch, version FROM runs WHERE id = ?";

/** Entries of files that the run took the place of. */
const RELEASE_OTHERS = "DELETE FROM files WHERE run = ? AND key <> ?";

export function sqliteRuns(store: SqliteStore): RunsLedger {
  const { db } = store;
  const known = sqliteKnownRuns(store);

  return {
    ...known,

    async open(bank, run, seen = []) {
      await store.write(() => insertRun(store, bank, run, seen));
      const opened = await known.find(run.id);
      if (opened === undefined) throw internal(`no run ${run.id}`);
      return opened;
    },

    record: (run, progress) => store.write(() => recordProgress(db, run, progress)),
    readCallTimes: async (run) => db.all<TimedCalls>(READ_CALL_TIMES, run.no).map((times) => ({ ...times })),
    recordRejection: (run, rejection, exit, atMs) => store.write(() => rejectRun(store, run, rejection, exit, atMs)),

    openPublication(run) {
      return store.write(() => {
        const sql = "UPDATE runs SET publications = publications + 1 WHERE no = ? RETURNING publications";
        const counted = db.get<{ publications: number }>(sql, run.no);
        if (counted === undefined) throw internal(`no run ${run.id}`);
        return counted.publications;
      });
    },

    recordPublication(run, { number, summary, exit, final, atMs }) {
      const end = final
        ? `, stage = iif(${IS_OPEN_RUN}, stage, 'ended'), waiting = 2 * (waiting > 0), ended_at = ?5`
        : "";
      const sql = `UPDATE runs SET published = ?2, summary = ?3, exit = ?4${end} WHERE no = ?1 AND published < ?2`;
      return store.write(() => void db.run(sql, run.no, number, summary, exit, ...(final ? [atMs] : [])));
    },
  };
}

/** Whatever is said of a run, it has not ended while a change of it is open. */
const IS_OPEN_RUN = `kind = 'run' AND EXISTS (SELECT 1 FROM changes c WHERE c.run = ?1 AND ${isOpen("c")})`;

/** Only within a write. */
function recordProgress(db: SqliteDatabase, run: Run, progress: RunProgress): void {
  if (progress.batch === null) db.run(RELEASE_OTHERS, run.no, run.file.key);
  const { sets, values } = progressSets(run, progress);
  if (db.run(`UPDATE runs SET ${sets} WHERE no = ?`, ...values, run.no) === 0) throw internal(`no run ${run.id}`);
  for (const { lane, measure, ms, calls } of progress.times ?? [])
    db.run(ADD_CALL_TIME, run.no, lane, measure, ms, calls);
}

const REJECT = `UPDATE runs SET stage = 'ended', waiting = 2 * (waiting > 0), rejection = ?, exit = ?, ended_at = ?
  WHERE no = ?`;

/** Only within a write. What can come right leaves no entry, so that the file may come again. */
function rejectRun({ db }: SqliteStore, { no }: Run, rejection: Rejection, exit: ExitCode, atMs: number): void {
  if (CODES[rejection.code].retryHelps) db.run("DELETE FROM files WHERE run = ?", no);
  db.run(REJECT, JSON.stringify(rejection), exit, atMs, no);
}

/** Only within a write. */
function insertRun(store: SqliteStore, bank: BankName, run: NewRun, seen: readonly SeenFile[]): void {
  const { db } = store;
  const no = store.openBank(bank);
  const origin = run.rerunOf === null ? undefined : db.get<BatchColumns>(BATCH_OF_RUN, run.rerunOf);
  db.run(INSERT, no, ...newRunColumns(run, origin));
  const opened = db.get<{ no: number }>("SELECT no FROM runs WHERE id = ?", run.id);
  recordFiles(db, { bank: no, job: run.job, place: run.file.place }, seen, opened?.no ?? null);
}
